import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GitHubClient, openGitHub } from '../../src/adapters/github/gitHubClient.ts';
import { GitHub } from './gitHub.ts';
import type { Account } from './state/account.ts';
import { asPerson } from './state/person.ts';
import type { PullRequest } from './state/pulls.ts';
import type { StandInRepository } from './state/repository.ts';

const at = { owner: 'ada', repo: 'churn' };
let github: GitHub;
let ada: Account;
let churn: StandInRepository;
let pull: PullRequest;
let now: Date;
let bot: GitHubClient;
let person: GitHubClient;

beforeEach(async () => {
  now = new Date('2026-03-01T12:00:00.700Z');
  github = await GitHub.start({ now: () => now });
  ada = github.createUser('ada');
  churn = await github.createRepository('churn', { owner: ada });
  const base = await churn.commit('main', { 'touchstone.yml': 'version: 1\n' });
  await churn.commit('topic', { 'train.py': '1' });
  const sha = await churn.commit('topic', { 'train.py': '2' });
  pull = await churn.pulls.open({
    title: 'Train',
    head: { repository: churn, ref: 'topic', sha },
    base: { ref: 'main', sha: base },
    draft: true,
    by: asPerson(ada),
  });
  const permissions = { pull_requests: 'write', checks: 'read', contents: 'read' } as const;
  const open = (token: string): GitHubClient => openGitHub({ baseUrl: github.apiUrl, token, msPerSecond: 1 });
  bot = open(github.token({ workflowOf: churn, permissions }));
  person = open(github.token({ user: ada }));
});

afterEach(async () => {
  await github.close();
});

const ask = (query: string): Promise<unknown> =>
  bot.graphql(`{ repository(owner: "ada", name: "churn") { ${query} } }`);
const asked = (query: string): Promise<unknown> => ask(`pullRequest(number: 1) { ${query} }`);

describe('a comment', () => {
  const query = 'comments(first: 9) { nodes { lastEditedAt includesCreatedEdit editor { login } } }';

  it('tells who edited it and when, by the clock of the stand-in', async () => {
    const { data } = await bot.rest.issues.createComment({ ...at, issue_number: 1, body: 'Passed' });
    const untouched = { lastEditedAt: null, includesCreatedEdit: false, editor: null };
    expect(await asked(query)).toMatchObject({ repository: { pullRequest: { comments: { nodes: [untouched] } } } });
    now = new Date('2026-03-01T13:00:00.900Z');
    await person.rest.issues.updateComment({ ...at, comment_id: data.id, body: 'Failed' });
    const node = { lastEditedAt: '2026-03-01T13:00:00Z', includesCreatedEdit: true, editor: { login: 'ada' } };
    expect(await asked(query)).toMatchObject({ repository: { pullRequest: { comments: { nodes: [node] } } } });
  });

  it('is listed where it changed since, in the order that is asked for', async () => {
    const made: number[] = [];
    for (const body of ['First', 'Second']) {
      made.push((await bot.rest.issues.createComment({ ...at, issue_number: 1, body })).data.id);
      now = new Date(now.getTime() + 60_000);
    }
    const [first = 0, second = 0] = made;
    const since = now.toISOString();
    const list = async (query: object): Promise<number[]> =>
      (await bot.rest.issues.listCommentsForRepo({ ...at, ...query })).data.map(({ id }) => id);
    expect(await list({ since })).toEqual([]);
    now = new Date(now.getTime() + 60_000);
    await bot.rest.issues.updateComment({ ...at, comment_id: first, body: 'Third' });
    expect(await list({ since })).toEqual([first]);
    expect(await list({ sort: 'updated', direction: 'asc' })).toEqual([second, first]);
    expect(await list({ sort: 'created', direction: 'desc' })).toEqual([second, first]);
    expect(await list({ direction: 'desc' })).toEqual([first, second]);
  });

  it('has a group for every sign, and says which of them are one’s own', async () => {
    const { data } = await bot.rest.issues.createComment({ ...at, issue_number: 1, body: 'Passed' });
    await bot.rest.reactions.createForIssueComment({ ...at, comment_id: data.id, content: 'eyes' });
    await person.rest.reactions.createForIssueComment({ ...at, comment_id: data.id, content: '+1' });
    const answer = await asked('comments(first: 1) { nodes { reactionGroups { content viewerHasReacted } } }');
    const { nodes } = (
      answer as { repository: { pullRequest: { comments: { nodes: { reactionGroups: unknown[] }[] } } } }
    ).repository.pullRequest.comments;
    expect(nodes[0]?.reactionGroups).toHaveLength(8);
    expect(nodes[0]?.reactionGroups).toEqual(
      expect.arrayContaining([
        { content: 'EYES', viewerHasReacted: true },
        { content: 'THUMBS_UP', viewerHasReacted: false },
      ]),
    );
  });
});

describe('a repository', () => {
  it('hands out files by expression, of its default branch or of a commit', async () => {
    const main = await churn.resolve('main');
    const strict = await churn.commit('main', { 'touchstone.yml': 'version: 2\n' });
    const answer = await ask(`
      isArchived
      defaultBranchRef { name target { oid } }
      head: object(expression: "HEAD:touchstone.yml") { ... on Blob { text } }
      before: object(expression: "${main}:touchstone.yml") { ... on Blob { text } }
      none: object(expression: "HEAD:nothing.yml") { oid }`);
    expect(answer).toEqual({
      repository: {
        isArchived: false,
        defaultBranchRef: { name: 'main', target: { oid: strict } },
        head: { text: 'version: 2\n' },
        before: { text: 'version: 1\n' },
        none: null,
      },
    });
  });

  it('that is archived only reads', async () => {
    churn.isArchived = true;
    expect(await ask('isArchived')).toEqual({ repository: { isArchived: true } });
    const written = bot.rest.issues.createComment({ ...at, issue_number: 1, body: 'Passed' });
    await expect(written).rejects.toMatchObject({ status: 403, message: /archived/ });
  });
});

describe('a pull request', () => {
  it('tells of itself what the REST API tells', async () => {
    const fields =
      'isDraft mergeable isCrossRepository headRefName baseRefName createdAt updatedAt closed merged author { __typename login }';
    const common = { headRefName: 'topic', baseRefName: 'main', closed: false, merged: false };
    const times = { createdAt: '2026-03-01T12:00:00Z', updatedAt: '2026-03-01T12:00:00Z' };
    const author = { __typename: 'User', login: 'ada' };
    const told = { isDraft: true, mergeable: 'MERGEABLE', isCrossRepository: false, ...common, ...times, author };
    expect(await asked(fields)).toEqual({ repository: { pullRequest: told } });
    await churn.commit('main', { 'train.py': '3' });
    expect(await asked('mergeable')).toEqual({ repository: { pullRequest: { mergeable: 'CONFLICTING' } } });
    pull.isUntried = true;
    expect(await asked('mergeable')).toEqual({ repository: { pullRequest: { mergeable: 'UNKNOWN' } } });
    expect((await bot.rest.pulls.get({ ...at, pull_number: 1 })).data.mergeable).toBeNull();
  });

  it('has all of its commits, the newest last', async () => {
    const answer = await asked('commits(last: 5) { totalCount nodes { commit { oid committedDate } } }');
    const earlier = await churn.run(['rev-parse', `${pull.headSha}~1`]);
    const committedDate = '2026-03-01T12:00:00Z';
    const nodes = [earlier, pull.headSha].map((oid) => ({ commit: { oid, committedDate } }));
    expect(answer).toEqual({ repository: { pullRequest: { commits: { totalCount: 2, nodes } } } });
  });

  it('keeps what was pushed away by force, with its checks', async () => {
    const before = pull.headSha;
    churn.checks.create(github.actionsApp, before, 'touchstone', { conclusion: 'success' }, asPerson(ada));
    const query = `timelineItems(last: 5, itemTypes: [HEAD_REF_FORCE_PUSHED_EVENT]) { nodes { ... on HeadRefForcePushedEvent {
      actor { login } afterCommit { oid }
      beforeCommit { oid checkSuites(first: 1) { nodes { checkRuns(first: 1) { nodes { conclusion startedAt completedAt detailsUrl text } } } } }
    } } }`;
    expect(await asked(query)).toEqual({ repository: { pullRequest: { timelineItems: { nodes: [] } } } });
    const after = await churn.commit('other', { 'train.py': '4' });
    await churn.push('topic', after, ada);
    const times = { startedAt: '2026-03-01T12:00:00Z', completedAt: '2026-03-01T12:00:00Z' };
    const check = { conclusion: 'SUCCESS', ...times, detailsUrl: `${github.url}/apps/github-actions`, text: null };
    const checkSuites = { nodes: [{ checkRuns: { nodes: [check] } }] };
    const push = { actor: { login: 'ada' }, afterCommit: { oid: after }, beforeCommit: { oid: before, checkSuites } };
    expect(await asked(query)).toEqual({ repository: { pullRequest: { timelineItems: { nodes: [push] } } } });
  });
});

describe('what nobody wrote', () => {
  it('is a violation, and no null', async () => {
    await expect(asked('bodyHTML')).rejects.toThrow(/does not know PullRequest.bodyHTML/);
    await expect(asked('timelineItems(first: 1) { totalCount }')).rejects.toThrow(/was asked for all/);
    expect(github.violations.splice(0)).toHaveLength(2);
  });
});
