import { GraphQLError, graphql } from 'graphql';
import { type Actor, demand, sees } from '../actor.ts';
import { type Json, type Needs, Refusal, type Route } from '../route.ts';
import type { Account } from '../state/account.ts';
import type { CheckRun, CheckSuite } from '../state/checks.ts';
import { gitHubSchema } from '../state/graphQl.ts';
import type { Comment } from '../state/issues.ts';
import type { QueueEntry } from '../state/mergeQueue.ts';
import type { GitObject } from '../state/objectReader.ts';
import type { PullRequest } from '../state/pulls.ts';
import type { StandInRepository } from '../state/repository.ts';

/** The GraphQL API, which GitHub's published schema holds to its word; resolvers are there for what is used of it. */
const route: Route = {
  needs: 'none',
  async handle({ body, actor, github }) {
    const { query, variables } = body as { readonly query: string; readonly variables?: Record<string, unknown> };
    if (actor.kind === 'anonymous') {
      return new Refusal(401, 'This endpoint requires you to be authenticated.').answer();
    }
    const { data, errors } = await graphql({
      schema: gitHubSchema(),
      source: query,
      variableValues: variables ?? {},
      rootValue: {
        viewer: accountNode(actor.account),
        repository: ({ owner, name }: { owner: string; name: string }) => {
          const repository = github.repository(owner, name);
          if (!repository || !sees(actor, repository))
            throw unknown(`Could not resolve to a Repository with the name '${owner}/${name}'.`);
          return repositoryNode(repository, actor);
        },
        minimizeComment: ({ input }: { input: { subjectId: string; classifier: string } }) =>
          minimise(github.repositories, input, actor),
      },
    });
    const told = errors?.map((error) => ({
      type: error.extensions['type'] ?? 'UNPROCESSABLE',
      path: error.path,
      locations: error.locations,
      message: error.message,
    }));
    return { status: 200, body: { ...(data !== undefined && { data }), ...(told && { errors: told }) } };
  },
};

export const graphQlRoutes: { readonly ['POST /graphql']: Route } = { 'POST /graphql': route };

interface Slice {
  readonly first?: number;
  readonly last?: number;
  readonly before?: string;
  readonly after?: string;
}

/** A part of a list, from either end, as connections hand it out. Cursors are places in the list. */
function connection<Item>(
  items: readonly Item[],
  { first, last, before, after }: Slice,
  node: (item: Item) => Json,
): Json {
  if (first === undefined && last === undefined) {
    throw new GraphQLError('You must provide a `first` or `last` value to properly paginate the connection.', {
      extensions: { type: 'MISSING_PAGINATION_BOUNDARIES' },
    });
  }
  if ((first ?? last ?? 0) > 100) throw new GraphQLError('Requesting more than 100 records exceeds the limit.');
  let [from, to] = [after === undefined ? 0 : Number(after) + 1, before === undefined ? items.length : Number(before)];
  if (first !== undefined) to = Math.min(to, from + first);
  if (last !== undefined) from = Math.max(from, to - last);
  return {
    totalCount: items.length,
    nodes: items.slice(from, to).map(node),
    pageInfo: {
      hasNextPage: to < items.length,
      hasPreviousPage: from > 0,
      startCursor: from < to ? String(from) : null,
      endCursor: from < to ? String(to - 1) : null,
    },
  };
}

function repositoryNode(repository: StandInRepository, actor: Actor): Json {
  return {
    nameWithOwner: repository.fullName,
    object: async ({ oid }: { oid: string }) => {
      const found = await repository.objects.read(oid);
      if (found?.type === 'commit') return commitNode(repository, found.id, actor);
      return found?.type === 'blob' ? blobNode(repository, found, actor) : null;
    },
    pullRequest: ({ number }: { number: number }) => {
      allow('pull_requests: read', actor, repository);
      const pull = repository.pulls.find(number);
      if (!pull) throw unknown(`Could not resolve to a PullRequest with the number of ${number}.`);
      return pullNode(pull, actor);
    },
    pullRequests: (
      asked: Slice & {
        headRefName?: string;
        states?: readonly string[];
        orderBy?: { field: string; direction: string };
      },
    ) => {
      allow('pull_requests: read', actor, repository);
      const fitting = repository.pulls.all.filter(
        (pull) =>
          (asked.headRefName === undefined || pull.head.ref === asked.headRefName) &&
          (asked.states?.includes(stateOf(pull)) ?? true),
      );
      const at = (pull: PullRequest): string =>
        asked.orderBy?.field === 'UPDATED_AT' ? pull.updatedAt : pull.createdAt;
      const sorted = fitting.toSorted((a, b) => (at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : a.number - b.number));
      if (asked.orderBy?.direction === 'DESC') sorted.reverse();
      return connection(sorted, asked, (pull) => pullNode(pull, actor));
    },
    mergeQueue: ({ branch = repository.defaultBranch }: { branch?: string }) => {
      const entries = repository.mergeQueue.entries.filter(({ baseRef }) => baseRef === `refs/heads/${branch}`);
      return {
        entries: (asked: Slice) => connection(numbered(entries), asked, (entry) => entryNode(repository, entry, actor)),
      };
    },
  };
}

/** GitHub cuts a text off after 512,000 bytes; a blob with a zero byte near its beginning is binary, as git has it. */
const MOST_TEXT = 512_000;

function blobNode(repository: StandInRepository, { id, bytes }: GitObject, actor: Actor): Json {
  allow('contents: read', actor, repository);
  const isBinary = bytes.subarray(0, 8000).includes(0);
  return {
    __typename: 'Blob',
    oid: id,
    byteSize: bytes.length,
    isBinary,
    isTruncated: bytes.length > MOST_TEXT,
    text: isBinary ? null : bytes.subarray(0, MOST_TEXT).toString(),
  };
}

function stateOf({ state, merged }: PullRequest): string {
  return merged ? 'MERGED' : state.toUpperCase();
}

function numbered(entries: readonly QueueEntry[]): readonly (QueueEntry & { readonly position: number })[] {
  return entries.map((entry, index) => ({ ...entry, position: index + 1 }));
}

function entryNode(
  repository: StandInRepository,
  entry: QueueEntry & { readonly position: number },
  actor: Actor,
): Json {
  return {
    position: entry.position,
    state: 'AWAITING_CHECKS',
    headCommit: commitNode(repository, entry.headSha, actor),
    baseCommit: commitNode(repository, entry.baseSha, actor),
    pullRequest: pullNode(entry.pull, actor),
  };
}

function pullNode(pull: PullRequest, actor: Actor): Json {
  const { repository } = pull;
  return {
    __typename: 'PullRequest',
    id: pull.nodeId,
    number: pull.number,
    state: stateOf(pull),
    headRefOid: pull.headSha,
    headRefName: pull.head.ref,
    baseRefName: pull.base.ref,
    headRepository: repositoryNode(pull.head.repository, actor),
    comments: (asked: Slice) => connection(repository.issues.commentsOf(pull.number), asked, commentNode),
    commits: (asked: Slice) =>
      connection([pull.headSha], asked, (sha) => ({ commit: commitNode(repository, sha, actor) })),
  };
}

function commentNode(comment: Comment): Json {
  return {
    __typename: 'IssueComment',
    id: comment.nodeId,
    databaseId: () => {
      throw new GraphQLError(`Int cannot represent non 32-bit signed integer value: ${comment.id}`);
    },
    fullDatabaseId: String(comment.id),
    body: comment.body,
    url: comment.htmlUrl,
    isMinimized: comment.minimized !== undefined,
    minimizedReason: comment.minimized?.toLowerCase() ?? null,
    author: accountNode(comment.author),
    createdAt: comment.createdAt,
  };
}

/** A bot is called by its slug as an author, and `SLUG[bot]` where it asks who it is. */
function accountNode(account: Account): Json {
  if (account.type !== 'Bot') return { __typename: account.type, login: account.login };
  return {
    __typename: 'Bot',
    login: (_: unknown, __: unknown, { parentType }: { parentType: { name: string } }) =>
      parentType.name === 'Bot' ? account.login.replace(/\[bot\]$/, '') : account.login,
  };
}

function commitNode(repository: StandInRepository, sha: string, actor: Actor): Json {
  return {
    __typename: 'Commit',
    oid: sha,
    checkSuites: (asked: Slice & { filterBy?: { appId?: number; checkName?: string } }) => {
      allow('checks: read', actor, repository);
      const { appId, checkName } = asked.filterBy ?? {};
      const fitting = repository.checks.suites.filter(
        (suite) =>
          suite.sha === sha &&
          (appId === undefined || suite.app.id === appId) &&
          (checkName === undefined || suite.runs.some(({ name }) => name === checkName)),
      );
      return connection(fitting, asked, suiteNode);
    },
  };
}

function suiteNode(suite: CheckSuite): Json {
  return {
    app: { slug: suite.app.slug, databaseId: suite.app.id, name: suite.app.name },
    checkRuns: (asked: Slice & { filterBy?: { checkName?: string; checkType?: 'ALL' | 'LATEST' } }) => {
      const { checkName, checkType = 'LATEST' } = asked.filterBy ?? {};
      const runs = checkType === 'LATEST' ? suite.latest : suite.runs;
      const fitting = runs.filter(({ name }) => checkName === undefined || name === checkName);
      return connection(fitting, asked, checkNode);
    },
  };
}

function checkNode(run: CheckRun): Json {
  return {
    databaseId: () => {
      throw new GraphQLError(`Int cannot represent non 32-bit signed integer value: ${run.id}`);
    },
    name: run.name,
    externalId: run.externalId,
    status: run.status.toUpperCase(),
    conclusion: run.conclusion?.toUpperCase() ?? null,
    title: run.output.title,
    summary: run.output.summary,
    url: run.htmlUrl,
  };
}

function minimise(
  repositories: readonly StandInRepository[],
  { subjectId, classifier }: { readonly subjectId: string; readonly classifier: string },
  actor: Actor,
): Json {
  for (const repository of repositories) {
    const comment = repository.issues.comments.find(({ nodeId }) => nodeId === subjectId);
    if (!comment || !sees(actor, repository)) continue;
    allow(
      repository.pulls.find(comment.subject) ? ['issues: write', 'pull_requests: write'] : 'issues: write',
      actor,
      repository,
    );
    comment.minimized = classifier;
    return { minimizedComment: commentNode(comment) };
  }
  throw unknown(`Could not resolve to a node with the global id of '${subjectId}'`);
}

function unknown(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type: 'NOT_FOUND' } });
}

/** As the REST API would; the refusal is an error among the data. */
function allow(needs: Needs, actor: Actor, repository: StandInRepository): void {
  try {
    demand(needs, actor, repository);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new GraphQLError(error.message, { extensions: { type: error.status === 404 ? 'NOT_FOUND' : 'FORBIDDEN' } });
  }
}
