import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GitHubClient, openGitHub } from '../../src/adapters/github/gitHubClient.ts';
import { secondaryLimit, serverError } from './faults.ts';
import { GitHub } from './gitHub.ts';
import type { Permissions } from './route.ts';
import type { Account } from './state/account.ts';
import type { StandInRepository } from './state/repository.ts';

let github: GitHub;
let ada: Account;
let churn: StandInRepository;
const at = { owner: 'ada', repo: 'churn' };

beforeEach(async () => {
  github = await GitHub.start();
  ada = github.createUser('ada');
  churn = await github.createRepository('churn', { owner: ada });
  await churn.commit('main', { 'README.md': 'Churn\n' });
});

afterEach(async () => {
  await github.close();
});

/** What went over the wire wrong, which a test that means it takes. */
const violations = (): string[] => github.violations.splice(0);
const as = (token: string, waits: string[] = []): GitHubClient =>
  openGitHub({
    baseUrl: github.apiUrl,
    token,
    msPerSecond: 1,
    onWait: (seconds, because) => void waits.push(`${because}: ${seconds} s`),
  });
const owner = (): GitHubClient => as(github.token({ user: ada }));
const workflow = (permissions: Permissions): GitHubClient => as(github.token({ workflowOf: churn, permissions }));

describe('a request that GitHub does not describe', () => {
  it.each([
    ['an unknown operation', 'GET /repos/ada/churn/verdicts', {}, 404, 'GitHub has no such operation'],
    ['an unknown query', 'GET /repos/ada/churn/pulls?states=open', {}, 422, 'query states: no such parameter'],
    ['a query of another kind', 'GET /repos/ada/churn/pulls?per_page=many', {}, 422, 'query per_page: must be integer'],
    [
      'a value that is not one of those there are',
      'GET /repos/ada/churn/pulls?state=shut',
      {},
      422,
      'query state: must be equal to one of the allowed values',
    ],
    [
      'a property that is missing',
      'POST /repos/ada/churn/pulls',
      { title: 'x', head: 'x' },
      422,
      "must have required property 'base'",
    ],
    [
      'a property that there is not',
      'POST /repos/ada/churn/pulls',
      { title: 'x', head: 'x', base: 'y', labels: [] },
      422,
      'body labels: no such property',
    ],
    [
      'a property of another kind',
      'POST /repos/ada/churn/pulls',
      { title: 1, head: 'x', base: 'y' },
      422,
      'body /title must be string',
    ],
  ])('is refused, and fails the test: %s', async (_name, request, body, status, problem) => {
    const token = github.token({ user: ada });
    const [method = '', path = ''] = request.split(' ');
    const answer = await fetch(`${github.apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(method === 'POST' && { body: JSON.stringify(body) }),
    });
    expect(answer.status).toBe(status);
    await expect(github.close()).rejects.toThrow(problem);
    expect(violations().join()).toContain(problem);
  });

  it('is refused even where its handler would not mind', async () => {
    const description = 'x'.repeat(2_000_000);
    await expect(
      owner().request('POST /repos/{owner}/{repo}/statuses/{sha}', {
        ...at,
        sha: 'main',
        state: 'done' as 'success',
        description,
      }),
    ).rejects.toMatchObject({ status: 422 });
    expect(churn.statuses.all).toEqual([]);
    expect(violations()).toHaveLength(1);
  });
});

describe('an answer that GitHub does not describe', () => {
  it('fails the test', async () => {
    Object.defineProperty(churn, 'json', { get: () => ({ id: 'one' }) });
    await expect(owner().rest.repos.get({ ...at, request: { retries: 0 } })).rejects.toMatchObject({ status: 500 });
    expect(violations().join()).toMatch(/^GET \/repos\/{owner}\/{repo}: answer 200 .*\/id must be integer/);
  });

  it('fails the test where an event is not as its schema', () => {
    github.on('push', () => undefined);
    github.emit('push', churn, { kind: 'anonymous' }, { ref: 7 });
    expect(violations().join()).toContain('webhook push: ');
  });
});

describe('what a token may', () => {
  it.each<[Permissions, boolean]>([
    [{ contents: 'read' }, false],
    [{ pull_requests: 'read' }, true],
    [{ pull_requests: 'write' }, true],
  ])('is what its job was granted: %o', async (permissions, isAllowed) => {
    const asked = workflow(permissions).rest.pulls.list(at);
    if (isAllowed) expect((await asked).status).toBe(200);
    else {
      await expect(asked).rejects.toMatchObject({
        status: 403,
        message: expect.stringContaining('Resource not accessible by integration') as string,
        response: { headers: { 'x-accepted-github-permissions': 'pull_requests=read' } },
      });
    }
  });

  it('is not to write with read', async () => {
    await churn.commit('x', { x: 'x' });
    const asked = workflow({ pull_requests: 'read' }).rest.pulls.create({ ...at, title: 'x', head: 'x', base: 'main' });
    await expect(asked).rejects.toMatchObject({ status: 403 });
    expect(churn.pulls.all).toEqual([]);
  });

  it('is to read what is public, elsewhere', async () => {
    const other = await github.createRepository('other', { owner: ada });
    const sha = await other.commit('main', { x: 'x' });
    const client = workflow({});
    expect((await client.rest.repos.getCommit({ owner: 'ada', repo: 'other', ref: 'main' })).data.sha).toBe(sha);
    const write = client.rest.repos.createCommitStatus({ owner: 'ada', repo: 'other', sha, state: 'success' });
    await expect(write).rejects.toMatchObject({ status: 403 });
    await expect(client.rest.repos.getCommit({ ...at, ref: 'main' })).rejects.toMatchObject({ status: 403 });
  });

  it('acts as github-actions[bot] in a workflow', async () => {
    await churn.commit('x', { x: 'x' });
    const { data } = await workflow({ pull_requests: 'write' }).rest.pulls.create({
      ...at,
      title: 'x',
      head: 'x',
      base: 'main',
    });
    expect(data.user).toMatchObject({ login: 'github-actions[bot]', type: 'Bot' });
  });

  it('does not reach another private repository, nor show that it is there', async () => {
    await github.createRepository('secret', { owner: ada, private: true });
    for (const client of [workflow({ contents: 'write' }), as(github.token({ user: github.createUser('bob') }))]) {
      await expect(client.rest.repos.get({ owner: 'ada', repo: 'secret' })).rejects.toMatchObject({ status: 404 });
    }
  });

  it('is what the person may', async () => {
    const bob = github.createUser('bob');
    await churn.commit('x', { x: 'x' });
    await owner().rest.pulls.create({ ...at, title: 'x', head: 'x', base: 'main' });
    const ofBob = as(github.token({ user: bob }));
    const merge = (): Promise<unknown> => ofBob.rest.pulls.merge({ ...at, pull_number: 1 });
    churn.allow(bob, 'read');
    await expect(merge()).rejects.toMatchObject({ status: 403 });
    churn.allow(bob, 'write');
    await expect(merge()).resolves.toMatchObject({ status: 200 });
  });

  it('is nothing once it has run out or been revoked', async () => {
    const late = github.token({ user: ada }, new Date(0));
    const revoked = github.token({ user: ada });
    github.revoke(revoked);
    for (const token of [late, revoked, 'ghp_unknown']) {
      await expect(as(token).rest.repos.get(at)).rejects.toMatchObject({ status: 401 });
    }
  });

  it.each([
    ['admin', 'admin', 'admin'],
    ['maintain', 'write', 'maintain'],
    ['write', 'write', 'write'],
    ['triage', 'read', 'triage'],
    ['read', 'read', 'read'],
  ] as const)('is told of a collaborator: %s', async (role, permission, roleName) => {
    churn.allow(github.createUser('bob'), role);
    const { data } = await workflow({}).rest.repos.getCollaboratorPermissionLevel({ ...at, username: 'bob' });
    expect(data).toMatchObject({ permission, role_name: roleName });
  });
});

describe('a list', () => {
  it('comes in pages that tell where the others are', async () => {
    for (const name of ['a', 'b', 'c']) {
      await churn.commit(name, { [name]: name });
      await owner().rest.pulls.create({ ...at, title: name, head: name, base: 'main' });
    }
    const { data, headers } = await owner().rest.pulls.list({ ...at, per_page: 2 });
    expect(data.map(({ title }) => title)).toEqual(['c', 'b']);
    expect(headers.link).toMatch(/[?&]page=2>; rel="next", <.*page=2>; rel="last"/);
    expect(await owner().paginate('GET /repos/{owner}/{repo}/pulls', { ...at, per_page: 2 })).toHaveLength(3);
  });

  it('holds no more than 100, whatever is asked for', async () => {
    for (let index = 0; index < 101; index += 1)
      churn.statuses.add({
        sha: (await churn.resolve('main')) ?? '',
        state: 'success',
        context: `${index}`,
        description: null,
        targetUrl: null,
        author: ada,
      });
    const { data } = await owner().rest.repos.listCommitStatusesForRef({ ...at, ref: 'main', per_page: 1000 });
    expect(data).toHaveLength(100);
  });
});

describe('a client that has an answer already', () => {
  it('is told so, for free', async () => {
    const token = github.token({ user: ada });
    const { headers } = await as(token).rest.repos.get(at);
    const again = as(token).request('GET /repos/{owner}/{repo}', {
      ...at,
      headers: { 'if-none-match': headers.etag ?? '' },
    });
    await expect(again).rejects.toMatchObject({ status: 304 });
    expect((await as(token).rest.rateLimit.get()).data.rate.used).toBe(1);
  });
});

describe('GitHub in trouble', () => {
  const operation = 'POST /repos/{owner}/{repo}/statuses/{sha}';

  it('asks to wait, and is waited for', async () => {
    const waits: string[] = [];
    const sha = (await churn.resolve('main')) ?? '';
    github.faults.next({ operation, answer: secondaryLimit(7) });
    github.faults.next({ operation, answer: secondaryLimit(3, 429) });
    await as(github.token({ user: ada }), waits).rest.repos.createCommitStatus({ ...at, sha, state: 'success' });
    expect(waits).toEqual(['secondary rate limit: 7 s', 'secondary rate limit: 3 s']);
    expect(churn.statuses.all).toHaveLength(1);
    expect(github.limits.contentCreated).toBe(1);
  });

  it('fails before anything happened, and is asked again', async () => {
    const sha = (await churn.resolve('main')) ?? '';
    github.faults.next({ operation, answer: serverError(502), times: 2 });
    await owner().rest.repos.createCommitStatus({ ...at, sha, state: 'success' });
    expect(github.requests.map(({ status }) => status)).toEqual([502, 502, 201]);
    expect(churn.statuses.all).toHaveLength(1);
  });

  it.each(['reset', serverError(500)] as const)('fails after it did what it was asked: %o', async (answer) => {
    const sha = (await churn.resolve('main')) ?? '';
    github.faults.next({ operation, answer, when: 'after' });
    const asked = owner().rest.repos.createCommitStatus({ ...at, sha, state: 'success', request: { retries: 0 } });
    await expect(asked).rejects.toMatchObject({ status: 500 });
    expect(churn.statuses.all).toHaveLength(1);
  });

  it('lets the first requests through, where one further on is to fail', async () => {
    github.faults.next({ answer: serverError(503), skip: 1 });
    const status = async (): Promise<number> => (await fetch(`${github.apiUrl}/repos/ada/churn`)).status;
    expect([await status(), await status(), await status()]).toEqual([200, 503, 200]);
  });

  it('has only so many requests an hour for a token', async () => {
    const waits: string[] = [];
    const token = github.token({ workflowOf: churn, permissions: {} });
    expect((await as(token).rest.repos.get(at)).headers['x-ratelimit-limit']).toBe('1000');
    github.leave(token, 1, 30);
    await as(token).rest.repos.get(at);
    await expect(workflow({ contents: 'write' }).rest.repos.get(at)).rejects.toMatchObject({ status: 403 });
    await expect(as(token, waits).rest.repos.get(at)).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('API rate limit exceeded') as string,
    });
    expect(waits[0]).toMatch(/^rate limit: \d+ s$/);
  });

  it('is killed in the middle, and comes back with what it had', async () => {
    await github.kill();
    await expect(owner().rest.repos.get({ ...at, request: { retries: 0 } })).rejects.toMatchObject({ status: 500 });
    await github.restart();
    expect((await owner().rest.repos.get(at)).data.full_name).toBe('ada/churn');
  });
});

describe('a client that is ended in the middle of a request', () => {
  it.each(['with its connection', 'and closes its side in peace'] as const)('is no violation: %s', async (how) => {
    const socket = connect(Number(new URL(github.url).port), '127.0.0.1');
    socket.write(
      'POST /api/graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{',
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    if (how === 'with its connection') socket.resetAndDestroy();
    else socket.end();
    socket.resume();
    await closed;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(github.violations).toEqual([]);
  });
});

describe('a download', () => {
  it('is had without a token, on another host, and not with one', async () => {
    const url = github.download(Buffer.from('bytes'), 'text/plain');
    expect(await (await fetch(url)).text()).toBe('bytes');
    expect((await fetch(url, { headers: { authorization: 'Bearer x' } })).status).toBe(400);
    expect(new URL(url).host).not.toBe(new URL(github.url).host);
  });
});
