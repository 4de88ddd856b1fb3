import { accountOf } from '../actor.ts';
import { type Call, Refusal, type Routes, invalid, listed, notFound } from '../route.ts';
import type { Deployment } from '../state/deployments.ts';
import { mergedTree } from '../state/pulls.ts';
import type { StandInRepository } from '../state/repository.ts';

export const deploymentRoutes: Routes = {
  'GET /repos/{owner}/{repo}/deployments': {
    needs: 'deployments: read',
    handle(call) {
      const { query, repository } = call;
      const wants = (wanted: string | undefined, found: string): boolean =>
        wanted === undefined || wanted === 'none' || wanted === found;
      const fitting = repository.deployments.all.filter(
        ({ sha, ref, task, environment }) =>
          wants(query.sha, sha) &&
          wants(query.ref, ref) &&
          wants(query.task, task) &&
          wants(query.environment ?? undefined, environment),
      );
      return listed(call, fitting.reverse(), (deployment) => repository.deployments.json(deployment));
    },
  },
  'POST /repos/{owner}/{repo}/deployments': {
    needs: 'deployments: write',
    async handle(call) {
      const { repository, body, actor } = call;
      const sha = await repository.resolve(body.ref);
      if (sha === undefined) throw invalid(`No ref found for: ${body.ref}`);
      if (body.auto_merge !== false && (await mergesDefault(call, body.ref, sha))) {
        return {
          status: 202,
          body: { message: `Auto-merged ${repository.defaultBranch} into ${body.ref} on deployment.` },
        };
      }
      checkContexts(repository, body.ref, sha, body.required_contexts);
      const environment = body.environment ?? 'production';
      const deployment = repository.deployments.create({
        sha,
        ref: body.ref,
        task: body.task ?? 'deploy',
        environment,
        payload: body.payload ?? '',
        description: body.description ?? null,
        isTransient: body.transient_environment ?? false,
        isProduction: body.production_environment ?? environment === 'production',
        author: accountOf(actor),
      });
      return { status: 201, body: repository.deployments.json(deployment) };
    },
  },
  'GET /repos/{owner}/{repo}/deployments/{deployment_id}': {
    needs: 'deployments: read',
    handle: (call) => ({ status: 200, body: call.repository.deployments.json(deploymentOf(call)) }),
  },
  'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses': {
    needs: 'deployments: read',
    handle(call) {
      const deployment = deploymentOf(call);
      return listed(call, deployment.statuses.toReversed(), (status) =>
        call.repository.deployments.statusJson(deployment, status),
      );
    },
  },
  'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses': {
    needs: 'deployments: write',
    handle(call) {
      const { repository, body, actor } = call;
      const deployment = deploymentOf(call);
      const made = {
        state: body.state,
        author: accountOf(actor),
        description: body.description ?? '',
        logUrl: body.log_url ?? body.target_url ?? '',
        environment: body.environment ?? deployment.environment,
        environmentUrl: body.environment_url ?? '',
      };
      const status = repository.deployments.setStatus(deployment, made, body.auto_inactive ?? true);
      return { status: 201, body: repository.deployments.statusJson(deployment, status) };
    },
  },
};

function deploymentOf({
  repository,
  params,
}: Pick<Call, 'repository'> & { readonly params: { readonly deployment_id: number } }): Deployment {
  const deployment = repository.deployments.all.find(({ id }) => id === params.deployment_id);
  if (!deployment) throw notFound();
  return deployment;
}

/** A branch that is behind the default one is merged with it first, and nothing is deployed, unless `auto_merge` is false. */
async function mergesDefault(
  { repository, actor }: Pick<Call, 'repository' | 'actor'>,
  ref: string,
  sha: string,
): Promise<boolean> {
  const newest = await repository.resolve(`refs/heads/${repository.defaultBranch}`);
  const branch = `refs/heads/${ref}`;
  if (
    newest === undefined ||
    (await repository.contains(sha, newest)) ||
    (await repository.resolve(branch)) === undefined
  )
    return false;
  const tree = await mergedTree(repository, sha, newest);
  if (tree === undefined) throw new Refusal(409, `Conflict merging ${repository.defaultBranch} into ${ref}.`);
  const message = `Merge ${repository.defaultBranch} into ${ref}`;
  await repository.moveRef(branch, await repository.writeCommit(tree, [sha, newest], { message }), {
    by: actor,
    before: sha,
  });
  return true;
}

/** Statuses that must have succeeded: those named, or all of the commit. */
function checkContexts(
  repository: StandInRepository,
  ref: string,
  sha: string,
  required: readonly string[] | undefined,
): void {
  const latest = repository.statuses.latest(sha);
  const wanted = required ?? latest.map(({ context }) => context);
  const isMet = wanted.every((context) =>
    latest.some((status) => status.context === context && status.state === 'success'),
  );
  if (!isMet) throw new Refusal(409, `Conflict: Commit status checks failed for ${ref}.`);
}
