import * as v from 'valibot';
import { splitRepositoryName, type RepositoryName } from '../../identity/git.ts';
import { chooseJudgingRuns, JUDGE_WORKFLOW, OVERRIDE_WORKFLOW, type TitledRun } from '../../pullRequest/judgingRuns.ts';
import { answerOf } from './answer.ts';
import type { GitHubClient } from './gitHubClient.ts';
import { listedRun } from './runs.ts';

/** Runs that left what there is to answer a head with. */
export interface JudgingRuns {
  /** Those that are over, of one trained run, the newest first. */
  of(trained: number): Promise<readonly TitledRun[]>;
}

const ANSWERING: readonly string[] = [JUDGE_WORKFLOW, OVERRIDE_WORKFLOW];

const titled = v.object({ display_title: v.string(), run_started_at: v.nullish(v.string()) });
// GitHub lists so many of a search at most.
const MOST_PAGES = 10;

/** @param workflows which files; those that judge and those that take overrides unless told. */
export function gitHubJudgingRuns(
  client: GitHubClient,
  repository: RepositoryName,
  defaultBranch: string,
  workflows = ANSWERING,
): JudgingRuns {
  const place = splitRepositoryName(repository);
  const listed = async (workflow: string, trained: number): Promise<readonly TitledRun[]> => {
    const found: TitledRun[] = [];
    const pages = client.paginate.iterator(client.rest.actions.listWorkflowRuns, {
      ...place,
      workflow_id: workflow,
      branch: defaultBranch,
      per_page: 100,
    });
    let count = 0;
    try {
      for await (const { data } of pages) {
        const runs = data.map((run) => titledRun(`a run of ${workflow}`, run));
        found.push(...runs);
        count += 1;
        // Newest first, and their numbers grow: what judged a run came after it.
        if (count === MOST_PAGES || runs.some(({ id }) => id < trained)) break;
      }
    } catch (error) {
      // The repository has no such workflow.
      if (!(error instanceof Error && 'status' in error && error.status === 404)) throw error;
    }
    return found;
  };
  return {
    async of(trained) {
      const runs = await Promise.all(workflows.map((workflow) => listed(workflow, trained)));
      return chooseJudgingRuns(runs.flat(), { repository, defaultBranch, trained });
    },
  };
}

export function titledRun(what: string, data: unknown): TitledRun & { readonly url: string } {
  const run = listedRun(what, data);
  const { display_title: title, run_started_at } = answerOf(what, titled, data);
  return { ...run, title, startedAt: run_started_at ?? run.createdAt };
}
