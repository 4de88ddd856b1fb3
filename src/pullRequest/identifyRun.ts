import type { Problem } from '../failure.ts';
import type { CommitSha, RepositoryName } from '../identity/git.ts';
import type { RunReference } from './headJudgement.ts';

/** The one workflow whose runs bring candidates. A name can be taken by any file; a path cannot. */
export const PULL_REQUEST_WORKFLOW = '.github/workflows/touchstone-pr.yml';

/** The run that asks: what GitHub tells every run of itself. */
export interface JudgingRun {
  readonly repository: RepositoryName;
  /** `workflow_run`, `workflow_dispatch`, ... */
  readonly event: string;
  /** `refs/heads/main` */
  readonly ref: string;
  /** `main` */
  readonly defaultBranch: string;
}

/** A run as the API tells of it. */
export interface RunFacts extends RunReference {
  /** Where it ran. */
  readonly repository: RepositoryName;
  /** `.github/workflows/touchstone-pr.yml`, with `@refs/...` behind it where the workflow came from elsewhere. */
  readonly path: string;
  readonly event: string;
  readonly head: CommitSha;
  readonly headBranch?: string;
  /** Absent where the fork is gone. */
  readonly headRepository?: RepositoryName;
  readonly status: string;
  /** `success`, `failure`, ...; absent while it runs. */
  readonly conclusion?: string;
}

/** Whose run it is. What it says of itself in files plays no part. */
export type RunIdentity =
  | {
      readonly kind: 'pull-request';
      readonly run: RunReference;
      readonly head: CommitSha;
      readonly headBranch?: string;
      readonly headRepository?: RepositoryName;
      readonly fork: boolean;
      readonly conclusion: RunConclusion;
    }
  | { readonly kind: 'merge-group'; readonly run: RunReference; readonly head: CommitSha; readonly headBranch?: string }
  | { readonly kind: 'refused'; readonly problem: Problem };

export type RunConclusion = 'succeeded' | 'failed' | 'cancelled' | 'timed-out' | 'waits-for-approval' | 'unfinished';

const EVENTS = ['pull_request', 'merge_group'];

/**
 * Whose run is to be judged, from the judging run's own event and the API alone. Refused: a judging run off the default
 * branch (its workflow is not the ruling one), a run of another workflow, event or repository.
 */
export function identifyRun(judging: JudgingRun, run: RunFacts): RunIdentity {
  const refused = refusalOfJudgingRun(judging) ?? refusalOfRun(judging, run);
  if (refused !== undefined) return { kind: 'refused', problem: refused };
  const { id, attempt, head, headBranch, headRepository } = run;
  const of = { run: { id, attempt }, head, ...(headBranch !== undefined && { headBranch }) };
  if (run.event === 'merge_group') return { kind: 'merge-group', ...of };
  return {
    kind: 'pull-request',
    ...of,
    ...(headRepository !== undefined && { headRepository }),
    fork: headRepository === undefined || !sameRepository(headRepository, judging.repository),
    conclusion: concludes(run),
  };
}

/** Why a run may not judge; `undefined` where it may. */
function refusalOfJudgingRun({ event, ref, defaultBranch }: JudgingRun): Problem | undefined {
  const where = 'the run that judges';
  if (event !== 'workflow_run' && event !== 'workflow_dispatch') {
    return {
      where,
      found: `it was started by ${event}`,
      expected: 'workflow_run, or workflow_dispatch',
      remedy: 'Judge in touchstone-judge.yml: for other events the workflow may be that of a pull request',
    };
  }
  if (ref === `refs/heads/${defaultBranch}`) return undefined;
  return {
    where,
    found: `it runs on ${ref}`,
    expected: `refs/heads/${defaultBranch}, the default branch`,
    remedy: 'Start it there: a branch can bring a policy of its own',
  };
}

function refusalOfRun({ repository }: JudgingRun, run: RunFacts): Problem | undefined {
  const where = `run ${run.id}`;
  if (!sameRepository(run.repository, repository)) {
    return { where, found: `it ran in ${run.repository}`, expected: `a run in ${repository}` };
  }
  const path = run.path.replace(/@.*$/s, '');
  if (path !== PULL_REQUEST_WORKFLOW) {
    return {
      where,
      found: `it is a run of ${JSON.stringify(path)}`,
      expected: `a run of ${PULL_REQUEST_WORKFLOW}, whatever other workflows are called`,
    };
  }
  if (EVENTS.includes(run.event)) return undefined;
  return { where, found: `it was started by ${run.event}`, expected: EVENTS.join(' or ') };
}

/** GitHub keeps the case that was written, and tells names apart without it. */
export function sameRepository(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

// https://docs.github.com/en/rest/actions/workflow-runs: the conclusions that a run can have.
function concludes({ status, conclusion }: RunFacts): RunConclusion {
  if (conclusion === 'action_required' || status === 'action_required') return 'waits-for-approval';
  if (status !== 'completed' && conclusion === undefined) return 'unfinished';
  switch (conclusion) {
    case 'success':
    case 'neutral':
    case 'skipped':
      return 'succeeded';
    case 'cancelled':
    case 'stale':
      return 'cancelled';
    case 'timed_out':
      return 'timed-out';
    case undefined:
    default:
      return 'failed';
  }
}

/** A pull request as far as it says which head it asks to merge. */
export interface PullRequestHead {
  readonly number: number;
  readonly state: string;
  readonly head: CommitSha;
  readonly headRepository?: RepositoryName;
  /** Login; absent where the account is gone, or nobody asked. */
  readonly author?: string;
}

/**
 * The open pull requests that a run's head is the head of: several of one head get the same answer, since a verdict is a
 * function of the candidate. None where the branch has moved on. `workflow_run.pull_requests` is empty for forks, so
 * they are told by commit and repository.
 */
export function pullsOfHead<P extends PullRequestHead>(
  { head, headRepository }: Pick<RunFacts, 'head' | 'headRepository'>,
  pulls: readonly P[],
): readonly P[] {
  return pulls.filter(
    (pull) =>
      pull.state === 'open' &&
      pull.head === head &&
      pull.headRepository !== undefined &&
      headRepository !== undefined &&
      sameRepository(pull.headRepository, headRepository),
  );
}
