import type { Ordered } from '../../conversation/effect.ts';
import { splitRepositoryName, type RepositoryName } from '../../identity/git.ts';
import type { RunReference } from '../../pullRequest/headJudgement.ts';
import type { GitHubClient } from './gitHubClient.ts';

/** What Actions is told to do; each is asked once, however it goes. */
export interface WorkflowOrders {
  /** All jobs of a run, or one with those that need it. */
  rerun(run: RunReference, job?: number): Promise<Ordered>;
  /** Lets a run begin that waits for approval. */
  approve(run: RunReference): Promise<Ordered>;
  /** Starts `touchstone-override.yml` of a branch. */
  override(run: number, comment: number, branch: string): Promise<Ordered>;
  /** Starts `touchstone-judge.yml` of a branch. */
  judge(run: number, branch: string): Promise<Ordered>;
}

/** Asked again after an answer that was lost, it might be done twice; and after a long wait somebody else may have given it. */
const request = { retries: 0, neverWaits: true };

export function gitHubWorkflowOrders(client: GitHubClient, repository: RepositoryName): WorkflowOrders {
  const place = splitRepositoryName(repository);
  const { actions } = client.rest;
  const dispatch = (workflow: string, ref: string, inputs: { readonly [name: string]: string }): Promise<Ordered> =>
    ordered(actions.createWorkflowDispatch({ ...place, workflow_id: workflow, ref, inputs, request }));
  return {
    rerun: ({ id }, job) =>
      ordered(
        job === undefined
          ? actions.reRunWorkflow({ ...place, run_id: id, request })
          : actions.reRunJobForWorkflowRun({ ...place, job_id: job, request }),
      ),
    approve: ({ id }) => ordered(actions.approveWorkflowRun({ ...place, run_id: id, request })),
    override: (run, comment, branch) =>
      dispatch('touchstone-override.yml', branch, { run: String(run), comment: String(comment) }),
    judge: (run, branch) => dispatch('touchstone-judge.yml', branch, { run: String(run) }),
  };
}

async function ordered(asked: Promise<unknown>): Promise<Ordered> {
  try {
    await asked;
    return { kind: 'taken' };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const status = 'status' in error ? Number(error.status) : 0;
    if (status === 429 || (status === 403 && /rate limit/i.test(error.message))) return { kind: 'too-much' };
    return status >= 400 && status < 500 ? { kind: 'refused', because: error.message } : { kind: 'unknown' };
  }
}
