import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openGitHub } from '../../src/adapters/github/gitHubClient.ts';
import { GitHub } from './gitHub.ts';

let github: GitHub;

beforeEach(async () => {
  github = await GitHub.start();
});

afterEach(async () => {
  await github.close();
});

describe('the stand-in', () => {
  it('shows a repository to octokit, below the path of a server and at the root of a host', async () => {
    const owner = github.createUser('octocat');
    const churn = await github.createRepository('churn', { owner });
    await churn.commit('main', { 'README.md': 'Churn' });
    const auth = github.token({ user: owner });

    for (const baseUrl of [github.apiUrl, github.url]) {
      const { data } = await openGitHub({ baseUrl, token: auth }).rest.repos.get({ owner: 'octocat', repo: 'churn' });
      expect(data).toMatchObject({ full_name: 'octocat/churn', permissions: { admin: true } });
    }
  });

  it('hides a private repository from a token that is not for it', async () => {
    const repository = await github.createRepository('churn', { private: true });
    const other = await github.createRepository('other');
    const token = github.token({ workflowOf: other, permissions: { contents: 'write' } });

    const answer = openGitHub({ baseUrl: github.apiUrl, token }).rest.repos.get({
      owner: repository.owner.login,
      repo: 'churn',
    });
    await expect(answer).rejects.toMatchObject({ status: 404 });
  });
});
