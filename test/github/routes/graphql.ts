import { type GraphQLFieldResolver, GraphQLError, defaultFieldResolver, graphql } from 'graphql';
import { type Actor, demand, sees } from '../actor.ts';
import type { GitHub } from '../gitHub.ts';
import { type Json, type Needs, Refusal, type Route } from '../route.ts';
import { type Account, nodeId } from '../state/account.ts';
import type { CheckRun, CheckSuite } from '../state/checks.ts';
import { readCommit, readCommits } from '../state/commits.ts';
import { GitFailure } from '../state/git.ts';
import { gitHubSchema } from '../state/graphQl.ts';
import type { Comment } from '../state/issues.ts';
import type { QueueEntry } from '../state/mergeQueue.ts';
import type { GitObject } from '../state/objectReader.ts';
import type { PullRequest } from '../state/pulls.ts';
import { REACTIONS, type ReactionContent } from '../state/reactions.ts';
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
      fieldResolver: loudly(github),
      rootValue: {
        viewer: accountNode(actor.account),
        repository: ({ owner, name }: { owner: string; name: string }) => {
          const repository = github.repository(owner, name);
          if (!repository || !sees(actor, repository))
            throw unknown(`Could not resolve to a Repository with the name '${owner}/${name}'.`);
          return repositoryNode(repository, actor);
        },
        node: ({ id }: { id: string }) => {
          const found = findComment(github.repositories, id, actor);
          return commentNode(found.repository, found.comment, actor);
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

/** What nobody wrote is no `null`: it is a violation. */
function loudly(github: GitHub): GraphQLFieldResolver<Json, unknown> {
  return (source, args, context, info) => {
    if (info.fieldName in source) return defaultFieldResolver(source, args, context, info);
    const message = `the stand-in does not know ${info.parentType.name}.${info.fieldName}`;
    github.violations.push(`POST /graphql: ${message}`);
    throw new GraphQLError(message);
  };
}

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
    id: nodeId('R', repository.id),
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: repository.fullName,
    owner: accountNode(repository.owner),
    url: repository.htmlUrl,
    isArchived: repository.isArchived,
    isFork: repository.parent !== undefined,
    isPrivate: repository.isPrivate,
    defaultBranchRef: async () => {
      const sha = await repository.resolve(`refs/heads/${repository.defaultBranch}`);
      return sha === undefined
        ? null
        : { name: repository.defaultBranch, prefix: 'refs/heads/', target: commitNode(repository, sha, actor) };
    },
    object: async ({ oid, expression }: { oid?: string; expression?: string }) => {
      const id = oid ?? (await idOf(repository, expression ?? ''));
      const found = id === undefined ? undefined : await repository.objects.read(id);
      if (found?.type === 'commit') return commitNode(repository, found.id, actor);
      if (found?.type === 'tree') return { __typename: 'Tree', oid: found.id };
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

/** The object that `HEAD:touchstone.yml` or `<commit>:touchstone.yml` names, as git understands it. */
async function idOf(repository: StandInRepository, expression: string): Promise<string | undefined> {
  const [, from = '', path = ''] = /^(HEAD|[0-9a-f]{40}):(?!\.{0,2}\/)([\w./-]+)$/.exec(expression) ?? [];
  const commit = from === 'HEAD' ? await repository.resolve(`refs/heads/${repository.defaultBranch}`) : from;
  if (path !== '' && commit !== undefined && (await repository.objects.read(commit))?.type === 'commit') {
    const listed = await repository.runOnce(['ls-tree', '--format=%(objectname)', commit, '--', path]);
    return listed === '' ? undefined : listed;
  }
  const named = expression.replace(/^HEAD(?=$|[:~^])/, `refs/heads/${repository.defaultBranch}`);
  try {
    return await repository.run(['rev-parse', '--verify', '--quiet', '--end-of-options', named]);
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
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
  const { repository, head } = pull;
  return {
    __typename: 'PullRequest',
    id: pull.nodeId,
    number: pull.number,
    url: pull.htmlUrl,
    title: pull.title,
    body: pull.body ?? '',
    state: stateOf(pull),
    isDraft: pull.isDraft,
    closed: pull.state === 'closed',
    closedAt: pull.closedAt,
    merged: pull.merged !== undefined,
    mergedAt: pull.merged?.at ?? null,
    mergeCommit: pull.merged === undefined ? null : commitNode(repository, pull.merged.commit, actor),
    mergeable: () => mergeability(pull),
    author: accountNode(pull.author),
    authorAssociation: repository.associationOf(pull.author),
    createdAt: pull.createdAt,
    updatedAt: pull.updatedAt,
    headRefOid: pull.headSha,
    headRefName: head.ref,
    headRepository: repositoryNode(head.repository, actor),
    headRepositoryOwner: accountNode(head.repository.owner),
    baseRefOid: pull.base.sha,
    baseRefName: pull.base.ref,
    baseRepository: repositoryNode(repository, actor),
    isCrossRepository: head.repository !== repository,
    comments: (asked: Slice) =>
      connection(repository.issues.commentsOf(pull.number), asked, (comment) =>
        commentNode(repository, comment, actor),
      ),
    commits: async (asked: Slice) => {
      // GitHub lists 250 at most, oldest first.
      const commits = await readCommits(repository, ['--max-count=250', `${pull.base.sha}..${pull.headSha}`]);
      return connection(commits.toReversed(), asked, ({ sha }) => ({ commit: commitNode(repository, sha, actor) }));
    },
    timelineItems: (asked: Slice & { itemTypes?: readonly string[] }) => timeline(pull, asked, actor),
  };
}

async function mergeability(pull: PullRequest): Promise<string> {
  if (pull.state === 'closed' || pull.isUntried) return 'UNKNOWN';
  return (await pull.testMerge()).kind === 'clean' ? 'MERGEABLE' : 'CONFLICTING';
}

const FORCE_PUSH = 'HEAD_REF_FORCE_PUSHED_EVENT';

/** What happened to a pull request, as far as the stand-in keeps it. */
function timeline(pull: PullRequest, asked: Slice & { itemTypes?: readonly string[] }, actor: Actor): Json {
  const { itemTypes, ...slice } = asked;
  const { repository, forcePushes, updatedAt } = pull;
  if (itemTypes?.length !== 1 || itemTypes[0] !== FORCE_PUSH) {
    const message = `the stand-in keeps ${FORCE_PUSH} of a timeline, and was asked for ${itemTypes?.join(', ') ?? 'all'}`;
    repository.github.violations.push(`POST /graphql: ${message}`);
    throw new GraphQLError(message);
  }
  const items = connection(forcePushes, slice, ({ before, after, by, at }) => ({
    __typename: 'HeadRefForcePushedEvent',
    actor: by.kind === 'anonymous' ? null : accountNode(by.account),
    createdAt: at,
    beforeCommit: commitNode(repository, before, actor),
    afterCommit: commitNode(repository, after, actor),
  }));
  return { ...items, filteredCount: forcePushes.length, updatedAt };
}

function commentNode(repository: StandInRepository, comment: Comment, actor: Actor): Json {
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
    authorAssociation: repository.associationOf(comment.author),
    editor: comment.edited === undefined ? null : accountNode(comment.edited.by),
    lastEditedAt: comment.edited?.at ?? null,
    includesCreatedEdit: comment.edited !== undefined,
    createdAt: comment.createdAt,
    updatedAt: comment.updatedAt,
    reactionGroups: reactionGroups(repository, comment, actor),
  };
}

const REACTION_NAMES: { readonly [content in ReactionContent]: string } = {
  '+1': 'THUMBS_UP',
  '-1': 'THUMBS_DOWN',
  laugh: 'LAUGH',
  hooray: 'HOORAY',
  confused: 'CONFUSED',
  heart: 'HEART',
  rocket: 'ROCKET',
  eyes: 'EYES',
};

/** One for every sign, whether anybody gave it or not. */
function reactionGroups(repository: StandInRepository, { id }: Comment, actor: Actor): readonly Json[] {
  return REACTIONS.map((content) => {
    const given = repository.reactions.of(`comment ${id}`).filter((reaction) => reaction.content === content);
    return {
      content: REACTION_NAMES[content],
      viewerHasReacted: given.some(({ author }) => actor.kind !== 'anonymous' && author === actor.account),
      reactors: (asked: Slice) => connection(given, asked, ({ author }) => accountNode(author)),
    };
  });
}

/** A bot is called by its slug as an author, and `SLUG[bot]` where it asks who it is. */
function accountNode(account: Account): Json {
  const known = { __typename: account.type, databaseId: account.id };
  if (account.type !== 'Bot') return { ...known, login: account.login };
  return {
    ...known,
    login: (_: unknown, __: unknown, { parentType }: { parentType: { name: string } }) =>
      parentType.name === 'Bot' ? account.login.replace(/\[bot\]$/, '') : account.login,
  };
}

function commitNode(repository: StandInRepository, sha: string, actor: Actor): Json {
  return {
    __typename: 'Commit',
    id: nodeId('C', repository.id, sha),
    oid: sha,
    committedDate: async () => (await readCommit(repository, sha)).committer.date,
    authoredDate: async () => (await readCommit(repository, sha)).author.date,
    message: async () => (await readCommit(repository, sha)).message,
    parents: async (asked: Slice) =>
      connection((await readCommit(repository, sha)).parents, asked, (parent) => commitNode(repository, parent, actor)),
    history: async (asked: Slice) => {
      const commits = await readCommits(repository, ['--max-count=100', sha]);
      return connection(commits, asked, (commit) => commitNode(repository, commit.sha, actor));
    },
    checkSuites: (asked: Slice & { filterBy?: { appId?: number; checkName?: string } }) => {
      allow('checks: read', actor, repository);
      const { appId, checkName } = asked.filterBy ?? {};
      const fitting = repository.checks.suites.filter(
        (suite) =>
          suite.sha === sha &&
          (appId === undefined || suite.app.id === appId) &&
          (checkName === undefined || suite.runs.some(({ name }) => name === checkName)),
      );
      return connection(fitting, asked, (suite) => suiteNode(suite, actor));
    },
  };
}

function suiteNode(suite: CheckSuite, actor: Actor): Json {
  return {
    id: nodeId('CS', suite.id),
    databaseId: suite.id,
    status: suite.status.toUpperCase(),
    conclusion: suite.conclusion?.toUpperCase() ?? null,
    createdAt: suite.createdAt,
    commit: commitNode(suite.repository, suite.sha, actor),
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
    id: nodeId('CR', run.id),
    externalId: run.externalId,
    detailsUrl: run.detailsUrl,
    permalink: run.htmlUrl,
    startedAt: run.startedAt,
    completedAt: run.completedAt,
    text: run.output.text,
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
  const { repository, comment } = findComment(repositories, subjectId, actor);
  allow(
    repository.pulls.find(comment.subject) ? ['issues: write', 'pull_requests: write'] : 'issues: write',
    actor,
    repository,
  );
  comment.minimized = classifier;
  return { minimizedComment: commentNode(repository, comment, actor) };
}

function findComment(
  repositories: readonly StandInRepository[],
  id: string,
  actor: Actor,
): { readonly repository: StandInRepository; readonly comment: Comment } {
  for (const repository of repositories) {
    const comment = repository.issues.comments.find(({ nodeId }) => nodeId === id);
    if (comment && sees(actor, repository)) return { repository, comment };
  }
  throw unknown(`Could not resolve to a node with the global id of '${id}'`);
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
