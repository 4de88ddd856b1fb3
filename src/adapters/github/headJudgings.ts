import { splitRepositoryName, type RepositoryName } from '../../identity/git.ts';
import type { JudgingFacts, TrainingRun } from '../../pullRequest/headProgress.ts';
import {
  isOverrideRun,
  JUDGE_WORKFLOW,
  judgingRunsOf,
  OVERRIDE_WORKFLOW,
  type TitledRun,
} from '../../pullRequest/judgingRuns.ts';
import { parseOverrideTitle } from '../../pullRequest/judgingTitle.ts';
import type { RulingBranch } from '../../pullRequest/pullFacts.ts';
import type { GitHubClient } from './gitHubClient.ts';
import { titledRun } from './judgingRuns.ts';

/** The default branch, and whether it has a workflow that takes overrides. */
type Ruling = Pick<RulingBranch, 'name' | 'overriding'>;

type FoundRun = TitledRun & { readonly url: string };

/** Runs that judged, told by the run that they judged. */
export interface HeadJudgings {
  /**
   * Those that are over and those that are not, the newest first.
   * @param known the number of one of them: of an old run it lies far back in the list.
   */
  of(run: TrainingRun, ruling: Ruling, known?: number): Promise<readonly JudgingFacts[]>;
}

const PAGE = 100;
const HOUR_MS = 3600 * 1000;

/**
 * Reads the newest hundred of each workflow, which are the same request for every pull request of a repository; of a run that
 * is older than those, what began within an hour of its end, and the one that is known.
 */
export function gitHubHeadJudgings(client: GitHubClient, repository: RepositoryName): HeadJudgings {
  const place = splitRepositoryName(repository);
  const list = async (workflow: string, branch: string, created?: string): Promise<readonly FoundRun[]> => {
    const asked = {
      ...place,
      workflow_id: workflow,
      branch,
      per_page: PAGE,
      ...(created !== undefined && { created }),
    };
    try {
      const { data } = await client.rest.actions.listWorkflowRuns(asked);
      return data.workflow_runs.map((run) => titledRun(`a run of ${workflow}`, run));
    } catch (error) {
      // The repository has no such workflow.
      if (error instanceof Error && 'status' in error && error.status === 404) return [];
      throw error;
    }
  };
  const ofWorkflow = async (workflow: string, branch: string, run: TrainingRun): Promise<readonly FoundRun[]> => {
    const newest = await list(workflow, branch);
    const oldest = newest.at(-1);
    if (newest.length < PAGE || oldest === undefined || oldest.id < run.id) return newest;
    const end = new Date(run.updatedAt.getTime() + HOUR_MS);
    return [...newest, ...(await list(workflow, branch, `${seconds(run.startedAt)}..${seconds(end)}`))];
  };
  const read = async (id: number): Promise<readonly FoundRun[]> => {
    try {
      const { data } = await client.rest.actions.getWorkflowRun({ ...place, run_id: id });
      return [titledRun(`run ${id}`, data)];
    } catch (error) {
      if (error instanceof Error && 'status' in error && error.status === 404) return [];
      throw error;
    }
  };

  return {
    async of(run, { name: branch, overriding }, known) {
      const workflows = overriding ? [JUDGE_WORKFLOW, OVERRIDE_WORKFLOW] : [JUDGE_WORKFLOW];
      const listed = (await Promise.all(workflows.map((workflow) => ofWorkflow(workflow, branch, run)))).flat();
      const isMissing = known !== undefined && known > run.id && !listed.some(({ id }) => id === known);
      const all = isMissing ? [...listed, ...(await read(known))] : listed;
      const byId = [...new Map(all.map((each) => [each.id, each])).values()];
      const began = seconds(run.startedAt);
      return judgingRunsOf(byId, { repository, defaultBranch: branch, trained: run.id })
        .filter(({ startedAt }) => seconds(new Date(startedAt)) >= began)
        .map(judgingFacts);
    },
  };
}

function judgingFacts(run: FoundRun): JudgingFacts {
  const { id, attempt, status, conclusion, url, title } = run;
  const comment = isOverrideRun(run) ? parseOverrideTitle(title)?.comment : undefined;
  return {
    ...{ id, attempt, status, url },
    by: isOverrideRun(run) ? 'override' : 'judge',
    ...(conclusion !== undefined && { conclusion }),
    ...(comment !== undefined && { comment }),
  };
}

/** As GitHub writes times. */
function seconds(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
