import { createHmac, generateKeyPairSync, createSign } from 'node:crypto';
import { type IncomingHttpHeaders, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GitHubClient, openGitHub } from '../../../src/adapters/github/gitHubClient.ts';
import { GitHub } from '../gitHub.ts';
import type { Account } from '../state/account.ts';
import type { App, Installation } from '../state/app.ts';
import type { StandInRepository } from '../state/repository.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const SECRET = 'a secret that only both know';
const at = { owner: 'acme', repo: 'churn' };

let github: GitHub;
let acme: Account;
let churn: StandInRepository;
let app: App;
let receiver: Server;
let received: Received[];
/** What the receiver answers. */
let status: number;

beforeEach(async () => {
  github = await GitHub.start();
  acme = github.createOrganization('acme');
  churn = await github.createRepository('churn', { owner: acme });
  await churn.commit('main', { 'README.md': 'Churn\n' });
  app = github.createApp('touchstone', {
    owner: acme,
    publicKey: keys.publicKey,
    permissions: { pull_requests: 'write', contents: 'read' },
    events: ['push', 'pull_request'],
  });
  received = [];
  status = 200;
  receiver = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      received.push({ headers: request.headers, text });
      response.writeHead(status).end('ok');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  github.hooks.add({ owner: { kind: 'app', app }, url, secret: SECRET, events: ['push', 'pull_request'] });
});

/** Takes the App in; what it is told of that is not what a test is about. */
async function install(): Promise<Installation> {
  const installation = github.install(app, acme);
  await github.settled();
  received.length = 0;
  github.hooks.deliveries.length = 0;
  return installation;
}

afterEach(async () => {
  await github.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

function jwt(claims: Record<string, unknown> = {}, privateKey = keys.privateKey, algorithm = 'RS256'): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${part({ alg: algorithm, typ: 'JWT' })}.${part({ iss: String(app.id), iat: now - 60, exp: now + 500, ...claims })}`;
  return `${body}.${createSign('RSA-SHA256').update(body).sign(privateKey, 'base64url')}`;
}

const as = (token: string): GitHubClient => openGitHub({ baseUrl: github.apiUrl, token, msPerSecond: 1 });
const pushed = async (): Promise<string[]> => {
  await github.settled();
  return received.map(({ text }) => (JSON.parse(text) as { after: string }).after);
};

describe('an App', () => {
  it('is who signs with its key, for ten minutes at the most', async () => {
    expect((await as(jwt()).rest.apps.getAuthenticated()).data).toMatchObject({ slug: 'touchstone', id: app.id });
    const now = Math.floor(Date.now() / 1000);
    const other = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const forged = [
      jwt({}, other.privateKey),
      jwt({ exp: now - 1 }),
      jwt({ exp: now + 3600 }),
      jwt({ iat: now + 100 }),
      jwt({ iss: '7' }),
      jwt({}, keys.privateKey, 'none'),
    ];
    for (const token of forged)
      await expect(as(token).rest.apps.getAuthenticated()).rejects.toMatchObject({ status: 401 });
  });

  it('gets tokens where it is installed, for no more than it was granted', async () => {
    const other = await github.createRepository('other', { owner: acme, private: true });
    const { id } = github.install(app, acme);
    const ofApp = as(jwt());
    expect((await ofApp.rest.apps.getRepoInstallation(at)).data.id).toBe(id);

    const { data } = await ofApp.rest.apps.createInstallationAccessToken({
      installation_id: id,
      repositories: ['churn'],
      permissions: { contents: 'read' },
    });
    expect(data.permissions).toEqual({ contents: 'read' });
    const client = as(data.token);
    expect(
      (await client.rest.apps.listReposAccessibleToInstallation()).data.repositories.map(({ name }) => name),
    ).toEqual(['churn']);
    expect((await client.rest.repos.listCommits(at)).data).toHaveLength(1);
    await expect(client.rest.repos.get({ owner: 'acme', repo: other.name })).rejects.toMatchObject({ status: 404 });
    await expect(client.rest.pulls.create({ ...at, title: 'x', head: 'x', base: 'main' })).rejects.toMatchObject({
      status: 403,
    });

    const tooMuch = ofApp.rest.apps.createInstallationAccessToken({
      installation_id: id,
      permissions: { checks: 'write' },
    });
    await expect(tooMuch).rejects.toMatchObject({ status: 422 });
    await expect(as(data.token).rest.apps.getAuthenticated()).rejects.toMatchObject({ status: 401 });
  });
});

describe('a delivery', () => {
  it('is signed, and carries the event with the installation', async () => {
    const { id } = await install();
    const sha = await churn.commit('main', { 'README.md': 'More\n' });
    await github.settled();
    const [{ headers, text } = { headers: {}, text: '' }] = received;
    expect(headers['x-hub-signature-256']).toBe(`sha256=${createHmac('sha256', SECRET).update(text).digest('hex')}`);
    expect(headers).toMatchObject({
      'x-github-event': 'push',
      'x-github-hook-installation-target-type': 'integration',
    });
    expect(JSON.parse(text)).toMatchObject({
      ref: 'refs/heads/main',
      after: sha,
      installation: { id },
      head_commit: { modified: ['README.md'] },
    });
  });

  it('does not come from where the App is not installed', async () => {
    await churn.commit('main', { 'README.md': 'More\n' });
    await github.settled();
    expect(received).toEqual([]);
  });

  it('may not come, come twice, or come late and in another order', async () => {
    await install();
    github.hooks.disturb({ how: 'drop' });
    await churn.commit('a', { a: 'a' });
    expect(await pushed()).toEqual([]);

    github.hooks.disturb({ how: 'duplicate' });
    const twice = await churn.commit('b', { b: 'b' });
    expect(await pushed()).toEqual([twice, twice]);
    expect(new Set(received.map(({ headers }) => headers['x-github-delivery'])).size).toBe(1);

    received.length = 0;
    github.hooks.disturb({ event: 'push', how: 'hold', times: 2 });
    const held = [await churn.commit('c', { c: 'c' }), await churn.commit('d', { d: 'd' })];
    const prompt = await churn.commit('e', { e: 'e' });
    expect(await pushed()).toEqual([prompt]);
    await github.hooks.release();
    expect(await pushed()).toEqual([prompt, ...held.reverse()]);
  });

  it('that failed is listed, and can be asked for again', async () => {
    await install();
    status = 500;
    const sha = await churn.commit('main', { 'README.md': 'More\n' });
    await github.settled();
    status = 202;
    const ofApp = as(jwt());
    const { data: failed } = await ofApp.rest.apps.listWebhookDeliveries({ status: 'failure' });
    expect(failed).toMatchObject([{ event: 'push', status_code: 500, redelivery: false }]);
    await ofApp.rest.apps.redeliverWebhookDelivery({ delivery_id: failed[0]?.id ?? 0 });
    expect(await pushed()).toEqual([sha, sha]);
    const { data: all } = await ofApp.rest.apps.listWebhookDeliveries();
    expect(all.map(({ guid, redelivery, status_code: code }) => [guid, redelivery, code])).toEqual([
      [failed[0]?.guid, true, 202],
      [failed[0]?.guid, false, 500],
    ]);
    const { data } = await ofApp.rest.apps.getWebhookDelivery({ delivery_id: failed[0]?.id ?? 0 });
    expect(data.request.payload).toMatchObject({ after: sha });
  });
});
