import * as v from 'valibot';
import {
  isCommitSha,
  isRepositoryName,
  splitRepositoryName,
  type CommitSha,
  type RepositoryName,
} from '../../identity/git.ts';
import { UserMistake } from '../../failure.ts';
import type { RunFacts } from '../../pullRequest/identifyRun.ts';
import type { JobFacts } from '../../pullRequest/runJobs.ts';
import { answerOf } from './answer.ts';
import type { GitHubClient } from './gitHubClient.ts';

const commit = v.custom<CommitSha>((text) => typeof text === 'string' && isCommitSha(text), 'expected a commit');
const repositoryName = v.custom<RepositoryName>(
  (text) => typeof text === 'string' && isRepositoryName(text),
  'expected OWNER/NAME',
);
const run = v.object({
  id: v.number(),
  run_attempt: v.optional(v.number(), 1),
  path: v.string(),
  event: v.string(),
  head_sha: commit,
  head_branch: v.nullish(v.string()),
  repository: v.object({ full_name: repositoryName }),
  // Of a fork that is gone there is none.
  head_repository: v.nullish(v.object({ full_name: repositoryName })),
  status: v.nullish(v.string()),
  conclusion: v.nullish(v.string()),
  html_url: v.string(),
  created_at: v.string(),
});
const job = v.object({
  name: v.string(),
  conclusion: v.nullish(v.string()),
  html_url: v.nullish(v.string()),
  steps: v.optional(v.array(v.object({ name: v.string(), conclusion: v.nullish(v.string()) })), []),
});

/** A run, the address under which people see it, and when it was asked for first. */
export type ListedRun = RunFacts & { readonly url: string; readonly createdAt: string };

/** Runs of a repository's workflows. */
export interface Runs {
  /**
   * @param attempt the last one unless told.
   * @throws UserMistake where there is no such run.
   */
  read(id: number, attempt?: number): Promise<ListedRun>;
  /** The jobs of one attempt; where only failed ones ran again, those that were carried over too. */
  jobs(id: number, attempt: number): Promise<readonly JobFacts[]>;
}

export function gitHubRuns(client: GitHubClient, repository: RepositoryName): Runs {
  const place = splitRepositoryName(repository);
  return {
    async read(id, attempt) {
      const asked = { ...place, run_id: id };
      const answer = await (
        attempt === undefined
          ? client.rest.actions.getWorkflowRun(asked)
          : client.rest.actions.getWorkflowRunAttempt({ ...asked, attempt_number: attempt })
      ).catch((error: unknown) => {
        if (!(error instanceof Error && 'status' in error && error.status === 404)) throw error;
        throw new UserMistake('run-unknown', {
          where: `run ${id}`,
          found: `${repository} has no such run`,
          expected: 'the number of a run of touchstone-pr.yml, as in its address',
        });
      });
      return listedRun(`run ${id}`, answer.data);
    },

    async jobs(id, attempt) {
      const listed = await client.paginate(client.rest.actions.listJobsForWorkflowRunAttempt, {
        ...place,
        run_id: id,
        attempt_number: attempt,
        per_page: 100,
      });
      return answerOf(`the jobs of run ${id}`, v.array(job), listed).map(({ name, conclusion, html_url, steps }) => ({
        name,
        ...(typeof conclusion === 'string' && { conclusion }),
        ...(typeof html_url === 'string' && { url: html_url }),
        failedSteps: steps.filter((step) => isFailed(step.conclusion)).map((step) => step.name),
      }));
    },
  };
}

/** A run as the API answers it, and as the event `workflow_run` carries it. @throws ServiceFailure where it is none. */
export function listedRun(what: string, data: unknown): ListedRun {
  const found = answerOf(what, run, data);
  const branch = found.head_branch ?? undefined;
  const from = found.head_repository?.full_name;
  const conclusion = found.conclusion ?? undefined;
  return {
    id: found.id,
    attempt: found.run_attempt,
    repository: found.repository.full_name,
    path: found.path,
    event: found.event,
    head: found.head_sha,
    ...(branch !== undefined && { headBranch: branch }),
    ...(from !== undefined && { headRepository: from }),
    status: found.status ?? 'unknown',
    ...(conclusion !== undefined && { conclusion }),
    url: found.html_url,
    createdAt: found.created_at,
  };
}

function isFailed(conclusion: string | null | undefined): boolean {
  return conclusion === 'failure' || conclusion === 'timed_out' || conclusion === 'cancelled';
}
