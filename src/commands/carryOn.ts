import type { Effect, Ordered } from '../conversation/effect.ts';
import type { Said } from '../conversation/reply.ts';
import type { RunReference } from '../pullRequest/headJudgement.ts';
import type { TrainingRun } from '../pullRequest/headProgress.ts';
import type { PullFacts } from '../pullRequest/pullFacts.ts';
import { markdownVoice as voice } from '../report/voice.ts';

export interface EffectPorts {
  readonly now: () => Date;
  readonly actions: {
    read(run: number): Promise<TrainingRun>;
    /** Asked once, however it goes: what came of it is read afterwards. */
    rerun(run: RunReference, job?: number): Promise<Ordered>;
    approve(run: RunReference): Promise<Ordered>;
    /** Starts the workflow that puts an override on record. */
    override(run: number, comment: number, branch: string): Promise<Ordered>;
  };
  readonly overrides: {
    /** How the workflow that this comment had started ended; `undefined` where it has not been started. */
    of(comment: number, run: TrainingRun, ruling: PullFacts['ruling']): Promise<OverrideRun | undefined>;
  };
}

type OverrideRun =
  | { readonly kind: 'running'; readonly url: string }
  | {
      readonly kind: 'over';
      readonly url: string;
      readonly done: boolean;
      readonly code?: string;
      readonly sentence: string;
    };

interface Occasion {
  readonly comment: number;
  readonly pull: PullFacts;
  /** What the command would come to if it were given now: its rights are looked up anew. */
  readonly still: () => Promise<Said>;
}

interface Progressed {
  /** What the reply is to say; absent where it stays. */
  readonly said?: Said;
  readonly lookAgainMs?: number;
}

/**
 * One step of something that was begun. Whether it was done already is read from GitHub first; whether it still may be done,
 * right before it is.
 */
export async function carryOn(effect: Effect, occasion: Occasion, ports: EffectPorts): Promise<Progressed> {
  switch (effect.kind) {
    case 'rerun':
      return rerun(effect, occasion, ports);
    case 'approve':
      return approve(effect, occasion, ports);
    case 'override':
      return override(effect, occasion, ports);
  }
}

/** Soon: an answer was lost, and GitHub tells in a moment what came of it. */
const SOON_MS = 5_000;
/** GitHub asks for a minute where too much was asked for. */
const CALM_MS = 60_000;
const failed = (because: string): Progressed => ({
  said: { kind: 'refused', code: 'service_failed', text: `GitHub refused: ${voice.prose(because)}` },
});

const HEAD_MOVED: Said = {
  kind: 'refused',
  code: 'ref_changed',
  text: 'The head is another now. Ask again, if it is meant for that one.',
};

/** Why what was begun may not be done any more: given now, the command would be refused, or be about another run. */
function refusalOf(still: Said, { run }: Effect): Said | undefined {
  if (still.kind !== 'pending') return still;
  return still.effect.run.id === run.id ? undefined : HEAD_MOVED;
}

async function rerun(
  effect: Extract<Effect, { kind: 'rerun' }>,
  { still }: Occasion,
  { actions }: EffectPorts,
): Promise<Progressed> {
  const run = await actions.read(effect.run.id);
  const again: Said = { kind: 'done', text: `Training again: [attempt ${run.attempt}](${run.url}) of its run.` };
  if (run.attempt > effect.run.attempt) return { said: again };
  const against = refusalOf(await still(), effect);
  if (against !== undefined) return { said: against };
  const asked = await actions.rerun(effect.run, effect.job);
  if (asked.kind === 'unknown') return { lookAgainMs: SOON_MS };
  if (asked.kind === 'too-much') return { lookAgainMs: CALM_MS };
  const after = await actions.read(effect.run.id);
  if (asked.kind === 'taken' || after.attempt > effect.run.attempt || after.status !== 'completed') {
    const attempt = Math.max(after.attempt, effect.run.attempt + 1);
    return { said: { kind: 'done', text: `Training again: [attempt ${attempt}](${after.url}) of its run.` } };
  }
  return failed(asked.because);
}

async function approve(
  effect: Extract<Effect, { kind: 'approve' }>,
  { still }: Occasion,
  { actions }: EffectPorts,
): Promise<Progressed> {
  const run = await actions.read(effect.run.id);
  const done: Progressed = {
    said: { kind: 'done', text: `[Its run](${run.url}) may begin: ${voice.name(run.head)} is trained.` },
  };
  if (run.conclusion !== 'action_required') return done;
  const against = refusalOf(await still(), effect);
  if (against !== undefined) return { said: against };
  const asked = await actions.approve(effect.run);
  if (asked.kind === 'taken') return done;
  if (asked.kind === 'unknown') return { lookAgainMs: SOON_MS };
  if (asked.kind === 'too-much') return { lookAgainMs: CALM_MS };
  const after = await actions.read(effect.run.id);
  return after.conclusion === 'action_required' ? failed(asked.because) : done;
}

/** GitHub shows a run within seconds of its dispatch. */
const UNSEEN_MS = 2 * 60_000;
const MOST_DISPATCHES = 3;

async function override(
  effect: Extract<Effect, { kind: 'override' }>,
  { comment, pull, still }: Occasion,
  { actions, overrides, now }: EffectPorts,
): Promise<Progressed> {
  const { run, dispatches, dispatchedAt } = effect;
  const found = await overrides.of(comment, await actions.read(run.id), pull.ruling);
  if (found?.kind === 'running') return { lookAgainMs: UNSEEN_MS };
  if (found?.kind === 'over') return { said: ended(found) };
  const waited = dispatchedAt === undefined ? Infinity : now().getTime() - Date.parse(dispatchedAt);
  if (waited < UNSEEN_MS) return { lookAgainMs: UNSEEN_MS - waited };
  if (dispatches >= MOST_DISPATCHES) return failed('touchstone-override.yml was dispatched and did not begin');
  const against = refusalOf(await still(), effect);
  if (against !== undefined) return { said: against };
  const asked = await actions.override(run.id, comment, pull.ruling.name);
  if (asked.kind === 'refused') return failed(asked.because);
  if (asked.kind === 'too-much') return { lookAgainMs: CALM_MS };
  const again: Effect = { ...effect, dispatches: dispatches + 1, dispatchedAt: now().toISOString() };
  return {
    said: { kind: 'pending', text: 'Puts it on record.', effect: again },
    lookAgainMs: UNSEEN_MS,
  };
}

function ended({ url, done, code, sentence }: Extract<OverrideRun, { kind: 'over' }>): Said {
  const text = `${voice.prose(sentence)} ([see its run](${url}))`;
  if (done) return { kind: 'done', text };
  return { kind: 'refused', code: reasonOf(code), text };
}

const TOLD = [
  'permission_denied',
  'self_approval',
  'ref_changed',
  'order_not_met',
  'already_done',
  'bad_argument',
] as const;

function reasonOf(code: string | undefined): (typeof TOLD)[number] | 'service_failed' {
  return TOLD.find((each) => each === code) ?? 'service_failed';
}
