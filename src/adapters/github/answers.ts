import * as v from 'valibot';
import { splitRepositoryName, type RepositoryName } from '../../identity/git.ts';
import type { Answers, CommentCreation, PullRequestRun, WrittenCheck } from '../../pullRequest/answers.ts';
import { CHECK_NAME } from '../../pullRequest/checkOutput.ts';
import { runOfCheck } from '../../pullRequest/checkPlan.ts';
import { withoutMarker } from '../../pullRequest/commentMarker.ts';
import { stickyComments, type ExistingComment } from '../../pullRequest/commentPlan.ts';
import { pullsOfHead } from '../../pullRequest/identifyRun.ts';
import { isCommitSha, isRepositoryName } from '../../identity/git.ts';
import { answerOf } from './answer.ts';
import type { GitHubClient } from './gitHubClient.ts';
import { askGraphQl } from './graphQl.ts';
import { LastOnes } from './lastOnes.ts';
import { CHECKS_FRAGMENT, commitWithChecks, ownCheck, present, slugOf, viewer } from './presentChecks.ts';
import { gitHubPulls } from './pulls.ts';

const COMMENTS_FRAGMENT = `
  fragment Comments on IssueCommentConnection {
    pageInfo { hasPreviousPage startCursor }
    nodes { id fullDatabaseId body author { __typename login } }
  }`;

const comment = v.object({
  id: v.string(),
  fullDatabaseId: v.pipe(
    v.union([v.string(), v.number()]),
    v.transform((id) => Number(id)),
  ),
  body: v.string(),
  // Of an account that is gone there is none.
  author: v.nullish(v.object({ __typename: v.string(), login: v.string() })),
});
const comments = v.object({
  pageInfo: v.object({ hasPreviousPage: v.boolean(), startCursor: v.nullish(v.string()) }),
  nodes: v.nullish(v.array(v.nullish(comment))),
});

// So many pull requests of one branch name are looked at together with their comments; forks often call theirs "patch-1".
const MOST_PULLS = 20;
const PRESENT = `
  query ($owner: String!, $name: String!, $head: GitObjectID!, $branch: String!) {
    viewer { login }
    repository(owner: $owner, name: $name) {
      object(oid: $head) { ...Checks }
      pullRequests(headRefName: $branch, states: [OPEN], first: ${MOST_PULLS}, orderBy: { field: UPDATED_AT, direction: DESC }) {
        totalCount
        nodes { number headRefOid headRepository { nameWithOwner } comments(last: 100) { ...Comments } }
      }
    }
  }
  ${CHECKS_FRAGMENT}
  ${COMMENTS_FRAGMENT}`;
const presentAnswer = v.object({
  viewer,
  repository: v.object({
    object: v.nullish(v.union([commitWithChecks, v.strictObject({})])),
    pullRequests: v.object({
      totalCount: v.number(),
      nodes: v.nullish(
        v.array(
          v.nullish(
            v.object({
              number: v.number(),
              headRefOid: v.string(),
              headRepository: v.nullish(v.object({ nameWithOwner: v.string() })),
              comments,
            }),
          ),
        ),
      ),
    }),
  }),
});

const COMMENTS = `
  query ($owner: String!, $name: String!, $number: Int!, $before: String) {
    viewer { login }
    repository(owner: $owner, name: $name) {
      pullRequest(number: $number) { comments(last: 100, before: $before) { ...Comments } }
    }
  }
  ${COMMENTS_FRAGMENT}`;
const commentsAnswer = v.object({
  viewer,
  repository: v.object({ pullRequest: v.object({ comments }) }),
});

const MINIMISE = `
  mutation ($id: ID!) {
    minimizeComment(input: { subjectId: $id, classifier: OUTDATED }) { minimizedComment { isMinimized } }
  }`;

const VIEWER = '{ viewer { login } }';

const oneCheck = v.object({
  id: v.number(),
  node_id: v.string(),
  external_id: v.nullish(v.string()),
  app: v.nullish(v.object({ slug: v.optional(v.string()) })),
  output: v.object({ annotations_count: v.number() }),
});
const listedChecks = v.object({ check_runs: v.array(oneCheck) });
/** As far as it takes to write over one. */
type KnownCheck = Pick<v.InferOutput<typeof oneCheck>, 'id' | 'output'>;

/** Checks of which the number is remembered: GraphQL tells none, as they are too large for it. */
const MOST_REMEMBERED = 200;

/** Checks and comments of the App whose token the client has. */
export function gitHubAnswers(client: GitHubClient, repository: RepositoryName): Answers {
  const place = splitRepositoryName(repository);
  const variables = { owner: place.owner, name: place.repo };
  /** Who writes: told with every reading of what was written. */
  let login = '';
  const ownSlug = async (): Promise<string> => {
    if (login === '') login = (await askGraphQl(client, 'who asks', VIEWER, {}, v.object({ viewer }))).viewer.login;
    return slugOf(login);
  };

  const readComments = async (number: number, before?: string): Promise<v.InferOutput<typeof comments>> => {
    const what = `the comments of #${number}`;
    const asked = { ...variables, number, ...(before !== undefined && { before }) };
    const answer = await askGraphQl(client, what, COMMENTS, asked, commentsAnswer);
    login = answer.viewer.login;
    return answer.repository.pullRequest.comments;
  };
  /** From the newest on, as far back as it takes to find ours. */
  const upToOurs = async (
    number: number,
    page: v.InferOutput<typeof comments>,
  ): Promise<readonly ExistingComment[]> => {
    const found = present(page.nodes).map((each) => existing(each, login));
    const { hasPreviousPage, startCursor } = page.pageInfo;
    if (!hasPreviousPage || typeof startCursor !== 'string' || stickyComments(found).length > 0) return found;
    return [...(await upToOurs(number, await readComments(number, startCursor))), ...found];
  };
  const commentsOf = async (number: number): Promise<readonly ExistingComment[]> =>
    upToOurs(number, await readComments(number));
  const listOwnChecks = async (head: string): Promise<v.InferOutput<typeof listedChecks>['check_runs']> => {
    const slug = await ownSlug();
    const { data } = await client.rest.checks.listForRef({
      ...place,
      ref: head,
      check_name: CHECK_NAME,
      filter: 'latest',
      per_page: 100,
    });
    const listed = answerOf('the checks of a commit', listedChecks, data).check_runs;
    return listed
      .filter(({ app, external_id }) => app?.slug === slug && runOfCheck(external_id ?? '') !== undefined)
      .sort((a, b) => b.id - a.id);
  };
  const known = new LastOnes<KnownCheck>(MOST_REMEMBERED);
  const remember = (data: unknown): void => {
    const { node_id, id, output } = answerOf('a check', oneCheck, data);
    known.set(node_id, { id, output });
  };
  const createCheck = async (check: WrittenCheck): Promise<void> => {
    const asked = { ...place, ...written(check), name: CHECK_NAME, head_sha: check.head };
    // Asked again after an answer that was lost it would stand twice.
    const create = async (): Promise<void> =>
      remember((await client.rest.checks.create({ ...asked, request: { retries: 0 } })).data);
    await create().catch(async (error: unknown) => {
      if (!isLost(error)) throw error;
      const standing = await listOwnChecks(check.head);
      if (standing.some(({ external_id }) => external_id === asked.external_id)) return;
      await create();
    });
  };

  return {
    async present(run: PullRequestRun) {
      // A branch that is gone has no name: nothing is asked for under the empty one.
      const asked = { ...variables, head: run.head, branch: run.headBranch ?? '' };
      const answer = await askGraphQl(client, `the answers on ${run.head}`, PRESENT, asked, presentAnswer);
      login = answer.viewer.login;
      const { object, pullRequests } = answer.repository;
      const check = object && 'oid' in object ? ownCheck(object, login) : undefined;
      const candidates = present(pullRequests.nodes).map((pull) => ({
        number: pull.number,
        state: 'open',
        head: pull.headRefOid,
        from: pull.headRepository?.nameWithOwner,
        comments: pull.comments,
      }));
      const heads = candidates.flatMap(({ head, from, ...pull }) =>
        isCommitSha(head) && from !== undefined && isRepositoryName(from)
          ? [{ ...pull, head, headRepository: from }]
          : [],
      );
      const ours = pullsOfHead(run, heads);
      const pulls = [];
      for (const { number, comments: page } of ours) pulls.push({ number, comments: await upToOurs(number, page) });
      if (ours.length === 0 && pullRequests.totalCount > candidates.length) {
        const found = await gitHubPulls(client, repository).ofHead(run);
        for (const { number } of found) pulls.push({ number, comments: await commentsOf(number) });
      }
      return { pulls, ...(check && { check }) };
    },

    createCheck,

    async updateCheck(check, standing) {
      const remembered = standing && known.get(standing.nodeId);
      const ours = remembered ?? (await listOwnChecks(check.head))[0];
      if (ours === undefined) return createCheck(check);
      // GitHub adds annotations to those that are there, and never takes one away.
      const { output, ...rest } = written(ours.output.annotations_count > 0 ? { ...check, annotations: [] } : check);
      // What is left out stays as it was: a text of before would stand below a new summary.
      const whole = { ...output, text: output.text ?? '' };
      const { data } = await client.rest.checks.update({ ...place, ...rest, output: whole, check_run_id: ours.id });
      remember(data);
    },

    comments: commentsOf,

    async createComment(pull, body): Promise<CommentCreation> {
      try {
        const { data } = await client.rest.issues.createComment({
          ...place,
          issue_number: pull,
          body,
          // Asked again after an answer that was lost it would stand twice.
          request: { retries: 0 },
        });
        return { kind: 'created', id: data.id, nodeId: data.node_id };
      } catch (error) {
        if (!isLost(error)) throw error;
        return { kind: 'unknown', because: error instanceof Error ? error.message : String(error) };
      }
    },

    async editComment(id, body) {
      try {
        await client.rest.issues.updateComment({ ...place, comment_id: id, body });
        return 'edited';
      } catch (error) {
        if (!isGone(error)) throw error;
        return 'gone';
      }
    },

    async deleteComment(id) {
      try {
        await client.rest.issues.deleteComment({ ...place, comment_id: id });
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    },

    async retireComment({ id, nodeId, body }) {
      try {
        // The marker goes last: while it is there, whoever comes next finds what was begun.
        await askGraphQl(client, 'an outdated comment', MINIMISE, { id: nodeId }, v.object({}));
        await client.rest.issues.updateComment({ ...place, comment_id: id, body: withoutMarker(body) });
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    },
  };
}

/** Whether a request may have taken effect, though it was not answered as one that did. */
function isLost(error: unknown): boolean {
  return !(error instanceof Error && 'status' in error) || Number(error.status) >= 500;
}

/** Somebody took away what was to be written over. */
function isGone(error: unknown): boolean {
  return error instanceof Error && 'status' in error && (error.status === 404 || error.status === 410);
}

/** Bots are called `SLUG[bot]` where they ask, and `SLUG` where they wrote; a person can be called like the slug. */
function existing({ id, fullDatabaseId, body, author }: v.InferOutput<typeof comment>, login: string): ExistingComment {
  const isBot = login.endsWith('[bot]');
  const own = author?.login.replace(/\[bot\]$/, '') === slugOf(login) && (author.__typename === 'Bot') === isBot;
  return { id: fullDatabaseId, nodeId: id, body, own };
}

interface CheckFields {
  readonly status: 'completed' | 'in_progress';
  readonly conclusion?: Exclude<WrittenCheck['conclusion'], undefined>;
  readonly external_id: string;
  readonly details_url: string;
  readonly actions?: { readonly label: string; readonly description: string; readonly identifier: string }[];
  readonly output: {
    readonly title: string;
    readonly summary: string;
    readonly text?: string;
    readonly annotations?: {
      readonly path: string;
      readonly start_line: number;
      readonly end_line: number;
      readonly annotation_level: 'notice' | 'warning' | 'failure';
      readonly title: string;
      readonly message: string;
    }[];
  };
}

function written(check: WrittenCheck): CheckFields {
  const { conclusion, title, summary, text, annotations, externalId, url, buttons } = check;
  return {
    ...(conclusion === undefined ? { status: 'in_progress' } : { status: 'completed', conclusion }),
    external_id: externalId,
    details_url: url,
    ...(buttons && { actions: buttons.map((button) => ({ ...button })) }),
    output: {
      title,
      summary,
      ...(text !== undefined && { text }),
      ...(annotations.length > 0 && {
        annotations: annotations.map((each) => ({
          path: each.path,
          start_line: each.line,
          end_line: each.line,
          annotation_level: each.level,
          title: each.title,
          message: each.message,
        })),
      }),
    },
  };
}
