import { accountOf } from '../actor.ts';
import { type Call, type Routes, listed, notFound, page } from '../route.ts';
import type { StatusState } from '../state/statuses.ts';

export const statusRoutes: Routes = {
  'POST /repos/{owner}/{repo}/statuses/{sha}': {
    needs: 'statuses: write',
    async handle({ repository, params, body, actor }) {
      const sha = await repository.resolve(params.sha);
      if (sha === undefined) throw notFound();
      const author = accountOf(actor);
      const { state, context = 'default', description = null, target_url: targetUrl = null } = body;
      const status = repository.statuses.add({ sha, state, context, description, targetUrl, author });
      return { status: 201, body: { ...repository.statuses.json(status), creator: author.json } };
    },
  },
  'GET /repos/{owner}/{repo}/commits/{ref}/statuses': {
    needs: 'statuses: read',
    async handle(call) {
      const { statuses } = call.repository;
      return listed(call, statuses.of(await commitOf(call)), (status) => ({
        ...statuses.json(status),
        creator: status.author.json,
      }));
    },
  },
  'GET /repos/{owner}/{repo}/commits/{ref}/status': {
    needs: 'statuses: read',
    async handle(call) {
      const { repository } = call;
      const sha = await commitOf(call);
      const latest = repository.statuses.latest(sha);
      const { items, headers } = page(call, latest);
      const body = {
        state: combined(latest.map(({ state }) => state)),
        statuses: items.map((status) => repository.statuses.json(status)),
        sha,
        total_count: latest.length,
        repository: repository.json,
        commit_url: `${repository.url}/commits/${sha}`,
        url: `${repository.url}/commits/${sha}/status`,
      };
      return { status: 200, body, headers };
    },
  },
};

async function commitOf({
  repository,
  params,
}: Pick<Call, 'repository'> & { readonly params: { readonly ref: string } }): Promise<string> {
  const sha = await repository.resolve(params.ref);
  if (sha === undefined) throw notFound();
  return sha;
}

/** https://docs.github.com/rest/commits/statuses#get-the-combined-status-for-a-specific-reference */
function combined(states: readonly StatusState[]): 'failure' | 'pending' | 'success' {
  if (states.some((state) => state === 'error' || state === 'failure')) return 'failure';
  return states.length === 0 || states.includes('pending') ? 'pending' : 'success';
}
