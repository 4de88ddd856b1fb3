import { createSign, generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GitHubClient, openGitHub } from '../../../src/adapters/github/gitHubClient.ts';
import { GitHub } from '../gitHub.ts';
import type { Permissions } from '../route.ts';
import type { Account } from '../state/account.ts';
import type { App } from '../state/app.ts';
import { asPerson } from '../state/person.ts';
import type { StandInRepository } from '../state/repository.ts';
import { type Receiver, receive } from './receiver.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const permissions: Permissions = { contents: 'read', pull_requests: 'write', issues: 'write', merge_queues: 'read' };
const at = { owner: 'ada', repo: 'churn' };

let github: GitHub;
let ada: Account;
let churn: StandInRepository;
let app: App;
let receiver: Receiver;
let now: Date;

beforeEach(async () => {
  now = new Date('2026-03-01T12:00:00Z');
  github = await GitHub.start({ now: () => now });
  ada = github.createUser('ada');
  churn = await github.createRepository('churn', { owner: ada });
  await churn.commit('main', { 'README.md': 'Churn\n' });
  app = github.createApp('touchstone', { owner: ada, publicKey, permissions });
  receiver = await receive();
  const events = ['pull_request', 'issue_comment', 'merge_group'];
  github.hooks.add({ owner: { kind: 'app', app }, url: receiver.url, secret: 'old', events });
});

afterEach(async () => {
  await github.close();
  await receiver.close();
});

const as = (token: string): GitHubClient => openGitHub({ baseUrl: github.apiUrl, token, msPerSecond: 1 });

/** The App itself, by what it signs. */
function signed(pem = privateKey, id = app.id): GitHubClient {
  const seconds = Math.floor(now.getTime() / 1000);
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iss: String(id), iat: seconds - 60, exp: seconds + 500 })}`;
  return as(`${body}.${createSign('RSA-SHA256').update(body).sign(pem, 'base64url')}`);
}

/** Octokit takes `url` among the parameters for the request's own, so the body is given as `data`. */
async function move(config: { readonly url: string; readonly secret?: string }): Promise<void> {
  await signed().request('PATCH /app/hook/config', { data: config });
}

async function told(): Promise<readonly string[]> {
  await github.settled();
  return receiver.names;
}

describe('an installation', () => {
  it('tells its App of itself, whatever the App subscribed to', async () => {
    const other = await github.createRepository('other', { owner: ada });
    const installation = github.install(app, ada, [churn]);
    await github.settled();
    installation.add([other], ada);
    await github.settled();
    installation.remove([churn], ada);
    await github.settled();
    installation.accept({ ...permissions, checks: 'write' }, ada);
    await github.settled();
    installation.uninstall(ada);
    expect(await told()).toEqual([
      'installation.created',
      'installation_repositories.added',
      'installation_repositories.removed',
      'installation.new_permissions_accepted',
      'installation.deleted',
    ]);
    expect(receiver.received[0]?.payload).toMatchObject({
      installation: { id: installation.id, repository_selection: 'selected' },
      repositories: [{ full_name: 'ada/churn' }],
      sender: { login: 'ada' },
    });
    expect(receiver.received[1]?.payload).toMatchObject({ repositories_added: [{ full_name: 'ada/other' }] });
    const { data } = await signed().rest.apps.listWebhookDeliveries();
    expect(data[0]).toMatchObject({ event: 'installation', installation_id: installation.id, repository_id: null });
  });

  it('that is suspended gives no token, refuses those it gave, and is told of nothing', async () => {
    const installation = github.install(app, ada);
    const { data } = await signed().rest.apps.createInstallationAccessToken({ installation_id: installation.id });
    await signed().rest.apps.suspendInstallation({ installation_id: installation.id });
    const suspended = { status: 403, message: /This installation has been suspended/ };
    const asked = signed().rest.apps.createInstallationAccessToken({ installation_id: installation.id });
    await expect(asked).rejects.toMatchObject(suspended);
    await expect(as(data.token).rest.repos.get(at)).rejects.toMatchObject(suspended);
    churn.issues.comment(
      churn.issues.open({ title: 'Drift', body: null, by: asPerson(ada) }).number,
      'Hm',
      asPerson(ada),
    );
    expect(await told()).toEqual(['installation.created', 'installation.suspend']);
    expect((await signed().rest.apps.getRepoInstallation(at)).data.suspended_at).toBe('2026-03-01T12:00:00Z');
    installation.unsuspend(ada);
    await as(data.token).rest.repos.get(at);
  });

  it('gives tokens for an hour', async () => {
    const installation = github.install(app, ada);
    const { data } = await signed().rest.apps.createInstallationAccessToken({ installation_id: installation.id });
    now = new Date('2026-03-01T12:59:59Z');
    await as(data.token).rest.repos.get(at);
    now = new Date('2026-03-01T13:00:00Z');
    await expect(as(data.token).rest.repos.get(at)).rejects.toMatchObject({ status: 401 });
  });

  it('is of no token once it is gone', async () => {
    const installation = github.install(app, ada);
    const token = github.token({ installation });
    installation.uninstall(ada);
    await expect(as(token).rest.repos.get(at)).rejects.toMatchObject({ status: 401 });
  });
});

describe('a manifest', () => {
  const manifest = {
    name: 'Touchstone of Ada',
    url: 'https://example.com',
    default_permissions: { checks: 'write' },
    default_events: ['check_run'],
  } as const;

  it('becomes an App by a code that works once', async () => {
    const code = github.offer({ ...manifest, hook_attributes: { url: receiver.url } }, ada);
    const anyone = openGitHub({ baseUrl: github.apiUrl, token: github.token({ user: ada }) });
    const { data } = await anyone.rest.apps.createFromManifest({ code });
    expect(data).toMatchObject({ slug: 'touchstone-of-ada', permissions: { checks: 'write' }, events: ['check_run'] });
    const made = signed(data.pem, data.id);
    expect((await made.rest.apps.getAuthenticated()).data).toMatchObject({ id: data.id, client_id: data.client_id });
    expect(github.hooks.all.at(-1)?.secret).toBe(data.webhook_secret);
    await expect(anyone.rest.apps.createFromManifest({ code })).rejects.toMatchObject({ status: 404 });
    const late = github.offer({ ...manifest, name: 'Late' }, ada);
    now = new Date('2026-03-01T13:00:00Z');
    await expect(anyone.rest.apps.createFromManifest({ code: late })).rejects.toMatchObject({ status: 404 });
  });
});

describe('the hook of an App', () => {
  it('is moved by the App, and its secret is never shown', async () => {
    const { apps } = signed().rest;
    expect((await apps.getWebhookConfigForApp()).data).toMatchObject({ url: receiver.url, secret: '********' });
    await move({ url: 'http://127.0.0.1:9/', secret: 'new' });
    expect((await apps.getWebhookConfigForApp()).data.url).toBe('http://127.0.0.1:9/');
    expect(github.hooks.all[0]).toMatchObject({ url: 'http://127.0.0.1:9/', secret: 'new' });
  });

  it('lists its deliveries from one cursor to the next, failures alone where they are asked for', async () => {
    const installation = github.install(app, ada);
    await github.settled();
    await move({ url: 'http://127.0.0.1:9/' });
    for (let each = 0; each < 3; each++) {
      installation.accept(permissions, ada);
      await github.settled();
    }
    const client = signed();
    const route = 'GET /app/hook/deliveries';
    const all = await client.paginate(client.rest.apps.listWebhookDeliveries, { per_page: 2 });
    expect(all.map(({ action }) => action)).toEqual([...Array<string>(3).fill('new_permissions_accepted'), 'created']);
    const { data, headers } = await client.request(route, { status: 'failure', per_page: 2 });
    expect(data.map(({ status_code }) => status_code)).toEqual([502, 502]);
    const cursor = /cursor=([^&>]+)/.exec(headers.link ?? '')?.[1] ?? '';
    expect((await client.request(route, { status: 'failure', per_page: 2, cursor })).data).toHaveLength(1);
    await expect(client.request(route, { cursor: 'nothing' })).rejects.toMatchObject({ status: 400 });
  });
});

describe('an App that may', () => {
  it('hears of a pull request, step by step', async () => {
    github.install(app, ada);
    const before = await churn.commit('topic', { 'train.py': '1' });
    await churn.commit('strict', { 'touchstone.yml': 'version: 1\n' });
    const base = { ref: 'main', sha: (await churn.resolve('main')) ?? '' };
    const head = { repository: churn, ref: 'topic', sha: before };
    const pull = await churn.pulls.open({ title: 'Train', head, base, draft: true, by: asPerson(ada) });
    await github.settled();
    const ofAda = as(github.token({ user: ada }));
    const after = await churn.commit('topic', { 'train.py': '2' });
    await github.settled();
    expect(receiver.received.at(-1)?.payload).toMatchObject({ action: 'synchronize', before, after });
    await ofAda.rest.pulls.update({ ...at, pull_number: 1, base: 'strict' });
    await github.settled();
    expect(receiver.received.at(-1)?.payload).toMatchObject({ changes: { base: { ref: { from: 'main' } } } });
    for (const isDraft of [false, true]) {
      await churn.pulls.setDraft(pull, isDraft, asPerson(ada));
      await github.settled();
    }
    for (const state of ['closed', 'open'] as const) {
      await ofAda.rest.pulls.update({ ...at, pull_number: 1, state });
      await github.settled();
    }
    const { data } = await ofAda.rest.issues.createComment({ ...at, issue_number: 1, body: 'Hm' });
    await github.settled();
    await ofAda.rest.issues.updateComment({ ...at, comment_id: data.id, body: 'Yes' });
    await github.settled();
    await ofAda.rest.issues.deleteComment({ ...at, comment_id: data.id });
    expect(await told()).toEqual([
      'installation.created',
      'pull_request.opened',
      'pull_request.synchronize',
      'pull_request.edited',
      'pull_request.ready_for_review',
      'pull_request.converted_to_draft',
      'pull_request.closed',
      'pull_request.reopened',
      'issue_comment.created',
      'issue_comment.edited',
      'issue_comment.deleted',
    ]);
  });

  it('hears of a group that waits to be merged', async () => {
    github.install(app, ada);
    const sha = await churn.commit('topic', { 'train.py': '1' });
    const base = { ref: 'main', sha: (await churn.resolve('main')) ?? '' };
    const head = { repository: churn, ref: 'topic', sha };
    const pull = await churn.pulls.open({ title: 'Train', head, base, by: asPerson(ada) });
    const entry = await churn.mergeQueue.enqueue(pull, asPerson(ada));
    await github.settled();
    await churn.mergeQueue.remove(entry, asPerson(ada));
    expect((await told()).filter((name) => name.startsWith('merge_group'))).toEqual([
      'merge_group.checks_requested',
      'merge_group.destroyed',
    ]);
  });
});
