import { mayCommand, tellRight, type Person } from '../config/commandRights.ts';
import type { CommandRights } from '../config/config.ts';
import { parseCommand, USAGE, type Command } from '../conversation/command.ts';
import { UserMistake } from '../failure.ts';
import { othersOf, type RecordedAnswer } from '../pullRequest/answerDocument.ts';
import { chooseOverridable } from '../pullRequest/chooseOverridable.ts';
import { saidOfHead, type CommandComment, type CommentedPull } from '../pullRequest/commandComment.ts';
import type { HeadJudgement, ModelSection, RunReference } from '../pullRequest/headJudgement.ts';
import {
  identifyRun,
  sameRepository,
  type JudgingRun,
  type PullRequestHead,
  type RunFacts,
  type RunIdentity,
} from '../pullRequest/identifyRun.ts';
import type { TitledRun } from '../pullRequest/judgingRuns.ts';
import { overridesOf } from '../pullRequest/loggedOverrides.ts';
import { apartFromOverrides, overridables, withOverrides } from '../pullRequest/overridables.ts';
import { formatOverridden, type Overridable, type Override, type OverriddenThing } from '../pullRequest/override.ts';
import type { OverrideRefusal } from '../pullRequest/overrideOutcome.ts';
import { appendEvent, beginOperation, findOwnEvent, type Decision } from '../registry/append.ts';
import type { OverrideEvent, ModelEvent } from '../registry/event.ts';
import { putEvidence, type Evidence, type VerdictEvidence } from '../registry/evidence.ts';
import { openRegistry } from '../registry/layout.ts';
import type { Operation } from '../registry/operation.ts';
import type { RegistryStore } from '../registry/store.ts';
import { findVerdict } from '../registry/verdictRecord.ts';
import { modelLog, type ModelVersions } from '../registry/versions.ts';
import { readOverrides } from './readOverrides.ts';
import { evidenceOfVerdict } from './verdictAgainst.ts';

export interface OverrideRequest {
  /** The run that asks. Anybody with write access can start it, with any numbers. */
  readonly asking: JudgingRun & RunReference;
  /** Number of the comment. */
  readonly comment: number;
  /** The run of touchstone-pr.yml that trained the head. */
  readonly run: number;
}

/** Nothing but what GitHub and the registry say is believed. */
export interface OverridePorts {
  readonly runs: { read(id: number): Promise<RunFacts & { readonly createdAt: string }> };
  readonly comments: { read(id: number): Promise<CommandComment | undefined> };
  readonly pulls: { ofHead(run: PullRequestRun): Promise<readonly PullRequestHead[]> };
  readonly people: { personOf(login: string): Promise<Person> };
  /** Those of the default branch. */
  rights(): Promise<CommandRights>;
  /** Those that judged and are over, the newest first. */
  readonly judgingRuns: { of(trained: number): Promise<readonly TitledRun[]> };
  readonly answers: { read(judging: RunReference): Promise<LeftAnswer> };
  /** Opened where there is something to look for. */
  store(): Promise<RegistryStore>;
  readonly now: () => Date;
}

type LeftAnswer =
  | { readonly kind: 'read'; readonly answer: RecordedAnswer }
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable'; readonly problems: readonly string[] };

type PullRequestRun = Extract<RunIdentity, { readonly kind: 'pull-request' }>;

export type OverridePlan =
  | {
      readonly kind: 'override';
      readonly operation: Operation;
      readonly thing: Thing;
      readonly word: Word;
      readonly base: JudgedAnswer;
      readonly verdict?: VerdictEvidence;
    }
  | AlreadyOverridden
  | OverrideRefused;

/** It is overridden, and so the answer says. */
interface AlreadyOverridden extends InEffect {
  readonly kind: 'already-done';
}

interface OverrideRefused {
  readonly kind: 'refused';
  readonly code: OverrideRefusal;
  /** Whole sentences; foreign names in them. */
  readonly sentence: string;
}

interface InEffect {
  readonly override: Override;
  /** What there is to say of the head now. */
  readonly answer: RecordedAnswer;
}

export type OverrideOutcome = ({ readonly kind: 'done' } & InEffect) | AlreadyOverridden | OverrideRefused;

/** Who said what, where. */
interface Word {
  readonly comment: CommandComment;
  readonly pull: CommentedPull;
  readonly person: Person;
  readonly command: OverrideCommand;
}
type OverrideCommand = Extract<Command, { readonly kind: 'override' }>;

/** What is to be overridden, and what was found of its model. */
type Thing = Overridable & { readonly section: ModelSection };

/** The judgement without anybody's words. */
interface JudgedAnswer {
  readonly recorded: RecordedAnswer;
  readonly judgement: HeadJudgement;
  readonly judging: TitledRun;
}

/**
 * Takes a person's word that something may pass on a head, as an event of the model's log; the answer then says so.
 * @throws UserMistake `run-refused` where the run is none that is answered, or this one is not the default branch's.
 */
export async function override(request: OverrideRequest, ports: OverridePorts): Promise<OverrideOutcome> {
  const plan = await planOverride(request, ports);
  return plan.kind === 'override' ? applyOverride(request, plan, ports) : plan;
}

/** Whose word it is, of what, and whether it may be taken. Writes nothing. */
export async function planOverride(request: OverrideRequest, ports: OverridePorts): Promise<OverridePlan> {
  const run = await ports.runs.read(request.run);
  const identity = identifyRun(request.asking, run);
  if (identity.kind === 'refused') throw new UserMistake('run-refused', identity.problem);
  if (identity.kind === 'merge-group') return refused('bad_argument', 'A merge group has nothing to override.');
  const word = await wordOf(request, identity, ports);
  if ('code' in word) return word;
  const stale = refusalOfHead(word, identity, run.createdAt);
  if (stale !== undefined) return stale;
  const forbidden = await refusalOfPerson(word, identity, ports);
  const base = await findAnswer(request, identity, ports);
  if ('code' in base) return forbidden ?? base;
  const chosen = chooseOverridable(word.command, overridables(base.judgement));
  if (chosen.kind === 'none') return forbidden ?? refused('bad_argument', chosen.sentence);

  const thing = thingOf(chosen.overridable, base.judgement);
  const operation = operationOf(request, thing, identity);
  const store = await ports.store();
  // What was done stays done, whatever its author may do now.
  if ((await findOwnEvent(store, modelLog(thing.model), operation)) !== undefined) {
    return alreadyDone(thing, base, store);
  }
  if (forbidden !== undefined) return forbidden;
  if (base.judging.startedAt >= word.comment.createdAt) {
    return refused(
      'order_not_met',
      'The head was judged again after this comment. Read what came of it, and ask anew.',
    );
  }
  const verdict = await verdictOf(thing, store);
  if (verdict === 'not-on-record') {
    return refused('order_not_met', `The verdict on ${thing.model} is not on record. Judge the head again.`);
  }
  return { kind: 'override', operation, thing, word, base, ...(verdict && { verdict }) };
}

/** Appends the event, unless somebody's before it says the same. */
export async function applyOverride(
  { asking }: OverrideRequest,
  { operation, thing, word, base, verdict }: Extract<OverridePlan, { kind: 'override' }>,
  ports: Pick<OverridePorts, 'store' | 'now'>,
): Promise<OverrideOutcome> {
  const store = await ports.store();
  await openRegistry(store, 'write');
  const log = modelLog(thing.model);
  const intent = await beginOperation(store, log, operation);
  const { comment, pull, person, command } = word;
  const run = { id: String(asking.id), attempt: asking.attempt };
  const { recorded, judging } = base;
  const written: Evidence = {
    schema: 'touchstone/evidence/v1',
    trigger: { kind: 'comment', run },
    cause: operation.cause,
    ...(verdict && { verdict }),
    override: {
      repository: asking.repository,
      pullRequest: pull.number,
      comment: comment.id,
      role: person.role ?? 'none',
      trained: recorded.trained,
      judging: { id: judging.id, attempt: judging.attempt },
    },
  };
  const evidence = await putEvidence(store, written);
  const appended = await appendEvent(store, log, intent, (versions): Decision<ModelEvent, 'stands'> => {
    if (stands(thing, recorded, versions)) return { kind: 'stop', because: 'stands' };
    const draft = {
      type: 'override' as const,
      at: ports.now().toISOString(),
      head: recorded.head,
      actor: { kind: 'person' as const, name: person.login },
      evidence,
      reason: command.reason,
    };
    return { kind: 'append', draft: { ...draft, ...saidOf(thing) } };
  });
  if (appended.kind !== 'appended') return alreadyDone(thing, base, store);
  const inEffect = await effectOf(thing, base, store);
  if (inEffect === undefined) throw new TypeError('An override was written that does not hold.');
  return { kind: 'done', ...inEffect };
}

function refused(code: OverrideRefusal, sentence: string): OverrideRefused {
  return { kind: 'refused', code, sentence };
}

/** The command of a comment, and who gave it: nobody but its author can have written what it says. */
async function wordOf(
  request: OverrideRequest,
  { head }: PullRequestRun,
  ports: OverridePorts,
): Promise<Word | OverrideRefused> {
  const comment = await ports.comments.read(request.comment);
  if (comment?.pull === undefined) {
    return refused('bad_argument', 'There is no such comment below a pull request.');
  }
  const { author, pull } = comment;
  if (author?.isPerson !== true) {
    return refused('permission_denied', 'The word of a person is needed: the author of this comment is none.');
  }
  if (comment.edited) {
    return refused('bad_argument', 'The comment was edited, and others than its author can do that. Write a new one.');
  }
  const parsed = parseCommand(comment.body);
  if (parsed.kind === 'bad-argument' && parsed.name === 'override') {
    return refused('bad_argument', `The command cannot be read: ${parsed.problem}. It is written ${USAGE.override}.`);
  }
  if (parsed.kind !== 'command' || parsed.command.kind !== 'override') {
    return refused('bad_argument', `The comment is no /override. It is written ${USAGE.override}, on its first line.`);
  }
  if (parsed.command.dryRun) return refused('bad_argument', 'A dry run overrides nothing.');
  if (!pull.open) return refused('order_not_met', `Pull request #${pull.number} is closed.`);
  if (pull.head !== head) {
    const sentence = `The head of #${pull.number} is ${pull.head.slice(0, 8)}, and ${head.slice(0, 8)} was trained.`;
    return refused('ref_changed', `${sentence} Overrides end with a push.`);
  }
  return { comment, pull, person: await ports.people.personOf(author.login), command: parsed.command };
}

/** A word holds for the head that its author saw, and that head alone. */
function refusalOfHead(
  { comment, pull }: Word,
  { head, headBranch, headRepository }: PullRequestRun,
  knownSince: string,
): OverrideRefused | undefined {
  const isOfBranch =
    headBranch === pull.headBranch &&
    headRepository !== undefined &&
    pull.headRepository !== undefined &&
    sameRepository(headRepository, pull.headRepository);
  if (!isOfBranch) return refused('bad_argument', `The run that trained is not of pull request #${pull.number}.`);
  if (saidOfHead(comment, { head, knownSince })) return undefined;
  return refused('ref_changed', `The head became ${head.slice(0, 8)} after this comment. Overrides end with a push.`);
}

/**
 * Who may, and not for what they wrote themselves: of all pull requests of this head, since the answer is theirs too. An
 * administrator may merge past a required check anyway.
 */
async function refusalOfPerson(
  { person, pull }: Word,
  identity: PullRequestRun,
  ports: OverridePorts,
): Promise<OverrideRefused | undefined> {
  const rights = await ports.rights();
  if (!mayCommand('override', person, rights)) {
    const role = person.role === undefined ? 'no role' : `the role "${person.role}"`;
    return refused('permission_denied', `@${person.login} has ${role} here. Needed: ${tellRight('override', rights)}.`);
  }
  if (person.role === 'admin') return undefined;
  const pulls = await ports.pulls.ofHead(identity);
  if (!pulls.some(({ number }) => number === pull.number)) {
    return refused('ref_changed', `The head of #${pull.number} changed just now. Overrides end with a push.`);
  }
  const own = pulls.find(({ author }) => author?.toLowerCase() === person.login.toLowerCase());
  if (own === undefined) return undefined;
  return refused(
    'self_approval',
    `#${own.number} is by @${person.login}. Somebody else with the right to has to override.`,
  );
}

/** What the newest run that left anything says of the head. */
async function findAnswer(
  { run, asking }: OverrideRequest,
  { head }: PullRequestRun,
  ports: OverridePorts,
): Promise<JudgedAnswer | OverrideRefused> {
  for (const judging of await ports.judgingRuns.of(run)) {
    const left = await ports.answers.read(judging);
    if (left.kind === 'none') continue;
    if (left.kind === 'unreadable') {
      return refused(
        'order_not_met',
        `The verdict cannot be read (${left.problems.join('; ')}). Judge the head again.`,
      );
    }
    const { answer: recorded } = left;
    const others = othersOf(recorded, { repository: asking.repository, head, trained: { id: run } });
    if (others.length > 0) {
      return refused('order_not_met', `The verdict is of something else (${others.join('; ')}). Judge the head again.`);
    }
    if (recorded.answer.kind === 'unjudged') {
      return refused('order_not_met', 'The head could not be judged, so that there is nothing to override.');
    }
    const { judgement } = apartFromOverrides(recorded.answer.judgement);
    return { recorded, judgement, judging };
  }
  return refused('order_not_met', 'There is no verdict on this head yet.');
}

function thingOf({ model, of }: Overridable, { outcome }: HeadJudgement): Thing {
  const section = outcome.kind === 'models' ? outcome.sections.find((each) => each.model === model) : undefined;
  if (section === undefined) throw new TypeError(`${model} stands in the way of a head that it is no model of.`);
  return { model, of, section };
}

/** The comment says once what it says: whoever starts this again, and however often, asks for the same. */
function operationOf({ comment }: OverrideRequest, { model, of }: Thing, { head }: PullRequestRun): Operation {
  const asked = of.kind === 'finding' ? { overrides: of.kind, finding: of.id } : { overrides: of.kind };
  return { type: 'override', model, asked: { head, ...asked }, cause: `comment ${comment}` };
}

/** The verdict that blocks, as it is on record; none for a model that goes. */
async function verdictOf(
  { of, section }: Thing,
  store: RegistryStore,
): Promise<VerdictEvidence | 'not-on-record' | undefined> {
  if (of.kind === 'model' || section.kind !== 'judged') return undefined;
  const found = await findVerdict(store, section.verdict.comparison);
  if (found === undefined) return 'not-on-record';
  const { name, digest, record } = found;
  const { judgement } = section.run;
  const evidence = evidenceOfVerdict({ record: { holdout: record.holdout, name, digest }, judgement });
  const blocking = [...record.judgement.findings, ...evidence.latency].some(({ id, blocks }) => id === of.id && blocks);
  return blocking ? evidence : 'not-on-record';
}

type Said = Pick<Extract<OverrideEvent, { overrides: 'finding' }>, 'overrides' | 'finding' | 'manifest' | 'expect'>;

function saidOf({ of, section }: Thing): Said | { readonly overrides: 'model' } {
  if (of.kind === 'model' || section.kind !== 'judged') return { overrides: 'model' };
  const { candidate, baseline } = section.verdict.comparison;
  return {
    overrides: 'finding',
    finding: of.id,
    manifest: candidate,
    ...(baseline !== undefined && { expect: baseline }),
  };
}

function stands({ of, section }: Thing, { head }: RecordedAnswer, versions: ModelVersions): boolean {
  return overridesOf(section, versions, head).some((override) => isSame(override.of, of));
}

async function alreadyDone(
  thing: Thing,
  base: JudgedAnswer,
  store: RegistryStore,
): Promise<AlreadyOverridden | OverrideRefused> {
  const inEffect = await effectOf(thing, base, store);
  if (inEffect !== undefined) return { kind: 'already-done', ...inEffect };
  // It was done, and void since: what is served, or what was trained, is another.
  const sentence = `What ${formatOverridden(thing)} was judged on is another since. Read what came of it, and ask anew.`;
  return refused('order_not_met', sentence);
}

/** The answer with all that stands in the registry of its head; `undefined` where this thing is not among it. */
async function effectOf(
  { model, of }: Thing,
  { recorded, judgement }: JudgedAnswer,
  store: RegistryStore,
): Promise<InEffect | undefined> {
  const overrides = await readOverrides(store, judgement);
  const own = overrides.find((each) => each.model === model && isSame(each.of, of));
  if (own === undefined) return undefined;
  const answer = { ...recorded, answer: { kind: 'judged' as const, judgement: withOverrides(judgement, overrides) } };
  return { override: own, answer };
}

function isSame(a: OverriddenThing, b: OverriddenThing): boolean {
  return a.kind === 'finding' && b.kind === 'finding' ? a.id === b.id : a.kind === b.kind;
}
