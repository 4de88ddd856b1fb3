import type { RepositoryName } from '../identity/git.ts';
import { isLater } from './commentMarker.ts';
import { sameRepository, type RunFacts } from './identifyRun.ts';
import { parseJudgingTitle, parseOverrideTitle } from './judgingTitle.ts';

/** The workflows whose runs leave what there is to answer a head with. */
export const JUDGE_WORKFLOW = 'touchstone-judge.yml';
export const OVERRIDE_WORKFLOW = 'touchstone-override.yml';

/** A run as a list of them tells. */
export interface TitledRun extends RunFacts {
  /** What its `run-name` came to. */
  readonly title: string;
  /** When its last attempt began; ISO 8601, UTC, whole seconds. */
  readonly startedAt: string;
}

export interface JudgedRun {
  readonly repository: RepositoryName;
  readonly defaultBranch: string;
  /** Number of the run of `touchstone-pr.yml`. */
  readonly trained: number;
}

/**
 * The runs that leave, or will have left, an answer of a trained run, the newest first. Any workflow can call its runs so, on
 * any branch: what counts is the file, and that it was the default branch's. What a run left says itself of whom it is.
 */
export function judgingRunsOf<Run extends TitledRun>(runs: readonly Run[], of: JudgedRun): readonly Run[] {
  return runs.filter((run) => isOf(run, of)).toSorted((a, b) => (isLater(a, b) ? -1 : isLater(b, a) ? 1 : 0));
}

/** As {@link judgingRunsOf}, those that are over. */
export function chooseJudgingRuns<Run extends TitledRun>(runs: readonly Run[], of: JudgedRun): readonly Run[] {
  return judgingRunsOf(runs, of).filter(({ status }) => status === 'completed');
}

/** The workflow that a run is of, by its file. */
export function isOverrideRun({ path }: Pick<TitledRun, 'path'>): boolean {
  return path.replace(/@.*$/s, '') === `.github/workflows/${OVERRIDE_WORKFLOW}`;
}

function isOf(run: TitledRun, { repository, defaultBranch, trained }: JudgedRun): boolean {
  const { headRepository } = run;
  const isRuling =
    sameRepository(run.repository, repository) &&
    headRepository !== undefined &&
    sameRepository(headRepository, repository) &&
    run.headBranch === defaultBranch;
  return isRuling && trainedRunOf(run) === trained;
}

/** Whose answer a run may have left, by its file, its event and its title; `undefined` where it is none of ours. */
function trainedRunOf({ path, event, title }: TitledRun): number | undefined {
  switch (path.replace(/@.*$/s, '')) {
    case `.github/workflows/${JUDGE_WORKFLOW}`:
      return event === 'workflow_run' || event === 'workflow_dispatch' ? parseJudgingTitle(title) : undefined;
    case `.github/workflows/${OVERRIDE_WORKFLOW}`:
      return event === 'workflow_dispatch' ? parseOverrideTitle(title)?.run : undefined;
    default:
      return undefined;
  }
}
