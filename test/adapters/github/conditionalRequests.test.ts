import { afterEach, beforeEach, expect, it } from 'vitest';
import { conditionalRequests, KeptResponses } from '../../../src/adapters/github/conditionalRequests.ts';
import { openGitHub, type GitHubClient } from '../../../src/adapters/github/gitHubClient.ts';
import { secondaryLimit, serverError } from '../../github/faults.ts';
import { GitHub } from '../../github/gitHub.ts';
import type { Account } from '../../github/state/account.ts';
import type { Installation } from '../../github/state/app.ts';
import type { StandInRepository } from '../../github/state/repository.ts';

const churn = { owner: 'octocat', repo: 'churn' };

let github: GitHub;
let owner: Account;
let repository: StandInRepository;
let installation: Installation;
beforeEach(async () => {
  github = await GitHub.start();
  owner = github.createUser('octocat');
  repository = await github.createRepository('churn', { owner });
  await github.createRepository('prices', { owner });
  await repository.commit('main', { 'train.py': 'print(1)\n' });
  const permissions = { actions: 'read', issues: 'write', metadata: 'read', contents: 'read' } as const;
  const app = github.createApp('touchstone', { owner, publicKey: '', permissions });
  installation = github.install(app, owner);
});
afterEach(() => github.close());

function openClient(kept = new KeptResponses(1e6), whose = '1', token = github.token({ installation })): GitHubClient {
  return openGitHub({ baseUrl: github.apiUrl, token, msPerSecond: 1, plugins: [conditionalRequests(kept, whose)] });
}

async function openPull(): Promise<number> {
  const sha = await repository.commit('topic', { 'train.py': 'print(2)\n' });
  const base = await repository.resolve('refs/heads/main');
  const { number } = await repository.pulls.open({
    title: 'Try',
    head: { repository, ref: 'topic', sha },
    base: { ref: 'main', sha: base ?? '' },
    by: { kind: 'user', account: owner, token: '' },
  });
  return number;
}

function statuses(): readonly number[] {
  return github.requests.map(({ status }) => status);
}

async function commentsOf(client: GitHubClient): Promise<readonly (string | undefined)[]> {
  return (await client.rest.issues.listCommentsForRepo(churn)).data.map(({ body }) => body);
}

it('what has not changed is asked for by its tag, and is not counted', async () => {
  const client = openClient();
  const first = await client.rest.repos.get(churn);
  const again = await client.rest.repos.get(churn);
  expect(statuses()).toEqual([200, 304]);
  expect(again).toMatchObject({ status: 200, data: first.data });
  expect(again.headers['x-ratelimit-used']).toBe('1');
  expect((await client.rest.rateLimit.get()).data.resources.core.used).toBe(1);
});

it('what has changed is read, and that is what is kept', async () => {
  const client = openClient();
  expect(await commentsOf(client)).toEqual([]);
  const issue_number = await openPull();
  await client.rest.issues.createComment({ ...churn, issue_number, body: 'one' });
  github.requests.length = 0;
  expect(await commentsOf(client)).toEqual(['one']);
  expect(await commentsOf(client)).toEqual(['one']);
  expect(statuses()).toEqual([200, 304]);
});

it('pages that are put together are the same each time', async () => {
  const client = openClient();
  const ask = async (): Promise<readonly string[]> =>
    (await client.paginate(client.rest.apps.listReposAccessibleToInstallation, { per_page: 1 })).map(
      ({ name }) => name,
    );
  const first = await ask();
  expect(first).toHaveLength(2);
  expect(await ask()).toEqual(first);
  expect(await ask()).toEqual(first);
  expect(statuses()).toEqual([200, 200, 304, 304, 304, 304]);
});

it('a list that is empty stays one', async () => {
  const client = openClient();
  const ask = (): Promise<readonly unknown[]> =>
    client.paginate(client.rest.actions.listWorkflowRunsForRepo, { ...churn, per_page: 100 });
  expect([await ask(), await ask(), await ask()]).toEqual([[], [], []]);
  expect(statuses()).toEqual([200, 304, 304]);
});

it('whoever changes an answer changes nobody else’s', async () => {
  const client = openClient();
  const names: string[] = [];
  for (let times = 0; times < 3; times += 1) {
    const { data } = await client.rest.repos.get(churn);
    names.push(data.name);
    data.name = 'changed';
  }
  expect(names).toEqual(['churn', 'churn', 'churn']);
});

it('another question has another answer', async () => {
  const client = openClient();
  await client.rest.issues.listCommentsForRepo({ ...churn, per_page: 100 });
  await client.rest.issues.listCommentsForRepo({ ...churn, per_page: 99 });
  await client.rest.issues.listCommentsForRepo({ owner: 'octocat', repo: 'prices', per_page: 100 });
  await client.rest.repos.get(churn);
  expect(statuses()).toEqual([200, 200, 200, 200]);
});

it('installations do not share what they may read', async () => {
  const kept = new KeptResponses(1e6);
  // The same token, so that GitHub would say that nothing has changed.
  const token = github.token({ installation });
  await openClient(kept, '1', token).rest.repos.get(churn);
  await openClient(kept, '2', token).rest.repos.get(churn);
  expect(statuses()).toEqual([200, 200]);
  await openClient(kept, '1', token).rest.repos.get(churn);
  expect(statuses()).toEqual([200, 200, 304]);
});

it('a new token has new tags: it reads once more', async () => {
  const kept = new KeptResponses(1e6);
  await openClient(kept).rest.repos.get(churn);
  await openClient(kept).rest.repos.get(churn);
  expect(statuses()).toEqual([200, 200]);
});

it('what was used last stays, as many bytes as were said', async () => {
  await github.createRepository('spare', { owner });
  const { data } = await openClient().rest.repos.get(churn);
  github.requests.length = 0;
  const client = openClient(new KeptResponses(2.5 * JSON.stringify(data).length));
  const ask = async (repo: string): Promise<void> => void (await client.rest.repos.get({ owner: 'octocat', repo }));
  for (const repo of ['churn', 'prices', 'churn', 'spare', 'churn', 'prices']) await ask(repo);
  expect(statuses()).toEqual([200, 200, 304, 200, 304, 200]);
});

it('what is too long is not kept, and keeps nothing else from being', async () => {
  const { data } = await openClient().rest.repos.get(churn);
  github.requests.length = 0;
  const client = openClient(new KeptResponses(JSON.stringify(data).length + 10));
  await client.rest.repos.get(churn);
  await client.rest.apps.listReposAccessibleToInstallation();
  await client.rest.apps.listReposAccessibleToInstallation();
  await client.rest.repos.get(churn);
  expect(statuses()).toEqual([200, 200, 200, 304]);
});

it('what comes as a stream is never kept', async () => {
  const client = openClient();
  const ask = { ...churn, request: { parseSuccessResponseBody: false } };
  for (let times = 0; times < 2; times += 1) {
    const { data } = await client.request('GET /repos/{owner}/{repo}', ask);
    const stream: unknown = data;
    if (!(stream instanceof ReadableStream)) throw new Error('not a stream');
    await stream.cancel();
  }
  expect(statuses()).toEqual([200, 200]);
});

it('an error is told as one, whether or not something is kept', async () => {
  const client = openClient();
  await client.rest.repos.get(churn);
  github.faults.next({
    operation: 'GET /repos/{owner}/{repo}',
    answer: { status: 404, body: { message: 'Not Found' } },
  });
  await expect(client.rest.repos.get(churn)).rejects.toMatchObject({ status: 404 });
  await client.rest.repos.get(churn);
  expect(statuses()).toEqual([200, 404, 304]);
});

it.each([
  ['that GitHub failed on', serverError(502)],
  ['that GitHub wants to wait', secondaryLimit(1)],
])('a request %s is asked again by its tag', async (_, answer) => {
  const client = openClient();
  await client.rest.repos.get(churn);
  github.faults.next({ answer });
  const { data } = await client.rest.repos.get(churn);
  expect(data.full_name).toBe('octocat/churn');
  expect(statuses()).toEqual([200, answer.status, 304]);
});
