import * as v from 'valibot';
import { splitRepositoryName, type CommitSha, type RepositoryName } from '../../identity/git.ts';
import type { RunReference } from '../../pullRequest/headJudgement.ts';
import type { TrainingJob, TrainingRun } from '../../pullRequest/headProgress.ts';
import { PULL_REQUEST_WORKFLOW } from '../../pullRequest/identifyRun.ts';
import { answerOf } from './answer.ts';
import type { GitHubClient } from './gitHubClient.ts';
import { listedRun } from './runs.ts';

const instant = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform((text) => new Date(text)),
);
const times = v.object({ created_at: instant, run_started_at: v.nullish(instant), updated_at: instant });
const job = v.object({
  id: v.number(),
  name: v.string(),
  status: v.string(),
  conclusion: v.nullish(v.string()),
  html_url: v.nullish(v.string()),
  started_at: v.nullish(instant),
  completed_at: v.nullish(instant),
  steps: v.optional(v.array(v.object({ name: v.string(), status: v.string() })), []),
});

/** Runs of `touchstone-pr.yml`, as one follows them. */
export interface TrainingRuns {
  /** Of whatever workflow and branch; the newest hundred. */
  ofHead(head: CommitSha): Promise<readonly TrainingRun[]>;
  read(run: number): Promise<TrainingRun>;
  jobs(run: RunReference): Promise<readonly TrainingJob[]>;
  /** How long jobs took in the last run that went well and trained something, in ms by their names. Kept for an hour. */
  durations(): Promise<ReadonlyMap<string, number>>;
}

const FILE = PULL_REQUEST_WORKFLOW.replace(/^.*\//, '');
const HOUR_MS = 3600 * 1000;
/** Most runs train nothing: so many are looked at for one that did. */
const MOST_LOOKS = 3;

export function gitHubTrainingRuns(client: GitHubClient, repository: RepositoryName, now: () => Date): TrainingRuns {
  const place = splitRepositoryName(repository);
  let took: { readonly at: number; readonly durations: ReadonlyMap<string, number> } | undefined;

  const jobs = async ({ id, attempt }: RunReference): Promise<readonly TrainingJob[]> => {
    const { data } = await client.rest.actions.listJobsForWorkflowRunAttempt({
      ...place,
      run_id: id,
      attempt_number: attempt,
      per_page: 100,
    });
    return answerOf(`the jobs of run ${id}`, v.array(job), data.jobs).map(trainingJob);
  };
  const lastDurations = async (): Promise<ReadonlyMap<string, number>> => {
    const { data } = await client.rest.actions
      .listWorkflowRuns({ ...place, workflow_id: FILE, status: 'success', per_page: MOST_LOOKS })
      .catch(withoutWorkflow);
    for (const each of data.workflow_runs) {
      const found = durationsOf(await jobs(trainingRun('a run of touchstone-pr.yml', each)));
      if ([...found.keys()].some((name) => name.startsWith('train'))) return found;
    }
    return new Map();
  };

  return {
    async ofHead(head) {
      const { data } = await client.rest.actions.listWorkflowRunsForRepo({
        ...place,
        head_sha: head,
        event: 'pull_request',
        per_page: 100,
      });
      return data.workflow_runs.map((each) => trainingRun(`a run of ${head}`, each));
    },
    async read(id) {
      const { data } = await client.rest.actions.getWorkflowRun({ ...place, run_id: id });
      return trainingRun(`run ${id}`, data);
    },
    jobs,
    async durations() {
      if (took === undefined || now().getTime() - took.at > HOUR_MS) {
        took = { at: now().getTime(), durations: await lastDurations() };
      }
      return took.durations;
    },
  };
}

function withoutWorkflow(error: unknown): { readonly data: { readonly workflow_runs: readonly [] } } {
  if (error instanceof Error && 'status' in error && error.status === 404) return { data: { workflow_runs: [] } };
  throw error;
}

function trainingRun(what: string, data: unknown): TrainingRun {
  const { created_at: created, run_started_at: started, updated_at: updatedAt } = answerOf(what, times, data);
  return { ...listedRun(what, data), startedAt: started ?? created, updatedAt };
}

function trainingJob(found: v.InferOutput<typeof job>): TrainingJob {
  const { id, name, status, conclusion, html_url: url, started_at, completed_at, steps } = found;
  const step = steps.find((each) => each.status === 'in_progress')?.name;
  return {
    ...{ id, name, status },
    ...(typeof conclusion === 'string' && { conclusion }),
    ...(typeof url === 'string' && { url }),
    ...(started_at && { startedAt: started_at }),
    ...(completed_at && { completedAt: completed_at }),
    ...(step !== undefined && { step }),
    failedSteps: [],
  };
}

function durationsOf(jobs: readonly TrainingJob[]): ReadonlyMap<string, number> {
  return new Map(
    jobs.flatMap(({ name, conclusion, startedAt, completedAt }) =>
      conclusion === 'success' && startedAt !== undefined && completedAt !== undefined
        ? [[name, completedAt.getTime() - startedAt.getTime()]]
        : [],
    ),
  );
}
