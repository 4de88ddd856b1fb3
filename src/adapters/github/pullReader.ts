import * as v from 'valibot';
import {
  isCommitSha,
  isRepositoryName,
  splitRepositoryName,
  type CommitSha,
  type RepositoryName,
} from '../../identity/git.ts';
import { stickyComments } from '../../pullRequest/commentPlan.ts';
import { readJudgingWorkflow } from '../../pullRequest/judgingWorkflow.ts';
import type { AppCheck, PullComment, PullFacts, RulingBranch } from '../../pullRequest/pullFacts.ts';
import type { GitHubClient } from './gitHubClient.ts';
import { askGraphQl } from './graphQl.ts';
import { newestOwnCheck, present, slugOf, viewer } from './presentChecks.ts';

// GitHub counts a point for each hundred lists that a query could come to: so the suites are those of our App alone, which
// has one on a commit as a rule.
// https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
const CHECKS = `
  fragment AppChecks on Commit {
    oid
    checkSuites(first: 2, filterBy: { appId: $app, checkName: "touchstone" }) {
      nodes {
        status
        app { slug }
        checkRuns(first: 10, filterBy: { checkName: "touchstone", checkType: LATEST }) {
          nodes { id externalId status conclusion title startedAt }
        }
      }
    }
  }`;
const COMMENTS = `
  fragment Comments on IssueCommentConnection {
    pageInfo { hasPreviousPage startCursor }
    nodes {
      id fullDatabaseId body createdAt lastEditedAt
      author { __typename login }
      reactionGroups { content viewerHasReacted }
    }
  }`;

// Commits that a push replaced are ancestors of the head, or of one that a force push took away: several can follow at once.
const PULL = `
  query ($owner: String!, $name: String!, $number: Int!, $app: Int!, $config: String!, $proposed: Boolean!, $head: String!) {
    viewer { login }
    repository(owner: $owner, name: $name) {
      defaultBranchRef { name target { oid } }
      config: object(expression: $config) { ... on Blob { text } }
      judging: object(expression: "HEAD:.github/workflows/touchstone-judge.yml") { ... on Blob { text } }
      overriding: object(expression: "HEAD:.github/workflows/touchstone-override.yml") { __typename }
      proposedConfig: object(expression: $head) @include(if: $proposed) { ... on Blob { text } }
      pullRequest(number: $number) {
        number state mergeable isCrossRepository headRefOid headRefName
        author { login }
        headRepository { nameWithOwner }
        head: commits(last: 6) { nodes { commit { ...AppChecks } } }
        replaced: timelineItems(last: 5, itemTypes: [HEAD_REF_FORCE_PUSHED_EVENT]) {
          nodes { ... on HeadRefForcePushedEvent { beforeCommit { history(first: 6) { nodes { ...AppChecks } } } } }
        }
        comments(last: 100) { ...Comments }
      }
    }
  }
  ${CHECKS}
  ${COMMENTS}`;

const OLDER_COMMENTS = `
  query ($owner: String!, $name: String!, $number: Int!, $before: String!) {
    viewer { login }
    repository(owner: $owner, name: $name) {
      pullRequest(number: $number) { comments(last: 100, before: $before) { ...Comments } }
    }
  }
  ${COMMENTS}`;

const commit = v.custom<CommitSha>((text) => typeof text === 'string' && isCommitSha(text), 'expected a commit');
// What is none of the kind that was asked for comes without its fields.
const blob = v.nullish(v.object({ text: v.nullish(v.string()) }));
const commitWithChecks = v.object({
  oid: commit,
  checkSuites: v.nullish(
    v.object({
      nodes: v.nullish(
        v.array(
          v.nullish(
            v.object({
              status: v.string(),
              app: v.nullish(v.object({ slug: v.string() })),
              checkRuns: v.nullish(
                v.object({
                  nodes: v.nullish(
                    v.array(
                      v.nullish(
                        v.object({
                          id: v.string(),
                          externalId: v.nullish(v.string()),
                          status: v.string(),
                          conclusion: v.nullish(v.string()),
                          title: v.nullish(v.string()),
                          startedAt: v.nullish(v.string()),
                        }),
                      ),
                    ),
                  ),
                }),
              ),
            }),
          ),
        ),
      ),
    }),
  ),
});
const pastOfCommit = v.object({ history: v.object({ nodes: v.nullish(v.array(v.nullish(commitWithChecks))) }) });
const comments = v.object({
  pageInfo: v.object({ hasPreviousPage: v.boolean(), startCursor: v.nullish(v.string()) }),
  nodes: v.nullish(
    v.array(
      v.nullish(
        v.object({
          id: v.string(),
          fullDatabaseId: v.pipe(v.union([v.string(), v.number()]), v.transform(Number)),
          body: v.string(),
          createdAt: v.string(),
          lastEditedAt: v.nullish(v.string()),
          // Of an account that is gone there is none.
          author: v.nullish(v.object({ __typename: v.string(), login: v.string() })),
          reactionGroups: v.nullish(v.array(v.object({ content: v.string(), viewerHasReacted: v.boolean() }))),
        }),
      ),
    ),
  ),
});
const pullAnswer = v.object({
  viewer,
  repository: v.object({
    defaultBranchRef: v.nullish(v.object({ name: v.string(), target: v.nullish(v.object({ oid: commit })) })),
    config: blob,
    judging: blob,
    overriding: v.nullish(v.object({ __typename: v.string() })),
    proposedConfig: blob,
    pullRequest: v.object({
      number: v.number(),
      state: v.string(),
      mergeable: v.string(),
      isCrossRepository: v.boolean(),
      headRefOid: commit,
      headRefName: v.string(),
      author: v.nullish(v.object({ login: v.string() })),
      headRepository: v.nullish(v.object({ nameWithOwner: v.string() })),
      head: v.object({ nodes: v.nullish(v.array(v.nullish(v.object({ commit: commitWithChecks })))) }),
      replaced: v.object({
        nodes: v.nullish(v.array(v.nullish(v.object({ beforeCommit: v.nullish(pastOfCommit) })))),
      }),
      comments,
    }),
  }),
});
const olderAnswer = v.object({ viewer, repository: v.object({ pullRequest: v.object({ comments }) }) });

type FoundPull = v.InferOutput<typeof pullAnswer>;
type FoundComments = v.InferOutput<typeof comments>;

const DAY_MS = 24 * 3600 * 1000;
const MOST_OLDER_PAGES = 20;

export interface PullReader {
  /** `undefined` where there is no such pull request. */
  read(number: number): Promise<PullFacts | undefined>;
}

/** Reads pull requests as the App answers them, in one request each as a rule. */
export function gitHubPullReader(
  client: GitHubClient,
  repository: RepositoryName,
  { appId, now }: { readonly appId: number; readonly now: () => Date },
): PullReader {
  const { owner, repo: name } = splitRepositoryName(repository);
  /** Where the configuration lies: known once the judging workflow was read. */
  let config = 'touchstone.yml';

  const ask = async (number: number, proposedOf?: CommitSha): Promise<FoundPull> =>
    askGraphQl(
      client,
      `pull request #${number}`,
      PULL,
      {
        ...{ owner, name, number, app: appId },
        config: `HEAD:${config}`,
        proposed: proposedOf !== undefined,
        head: `${proposedOf ?? 'HEAD'}:touchstone.yml`,
      },
      pullAnswer,
    );
  const askPlaced = async (number: number): Promise<FoundPull> => {
    const found = await ask(number);
    const text = found.repository.judging?.text;
    const place = (typeof text === 'string' ? readJudgingWorkflow(text)?.config : undefined) ?? 'touchstone.yml';
    const hasRuling = typeof found.repository.config?.text === 'string' || typeof text === 'string';
    if (place === config && hasRuling) return found;
    const proposedOf = hasRuling ? undefined : found.repository.pullRequest.headRefOid;
    if (place === config && proposedOf === undefined) return found;
    config = place;
    return ask(number, proposedOf);
  };
  /** As far back as a command may lie, and the sticky comment. */
  const older = async (number: number, login: string, page: FoundComments): Promise<readonly PullComment[]> => {
    let found = present(page.nodes).map((each) => commentOf(each, login));
    let { hasPreviousPage, startCursor } = page.pageInfo;
    for (let pages = 0; hasPreviousPage && typeof startCursor === 'string' && pages < MOST_OLDER_PAGES; pages += 1) {
      const [first] = found;
      const isRecent = first !== undefined && now().getTime() - Date.parse(first.createdAt) < DAY_MS;
      if (!isRecent && stickyComments(found).length > 0) break;
      const variables = { owner, name, number, before: startCursor };
      const answer = await askGraphQl(client, `the comments of #${number}`, OLDER_COMMENTS, variables, olderAnswer);
      const { comments: next } = answer.repository.pullRequest;
      found = [...present(next.nodes).map((each) => commentOf(each, login)), ...found];
      ({ hasPreviousPage, startCursor } = next.pageInfo);
    }
    return found;
  };

  return {
    async read(number) {
      const found = await askPlaced(number).catch((error: unknown) => {
        if (error instanceof Error && 'status' in error && error.status === 404) return undefined;
        throw error;
      });
      if (found === undefined) return undefined;
      const ruling = rulingOf(found);
      if (ruling === undefined) return undefined;
      const { login } = found.viewer;
      const { pullRequest: pull, proposedConfig } = found.repository;
      const commits = present(pull.head.nodes).map(({ commit: each }) => each);
      const replaced = present(pull.replaced.nodes).flatMap(({ beforeCommit }) => present(beforeCommit?.history.nodes));
      const head = commits.find(({ oid }) => oid === pull.headRefOid);
      const check = head && checkOf(head, login);
      const from = pull.headRepository?.nameWithOwner;
      return {
        number: pull.number,
        state: pull.state === 'OPEN' ? 'open' : 'closed',
        ...(pull.author && { author: pull.author.login }),
        head: pull.headRefOid,
        headBranch: pull.headRefName,
        ...(from !== undefined && isRepositoryName(from) && { headRepository: from }),
        fork: pull.isCrossRepository,
        conflicts: pull.mergeable === 'CONFLICTING',
        ruling,
        ...(typeof proposedConfig?.text === 'string' && { proposedConfig: proposedConfig.text }),
        ...(check && { check }),
        left: leftBehind([...commits, ...replaced], pull.headRefOid, login),
        comments: await older(number, login, pull.comments),
      };
    },
  };
}

/** `undefined` for a repository without a commit. */
function rulingOf({ repository }: FoundPull): RulingBranch | undefined {
  const { defaultBranchRef: branch, judging, config, overriding } = repository;
  const tip = branch?.target?.oid;
  if (!branch || tip === undefined) return undefined;
  return {
    name: branch.name,
    commit: tip,
    ...(typeof judging?.text === 'string' && { judging: judging.text }),
    overriding: overriding !== null && overriding !== undefined,
    ...(typeof config?.text === 'string' && { config: config.text }),
  };
}

type FoundCommit = v.InferOutput<typeof commitWithChecks>;

function checkOf(found: FoundCommit, login: string): AppCheck | undefined {
  const check = newestOwnCheck(found, login);
  if (check === undefined) return undefined;
  const { id: nodeId, externalId, status, conclusion, title, startedAt } = check;
  // GitHub's "Re-run" queues the suite again, and leaves the check as it is.
  const isAskedAgain = present(found.checkSuites?.nodes).some(
    (suite) => suite.status === 'QUEUED' && present(suite.checkRuns?.nodes).includes(check),
  );
  return {
    nodeId,
    externalId: externalId ?? '',
    status: status === 'COMPLETED' && !isAskedAgain ? 'completed' : 'unfinished',
    ...(typeof conclusion === 'string' && { conclusion: conclusion.toLowerCase() }),
    title: title ?? '',
    ...(typeof startedAt === 'string' && { startedAt }),
  };
}

function leftBehind(commits: readonly FoundCommit[], head: CommitSha, login: string): PullFacts['left'] {
  const found = new Map<CommitSha, AppCheck>();
  for (const each of commits) {
    const check = each.oid === head ? undefined : checkOf(each, login);
    if (check?.status === 'unfinished') found.set(each.oid, check);
  }
  return [...found].map(([sha, check]) => ({ head: sha, check }));
}

type FoundComment = Exclude<Exclude<FoundComments['nodes'], null | undefined>[number], null | undefined>;

/** Bots are called `SLUG[bot]` where they ask, and `SLUG` where they wrote; a person can be called like the slug. */
function commentOf(found: FoundComment, login: string): PullComment {
  const { author, reactionGroups } = found;
  const kind = author?.__typename === 'User' ? 'person' : author ? 'bot' : 'gone';
  const own = author?.login.replace(/\[bot\]$/, '') === slugOf(login) && (kind === 'bot') === login.endsWith('[bot]');
  return {
    id: found.fullDatabaseId,
    nodeId: found.id,
    body: found.body,
    own,
    author: { kind, login: author?.login ?? '' },
    createdAt: found.createdAt,
    edited: typeof found.lastEditedAt === 'string',
    seen: (reactionGroups ?? []).some(({ content, viewerHasReacted }) => content === 'EYES' && viewerHasReacted),
  };
}
