import { closest } from 'fastest-levenshtein';
import { mayCommand, tellRight, type Person } from '../config/commandRights.ts';
import type { CommandRights, GuardedCommand } from '../config/config.ts';
import type { HeadProgress, TrainingJob, TrainingRun } from '../pullRequest/headProgress.ts';
import { chooseOverridable, overriddenInFull } from '../pullRequest/chooseOverridable.ts';
import { overridables } from '../pullRequest/overridables.ts';
import type { PullFacts } from '../pullRequest/pullFacts.ts';
import { markdownVoice as voice } from '../report/voice.ts';
import type { Command } from './command.ts';
import type { Effect, ReasonCode } from './effect.ts';

/** All that decides over a command: who asks, and how the pull request stands. */
export interface Situation {
  readonly pull: Pick<PullFacts, 'number' | 'state' | 'author' | 'head' | 'ruling'>;
  readonly progress: HeadProgress;
  /** Jobs of the run that trained, where they were asked for. */
  readonly jobs: readonly TrainingJob[];
  readonly person: Person;
  readonly rights: CommandRights;
}

/** Whether something would work now. */
export type Feasible =
  | {
      readonly kind: 'can';
      readonly effect: Effect;
      /** What it would do, as a clause: "run ... again". */ readonly would: string;
    }
  | { readonly kind: 'cannot'; readonly code: ReasonCode; /** Sentences. */ readonly because: string };

export function feasible(command: Extract<Command, { kind: GuardedCommand }>, situation: Situation): Feasible {
  const { pull, person, rights } = situation;
  if (!mayCommand(command.kind, person, rights)) return denied(command.kind, situation);
  if (pull.state === 'closed') return cannot('order_not_met', 'The pull request is closed.');
  switch (command.kind) {
    case 'retrain':
      return retrain(command.model, situation);
    case 'ok-to-train':
      return okToTrain(command.head, situation);
    case 'override':
      return override(command, situation);
  }
}

function denied(
  command: GuardedCommand,
  { person, rights, pull }: Pick<Situation, 'person' | 'rights' | 'pull'>,
): Feasible {
  const role = person.role === undefined ? 'no role' : `the role "${person.role}"`;
  return cannot(
    'permission_denied',
    `${voice.prose(person.login)} has ${role} in this repository. ${voice.name(`/${command}`)} is for ${voice.prose(tellRight(command, rights))}, as ${voice.name('touchstone.yml')} of ${voice.name(pull.ruling.name)} says.`,
  );
}

function retrain(model: string | undefined, { progress, jobs }: Situation): Feasible {
  const run = runOf(progress);
  if (run === undefined) return cannot('order_not_met', WITHOUT_RUN);
  if (progress.kind === 'training') {
    return cannot('already_done', `[Its run](${run.url}) is at work: attempt ${run.attempt}.`);
  }
  if (run.conclusion === 'action_required') {
    return cannot(
      'approval_missing',
      `[Its run](${run.url}) waits for approval: see ${voice.command('/ok-to-train')}.`,
    );
  }
  const of = { id: run.id, attempt: run.attempt };
  if (model === undefined)
    return can({ kind: 'rerun', run: of }, `run [its run](${run.url}) again, as attempt ${run.attempt + 1}`);
  const job = jobs.find(({ name }) => name === `train ${model}` || name === `train (${model})`);
  if (job !== undefined) {
    return can(
      { kind: 'rerun', run: of, job: job.id },
      `train ${voice.name(model)} again, as attempt ${run.attempt + 1} of [its run](${run.url})`,
    );
  }
  const trained = jobs.flatMap(({ name }) => /^train \(?([a-z][a-z0-9-]*)\)?$/.exec(name)?.[1] ?? []);
  return cannot('bad_argument', `${voice.name(model)} was not trained for this commit. ${instead(model, trained)}`);
}

const WITHOUT_RUN = 'No run has trained this commit yet.';

function okToTrain(head: string, { pull, progress }: Situation): Feasible {
  if (head !== pull.head) {
    return cannot(
      'ref_changed',
      `The head is ${voice.name(pull.head)} now. Read what changed since, then approve that commit.`,
    );
  }
  const run = runOf(progress);
  if (run === undefined) return cannot('order_not_met', WITHOUT_RUN);
  if (run.conclusion !== 'action_required') return cannot('already_done', `[Its run](${run.url}) waits for nobody.`);
  return can({ kind: 'approve', run: { id: run.id, attempt: run.attempt } }, `let [its run](${run.url}) begin`);
}

type OverrideCommand = Extract<Command, { kind: 'override' }>;

function override(command: OverrideCommand, { pull, progress, person }: Situation): Feasible {
  if (!pull.ruling.overriding) {
    return cannot(
      'order_not_met',
      `${voice.name(pull.ruling.name)} has no ${voice.name('touchstone-override.yml')}: ${voice.command('touchstone init')} writes it.`,
    );
  }
  if (isOwn(pull.author, person)) {
    return cannot('self_approval', 'Whoever wrote a pull request does not override its verdict: somebody else has to.');
  }
  if (progress.kind !== 'answered' || progress.answer.kind !== 'judged') {
    return cannot('order_not_met', 'There is no verdict on this commit yet.');
  }
  const open = overridables(progress.answer.judgement);
  if (open.length === 0) return cannot('already_done', 'Nothing that could be overridden stands in the way.');
  const chosen = chooseOverridable(command, open);
  if (chosen.kind === 'none') return cannot('bad_argument', voice.prose(chosen.sentence));
  const { run } = progress;
  return can(
    { kind: 'override', run: { id: run.id, attempt: run.attempt }, dispatches: 0 },
    `let ${voice.name(overriddenInFull(chosen.overridable))} pass on ${voice.name(pull.head.slice(0, 7))}, and put that on record`,
  );
}

/** Administrators may merge past a required check anyway. */
function isOwn(author: string | undefined, { login, role }: Person): boolean {
  return author?.toLowerCase() === login.toLowerCase() && role !== 'admin';
}

const MOST_NAMED = 10;

function instead(written: string, known: readonly string[]): string {
  if (known.length === 0) return 'Nothing was.';
  const nearest = closest(written, [...known]);
  const others = [nearest, ...known.filter((each) => each !== nearest)];
  const shown = others.slice(0, MOST_NAMED).map((each) => voice.name(each));
  const more = others.length > shown.length ? ` and ${others.length - shown.length} more` : '';
  return `There is ${shown.join(', ')}${more}.`;
}

/** The run that trains or trained the head. */
export function runOf(progress: HeadProgress): TrainingRun | undefined {
  return 'run' in progress ? progress.run : undefined;
}

function can(effect: Effect, would: string): Feasible {
  return { kind: 'can', effect, would };
}

function cannot(code: ReasonCode, because: string): Feasible {
  return { kind: 'cannot', code, because };
}
