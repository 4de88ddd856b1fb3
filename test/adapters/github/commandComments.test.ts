import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { gitHubCommandComments } from '../../../src/adapters/github/commandComments.ts';
import { openGitHub, type GitHubClient } from '../../../src/adapters/github/gitHubClient.ts';
import { parseRepositoryName } from '../../../src/identity/git.ts';
import { GitHub } from '../../github/gitHub.ts';
import type { Account } from '../../github/state/account.ts';
import type { PullRequest } from '../../github/state/pulls.ts';
import type { StandInRepository } from '../../github/state/repository.ts';

const REPOSITORY = parseRepositoryName('ada/churn');
let github: GitHub;
let repository: StandInRepository;
let ada: Account;
let pull: PullRequest;
let client: GitHubClient;

beforeAll(async () => {
  github = await GitHub.start();
  ada = github.createUser('ada');
  repository = await github.createRepository('churn', { owner: ada });
  await repository.commit('main', { 'README.md': 'Churn' });
  const sha = await repository.commit('deeper', { 'train.py': 'train()' });
  pull = await repository.pulls.open({
    title: 'Deeper',
    head: { repository, ref: 'deeper', sha },
    base: { ref: 'main', sha: (await repository.resolve('main')) ?? '' },
    by: { kind: 'user', account: ada, token: '' },
  });
});
afterAll(() => github.close());
beforeEach(() => {
  const permissions = { contents: 'write', actions: 'read', pull_requests: 'read' } as const;
  const token = github.token({ workflowOf: repository, permissions });
  client = openGitHub({ baseUrl: github.apiUrl, token, msPerSecond: 1 });
});

describe('a comment', () => {
  const say = (body: string, number = pull.number): number =>
    repository.issues.comment(number, body, { kind: 'user', account: ada, token: '' }).id;

  it('tells who wrote it, below which pull request, and what that asks to merge', async () => {
    expect(await gitHubCommandComments(client, REPOSITORY).read(say('/help'))).toMatchObject({
      author: { login: 'ada', isPerson: true },
      body: '/help',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
      edited: false,
      pull: {
        number: pull.number,
        open: true,
        head: pull.headSha,
        headBranch: 'deeper',
        headRepository: 'ada/churn',
        forcePushes: [],
      },
    });
  });

  it('tells that somebody edited it', async () => {
    const id = say('Fine');
    repository.issues.comments.find((each) => each.id === id)?.edit('/override x', ada);
    expect(await gitHubCommandComments(client, REPOSITORY).read(id)).toMatchObject({
      body: '/override x',
      edited: true,
    });
  });

  it('tells of forced pushes, with the commit that each led to', async () => {
    const id = say('/help');
    const other = await repository.commit('elsewhere', { 'train.py': 'other()' });
    const token = github.token({ user: ada });
    const pushed = await fetch(`${repository.url}/git/refs/heads/deeper`, {
      method: 'PATCH',
      headers: { authorization: `bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ sha: other, force: true }),
    });
    expect(pushed.status).toBe(200);
    const found = await gitHubCommandComments(client, REPOSITORY).read(id);
    expect(found?.pull).toMatchObject({ head: other, forcePushes: [{ to: other }] });
  });

  it('below an issue is below no pull request, and one that is gone is none', async () => {
    const issue = repository.issues.open({ title: 'x', body: null, by: { kind: 'user', account: ada, token: '' } });
    const found = await gitHubCommandComments(client, REPOSITORY).read(say('/help', issue.number));
    expect(found).toBeDefined();
    expect(found).not.toHaveProperty('pull');
    expect(await gitHubCommandComments(client, REPOSITORY).read(1)).toBeUndefined();
  });
});
