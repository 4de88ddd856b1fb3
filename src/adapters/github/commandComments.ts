import * as v from 'valibot';
import { isCommitSha, isRepositoryName, splitRepositoryName, type RepositoryName } from '../../identity/git.ts';
import type { CommandComment, CommentedPull, ForcePush } from '../../pullRequest/commandComment.ts';
import { answerOf } from './answer.ts';
import type { GitHubClient } from './gitHubClient.ts';
import { askGraphQl } from './graphQl.ts';
import { present } from './presentChecks.ts';

const MOST_FORCE_PUSHES = 100;
// Only GraphQL says whether a comment was edited, and how a head moved.
const QUERY = `
  query ($owner: String!, $name: String!, $number: Int!, $comment: ID!) {
    node(id: $comment) { ... on IssueComment { lastEditedAt } }
    repository(owner: $owner, name: $name) {
      pullRequest(number: $number) {
        number state headRefOid headRefName
        headRepository { nameWithOwner }
        timelineItems(itemTypes: [HEAD_REF_FORCE_PUSHED_EVENT], last: ${MOST_FORCE_PUSHES}) {
          nodes { ... on HeadRefForcePushedEvent { createdAt afterCommit { oid } } }
        }
      }
    }
  }`;
const answer = v.object({
  node: v.object({ lastEditedAt: v.nullable(v.string()) }),
  repository: v.object({
    pullRequest: v.object({
      number: v.number(),
      state: v.string(),
      headRefOid: v.custom<CommentedPull['head']>((oid) => typeof oid === 'string' && isCommitSha(oid)),
      headRefName: v.string(),
      headRepository: v.nullish(v.object({ nameWithOwner: v.string() })),
      timelineItems: v.object({
        nodes: v.nullish(
          v.array(
            v.nullish(v.object({ createdAt: v.string(), afterCommit: v.nullish(v.object({ oid: v.string() })) })),
          ),
        ),
      }),
    }),
  }),
});

const comment = v.object({
  id: v.number(),
  node_id: v.string(),
  body: v.optional(v.string(), ''),
  created_at: v.string(),
  issue_url: v.string(),
  html_url: v.string(),
  user: v.nullish(v.object({ login: v.string(), type: v.string() })),
});

export interface CommandComments {
  /** `undefined` where there is no such comment. */
  read(id: number): Promise<CommandComment | undefined>;
}

/** Comments below pull requests, with what it takes to tell whose word they are, and of which head. */
export function gitHubCommandComments(client: GitHubClient, repository: RepositoryName): CommandComments {
  const { owner, repo } = splitRepositoryName(repository);
  return {
    async read(id) {
      const found = await client.rest.issues.getComment({ owner, repo, comment_id: id }).catch((error: unknown) => {
        if (!(error instanceof Error && 'status' in error && error.status === 404)) throw error;
        return undefined;
      });
      if (found === undefined) return undefined;
      const what = `comment ${id}`;
      const { user, body, created_at, issue_url, html_url, node_id } = answerOf(what, comment, found.data);
      const written = {
        id,
        ...(user && { author: { login: user.login, isPerson: user.type === 'User' } }),
        body,
        createdAt: created_at,
      };
      const number = Number(/\/issues\/(\d+)$/.exec(issue_url)?.[1]);
      if (!html_url.includes(`/pull/${number}#`)) return { ...written, edited: false };
      const asked = { owner, name: repo, number, comment: node_id };
      const { node, repository: known } = await askGraphQl(client, what, QUERY, asked, answer);
      return { ...written, edited: node.lastEditedAt !== null, pull: pullOf(known.pullRequest) };
    },
  };
}

type Answered = v.InferOutput<typeof answer>['repository']['pullRequest'];

function pullOf({ number, state, headRefOid, headRefName, headRepository, timelineItems }: Answered): CommentedPull {
  const from = headRepository?.nameWithOwner;
  const forcePushes = present(timelineItems.nodes).map(({ createdAt, afterCommit }): ForcePush => {
    const to = afterCommit?.oid;
    return { at: createdAt, ...(to !== undefined && isCommitSha(to) && { to }) };
  });
  return {
    number,
    open: state === 'OPEN',
    head: headRefOid,
    headBranch: headRefName,
    ...(from !== undefined && isRepositoryName(from) && { headRepository: from }),
    forcePushes,
  };
}
