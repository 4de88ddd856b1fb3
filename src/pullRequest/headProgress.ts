import type { Problem } from '../failure.ts';
import type { RunReference } from './headJudgement.ts';
import type { RunFacts } from './identifyRun.ts';
import type { PullFacts } from './pullFacts.ts';
import type { HeadAnswer } from './standing.ts';
import type { JobFacts } from './runJobs.ts';

/** How far a head has come, from its push to its answer. */
export type HeadProgress =
  /** The repository has nothing to do with Touchstone, or a workflow answers by itself. */
  | { readonly kind: 'not-ours' }
  /** The default branch has a configuration, and no workflow that judges. */
  | { readonly kind: 'no-workflow' }
  /** The default branch has no configuration yet, and the proposed one is valid. */
  | { readonly kind: 'begins'; readonly models: readonly string[] }
  | { readonly kind: 'invalid-config'; readonly problems: readonly Problem[] }
  /** The run that trains is to begin within a moment. */
  | { readonly kind: 'awaited' }
  | { readonly kind: 'not-started'; readonly because: 'conflicts' | 'unknown' }
  | { readonly kind: 'waits-for-approval'; readonly run: TrainingRun }
  | { readonly kind: 'training'; readonly run: TrainingRun; readonly jobs: readonly TrainingJob[]; readonly end?: Date }
  | { readonly kind: 'judging'; readonly run: TrainingRun; readonly judging?: JudgingFacts }
  /** The run that trains is over, and nobody has judged it. */
  | { readonly kind: 'unheard'; readonly run: TrainingRun }
  | {
      readonly kind: 'answered';
      readonly run: TrainingRun;
      /** The one whose answer it is. */
      readonly judging: JudgingFacts;
      /** The one that measured; a later one may have let something pass. */
      readonly measured?: JudgingFacts;
      readonly answer: HeadAnswer;
    };

/** A run of `touchstone-pr.yml`, and when this attempt of it began and was last heard of. */
export interface TrainingRun extends RunFacts {
  readonly url: string;
  readonly startedAt: Date;
  readonly updatedAt: Date;
}

export interface TrainingJob extends JobFacts {
  readonly id: number;
  readonly status: string;
  readonly startedAt?: Date;
  readonly completedAt?: Date;
  /** The step that is at work. */
  readonly step?: string;
}

/** A run that judged, or that let something pass: whatever leaves an answer. */
export interface JudgingFacts extends RunReference {
  readonly by: 'judge' | 'override';
  readonly status: string;
  readonly conclusion?: string;
  /** The comment that asked for an override. */
  readonly comment?: number;
  readonly url: string;
}

const MINUTE_MS = 60_000;
/** GitHub starts runs within seconds; where its queue is long, within minutes. */
const PATIENCE_MS = 10 * MINUTE_MS;

/** Whether what should have begun by itself is overdue. */
export function isOverdue(since: Date, now: Date): boolean {
  return now.getTime() - since.getTime() >= PATIENCE_MS;
}

/** The runs of `touchstone-pr.yml` on a head, the newest first; those of other branches with the same commit left out. */
export function runsOfHead(
  runs: readonly TrainingRun[],
  { head, headBranch, headRepository }: Pick<PullFacts, 'head' | 'headBranch' | 'headRepository'>,
  workflow: string,
): readonly TrainingRun[] {
  const same = (a: string | undefined, b: string | undefined): boolean => a?.toLowerCase() === b?.toLowerCase();
  return runs
    .filter(
      (run) =>
        run.head === head &&
        run.event === 'pull_request' &&
        run.path.replace(/@.*$/s, '') === workflow &&
        run.headBranch === headBranch &&
        same(run.headRepository, headRepository),
    )
    .toSorted((a, b) => b.id - a.id);
}

/** Until when the jobs that are at work may take, going by how long jobs of these names took before. */
export function expectedEnd(jobs: readonly TrainingJob[], tookMs: ReadonlyMap<string, number>): Date | undefined {
  const ends = jobs
    .filter(({ status }) => status === 'in_progress')
    .map(({ name, startedAt }) => {
      const took = tookMs.get(name);
      return took === undefined || startedAt === undefined ? undefined : startedAt.getTime() + took;
    });
  if (ends.length === 0 || ends.some((end) => end === undefined)) return undefined;
  return new Date(Math.max(...ends.map((end) => end ?? 0)));
}

/** When to look again, where nothing tells of a change: often at first, then more and more seldom. */
export function lookAgainAfterMs(progress: HeadProgress, now: Date): number | undefined {
  switch (progress.kind) {
    case 'awaited':
      return PATIENCE_MS / 5;
    case 'judging':
      return progress.judging === undefined ? PATIENCE_MS / 5 : PATIENCE_MS;
    case 'training': {
      const age = now.getTime() - progress.run.startedAt.getTime();
      return Math.min(Math.max(age / 3, MINUTE_MS), 30 * MINUTE_MS);
    }
    case 'not-ours':
    case 'no-workflow':
    case 'begins':
    case 'invalid-config':
    case 'not-started':
    case 'waits-for-approval':
    case 'unheard':
    case 'answered':
      return undefined;
  }
}
