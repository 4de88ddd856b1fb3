import type { Problem } from '../failure.ts';
import type { ModelName } from '../identity/names.ts';
import type { NotJudged } from './headJudgement.ts';
import type { RunConclusion } from './identifyRun.ts';

/** One job of a run, as the API tells of it. */
export interface JobFacts {
  readonly name: string;
  /** `success`, `failure`, ...; absent while it runs. */
  readonly conclusion?: string;
  /** The steps that did not go well, in their order. */
  readonly failedSteps: readonly string[];
  /** Where its log can be read. */
  readonly url?: string;
}

export interface FailedTraining {
  readonly because: Extract<NotJudged, `training-${string}`>;
  readonly problem: Problem;
}

/** What a job's conclusion means for what it was to train; `undefined` where it went well, or was not to run. */
function failureOf(conclusion: string | undefined): FailedTraining['because'] | undefined {
  switch (conclusion) {
    case 'failure':
    case 'startup_failure':
      return 'training-failed';
    case 'timed_out':
      return 'training-timed-out';
    case 'cancelled':
    case 'stale':
      return 'training-cancelled';
    case undefined:
    default:
      return undefined;
  }
}

const WORDS: { readonly [because in FailedTraining['because']]: string } = {
  'training-failed': 'failed',
  'training-timed-out': 'ran out of time',
  'training-cancelled': 'was cancelled',
};

/** The job of a model, as the template names it (`train churn`), or as GitHub names one of a matrix (`train (churn)`). */
function isJobOf(model: ModelName, { name }: Pick<JobFacts, 'name'>): boolean {
  return name.split(/[\s(),/]+/).includes(model);
}

/** The job that was to train this model and did not end well. */
export function failedJobOf(model: ModelName, jobs: readonly JobFacts[]): FailedTraining | undefined {
  return firstFailure(jobs.filter((job) => isJobOf(model, job)));
}

/**
 * Why a run left no candidate of a model: the job that failed first, or the run's own end.
 * @returns `undefined` where nothing failed: it should have left one.
 */
export function failureOfRun(
  jobs: readonly JobFacts[],
  conclusion: RunConclusion,
  runUrl: string,
): FailedTraining | undefined {
  const failed = firstFailure(jobs);
  if (failed !== undefined) return failed;
  const where = runUrl;
  switch (conclusion) {
    case 'failed':
      return {
        because: 'training-failed',
        problem: {
          where,
          found: 'the run failed before a job began',
          remedy: 'See the run; its workflow may be invalid',
        },
      };
    case 'timed-out':
      return { because: 'training-timed-out', problem: { where, found: 'the run ran out of time' } };
    case 'cancelled':
      return {
        because: 'training-cancelled',
        problem: { where, found: 'the run was cancelled', remedy: 'Run it again, or push again' },
      };
    case 'succeeded':
    case 'waits-for-approval':
    case 'unfinished':
      return undefined;
  }
}

/** What failed goes before what was cancelled because of it. */
function firstFailure(jobs: readonly JobFacts[]): FailedTraining | undefined {
  const order = ['training-failed', 'training-timed-out', 'training-cancelled'] as const;
  for (const because of order) {
    const job = jobs.find(({ conclusion }) => failureOf(conclusion) === because);
    if (job === undefined) continue;
    const step = job.failedSteps[0];
    const found = `the job ${JSON.stringify(job.name)} ${WORDS[because]}${step === undefined ? '' : `, in its step ${JSON.stringify(step)}`}`;
    const remedy = because === 'training-cancelled' ? 'Run it again, or push again' : 'See its log';
    return { because, problem: { where: job.url ?? `job ${JSON.stringify(job.name)}`, found, remedy } };
  }
  return undefined;
}
