import * as v from 'valibot';
import {
  isCommitSha,
  isRepositoryName,
  splitRepositoryName,
  type CommitSha,
  type RepositoryName,
} from '../../identity/git.ts';
import { answerOf } from './answer.ts';
import type { GitHubClient } from './gitHubClient.ts';
import { askGraphQl } from './graphQl.ts';
import { present } from './presentChecks.ts';

/** What waits in a repository, as far as a look at all of it tells. */
export interface OpenWork {
  /** Whether its default branch judges pull requests. */
  readonly judges: boolean;
  readonly pulls: readonly { readonly number: number; readonly updatedAt: Date }[];
  /** Those that were closed or merged, as far as they are among the fifty where something happened last. */
  readonly closed: OpenWork['pulls'];
  /** Commits that the merge queue of the default branch waits for. */
  readonly groups: readonly { readonly head: CommitSha; readonly branch: string }[];
}

const OPEN = `
  query ($owner: String!, $name: String!, $after: String) {
    repository(owner: $owner, name: $name) {
      defaultBranchRef { name }
      judging: object(expression: "HEAD:.github/workflows/touchstone-judge.yml") { __typename }
      mergeQueue { entries(first: 100) { nodes { headCommit { oid } } } }
      pullRequests(states: [OPEN], first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { number updatedAt }
      }
      closed: pullRequests(states: [CLOSED, MERGED], first: 50, orderBy: { field: UPDATED_AT, direction: DESC }) {
        nodes { number updatedAt }
      }
    }
  }`;
const listedPulls = v.nullish(v.array(v.nullish(v.object({ number: v.number(), updatedAt: v.string() }))));
const openAnswer = v.object({
  repository: v.object({
    defaultBranchRef: v.nullish(v.object({ name: v.string() })),
    judging: v.nullish(v.object({ __typename: v.string() })),
    mergeQueue: v.nullish(
      v.object({
        entries: v.nullish(
          v.object({
            nodes: v.nullish(v.array(v.nullish(v.object({ headCommit: v.nullish(v.object({ oid: v.string() })) })))),
          }),
        ),
      }),
    ),
    pullRequests: v.object({
      pageInfo: v.object({ hasNextPage: v.boolean(), endCursor: v.nullish(v.string()) }),
      nodes: listedPulls,
    }),
    closed: v.object({ nodes: listedPulls }),
  }),
});

/** One request for each hundred open pull requests. */
export async function readOpenWork(client: GitHubClient, repository: RepositoryName): Promise<OpenWork> {
  const { owner, repo: name } = splitRepositoryName(repository);
  const pulls: { number: number; updatedAt: Date }[] = [];
  for (let after: string | undefined; ;) {
    const variables = { owner, name, ...(after !== undefined && { after }) };
    const { repository: found } = await askGraphQl(
      client,
      `the open work of ${repository}`,
      OPEN,
      variables,
      openAnswer,
    );
    const { pageInfo, nodes } = found.pullRequests;
    pulls.push(...listed(nodes));
    if (pageInfo.hasNextPage && typeof pageInfo.endCursor === 'string') {
      after = pageInfo.endCursor;
      continue;
    }
    const branch = found.defaultBranchRef?.name ?? '';
    const groups = present(found.mergeQueue?.entries?.nodes).flatMap(({ headCommit }) =>
      headCommit && isCommitSha(headCommit.oid) ? [{ head: headCommit.oid, branch }] : [],
    );
    const judges = found.judging !== null && found.judging !== undefined;
    return { judges, pulls, closed: listed(found.closed.nodes), groups };
  }
}

function listed(nodes: v.InferOutput<typeof listedPulls>): OpenWork['pulls'] {
  return present(nodes).map(({ number, updatedAt }) => ({ number, updatedAt: new Date(updatedAt) }));
}

const listedComment = v.object({ body: v.nullish(v.string()), issue_url: v.string() });

/** Issues and pull requests below which something was written since then, each once; at most the newest hundred comments count. */
export async function commentedSince(
  client: GitHubClient,
  repository: RepositoryName,
  since: Date,
  isWanted: (body: string) => boolean,
): Promise<readonly number[]> {
  const { data } = await client.rest.issues.listCommentsForRepo({
    ...splitRepositoryName(repository),
    ...{ since: since.toISOString(), sort: 'created', direction: 'desc', per_page: 100 },
  });
  const found = answerOf(`the comments of ${repository}`, v.array(listedComment), data);
  const numbers = found
    .filter(({ body }) => isWanted(body ?? ''))
    .map(({ issue_url }) => Number(/\/(\d+)$/.exec(issue_url)?.[1]));
  return [...new Set(numbers)].filter((number) => number > 0);
}

const headPull = v.object({ number: v.number(), state: v.string(), head: v.object({ sha: v.string() }) });

const MOST_PAGES = 5;

/**
 * The pull requests that a commit is the head of, each with whether it is open: those of its branch, closed ones too, where
 * the branch is known; else what is open.
 */
export async function pullsOfCommit(
  client: GitHubClient,
  repository: RepositoryName,
  { head, branch, from }: { readonly head: CommitSha; readonly branch?: string; readonly from?: RepositoryName },
): Promise<ReadonlyMap<number, boolean>> {
  const place = splitRepositoryName(repository);
  const { owner } = splitRepositoryName(from ?? repository);
  const pages = client.paginate.iterator(client.rest.pulls.list, {
    ...place,
    ...(branch === undefined ? { state: 'open' as const } : { state: 'all' as const, head: `${owner}:${branch}` }),
    ...{ sort: 'updated', direction: 'desc', per_page: 100 },
  });
  let count = 0;
  const found = new Map<number, boolean>();
  for await (const { data } of pages) {
    const listed = answerOf(`the pull requests of ${head}`, v.array(headPull), data);
    for (const pull of listed) if (pull.head.sha === head) found.set(pull.number, pull.state === 'open');
    count += 1;
    if (count === MOST_PAGES) break;
  }
  return found;
}

const installation = v.object({ id: v.number(), suspended_at: v.nullish(v.string()) });
const repositoryItem = v.object({ full_name: v.string(), archived: v.optional(v.boolean(), false) });

/** Where the App is installed and may act. @param client signs as the App. */
export async function installations(client: GitHubClient): Promise<readonly number[]> {
  const listed = await client.paginate(client.rest.apps.listInstallations, { per_page: 100 });
  const found = answerOf('the installations', v.array(installation), listed);
  return found.filter(({ suspended_at }) => typeof suspended_at !== 'string').map(({ id }) => id);
}

/** @param client of an installation. */
export async function repositoriesOf(client: GitHubClient): Promise<readonly RepositoryName[]> {
  const listed = await client.paginate(client.rest.apps.listReposAccessibleToInstallation, { per_page: 100 });
  return answerOf('the repositories of an installation', v.array(repositoryItem), listed).flatMap(
    ({ full_name: name, archived }) => (isRepositoryName(name) && !archived ? [name] : []),
  );
}

const delivery = v.object({
  id: v.number(),
  guid: v.string(),
  delivered_at: v.pipe(
    v.string(),
    v.transform((text) => new Date(text)),
  ),
  status_code: v.number(),
});

/**
 * Has GitHub deliver once more what failed since then: it does not do so by itself. At most the newest hundred, each event
 * once; how many that were.
 */
export async function redeliverFailed(client: GitHubClient, since: Date): Promise<number> {
  const { data } = await client.rest.apps.listWebhookDeliveries({ status: 'failure', per_page: 100 });
  const failed = answerOf('the deliveries that failed', v.array(delivery), data);
  const newest = new Map<string, number>();
  for (const { id, guid, delivered_at } of failed) {
    if (delivered_at >= since && !newest.has(guid)) newest.set(guid, id);
  }
  for (const id of newest.values()) await client.rest.apps.redeliverWebhookDelivery({ delivery_id: id });
  return newest.size;
}
