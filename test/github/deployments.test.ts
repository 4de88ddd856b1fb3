import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GitHubClient, openGitHub } from '../../src/adapters/github/gitHubClient.ts';
import { GitHub } from './gitHub.ts';
import type { Account } from './state/account.ts';
import type { StandInRepository } from './state/repository.ts';

let github: GitHub;
let ada: Account;
let churn: StandInRepository;
let client: GitHubClient;
const at = { owner: 'ada', repo: 'churn' };

beforeEach(async () => {
  github = await GitHub.start();
  ada = github.createUser('ada');
  churn = await github.createRepository('churn', { owner: ada });
  await churn.commit('main', { 'README.md': 'Churn\n' });
  client = openGitHub({ baseUrl: github.apiUrl, token: github.token({ user: ada }), msPerSecond: 1 });
});

afterEach(async () => {
  await github.close();
});

describe('a deployment', () => {
  const deploy = (
    more: Partial<Parameters<GitHubClient['rest']['repos']['createDeployment']>[0]> = {},
  ): ReturnType<GitHubClient['rest']['repos']['createDeployment']> =>
    client.rest.repos.createDeployment({ ...at, ref: 'main', ...more });
  const idOf = async (more: Parameters<typeof deploy>[0]): Promise<number> => {
    const { data } = await deploy(more);
    if (!('id' in data)) throw new Error('Nothing was deployed');
    return data.id;
  };

  it('waits for the statuses of its commit, unless none are required', async () => {
    const sha = (await churn.resolve('main')) ?? '';
    await client.rest.repos.createCommitStatus({ ...at, sha, state: 'pending', context: 'tests' });
    await expect(deploy()).rejects.toMatchObject({ status: 409 });
    expect((await deploy({ required_contexts: [] })).status).toBe(201);
    await client.rest.repos.createCommitStatus({ ...at, sha, state: 'success', context: 'tests' });
    expect((await deploy()).status).toBe(201);
    expect((await client.rest.repos.getCombinedStatusForRef({ ...at, ref: 'main' })).data).toMatchObject({
      state: 'success',
      total_count: 1,
    });
  });

  it('of a branch that is behind merges instead, unless told not to', async () => {
    await churn.commit('old', { x: 'x' });
    await churn.commit('main', { y: 'y' });
    expect((await deploy({ ref: 'old', auto_merge: false })).status).toBe(201);
    expect((await deploy({ ref: 'old' })).status).toBe(202);
    expect(await churn.run(['ls-tree', '--name-only', 'old'])).toBe('README.md\nx\ny');
    expect(churn.deployments.all).toHaveLength(1);
  });

  it('ends the one before in its environment, but not in production', async () => {
    const states: (string | undefined)[] = [];
    for (const environment of ['staging', 'production']) {
      const [before, after] = [await idOf({ environment }), await idOf({ environment })];
      for (const id of [before, after])
        await client.rest.repos.createDeploymentStatus({ ...at, deployment_id: id, state: 'success' });
      const { data } = await client.rest.repos.listDeploymentStatuses({ ...at, deployment_id: before });
      states.push(data[0]?.state);
    }
    expect(states).toEqual(['inactive', 'success']);
  });
});

describe('a reaction', () => {
  it('answers 201 to the first and 200 to the second who leaves it', async () => {
    await churn.commit('x', { x: 'x' });
    await client.rest.pulls.create({ ...at, title: 'x', head: 'x', base: 'main' });
    const react = (): ReturnType<GitHubClient['rest']['reactions']['createForIssue']> =>
      client.rest.reactions.createForIssue({ ...at, issue_number: 1, content: 'eyes' });
    expect([(await react()).status, (await react()).status]).toEqual([201, 200]);
    const { data } = await client.rest.reactions.listForIssue({ ...at, issue_number: 1 });
    expect(data).toMatchObject([{ content: 'eyes', user: { login: 'ada' } }]);
    await client.rest.reactions.deleteForIssue({ ...at, issue_number: 1, reaction_id: data[0]?.id ?? 0 });
    expect((await react()).status).toBe(201);
  });

  it('is not to what is not there', async () => {
    await expect(
      client.rest.reactions.createForIssueComment({ ...at, comment_id: 7, content: 'eyes' }),
    ).rejects.toMatchObject({ status: 404 });
  });
});
