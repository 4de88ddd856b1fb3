import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitHubFacts } from '../../../src/adapters/diagnosis/gitHubFacts.ts';
import { openGitHub } from '../../../src/adapters/github/gitHubClient.ts';
import { TOUCHSTONE_RELEASE, workflowTemplates } from '../../../src/adapters/touchstoneRelease.ts';
import { APP_EVENTS, APP_PERMISSIONS } from '../../../src/diagnosis/appNeeds.ts';
import type { Check } from '../../../src/diagnosis/check.ts';
import { checkGitHub } from '../../../src/diagnosis/gitHub.ts';
import { requestsOf } from '../../diagnosis/repositorySettings.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';
import { GitHub } from '../../github/gitHub.ts';
import type { Permissions } from '../../github/route.ts';
import type { Account } from '../../github/state/account.ts';
import type { App, Installation } from '../../github/state/app.ts';
import type { StandInRepository } from '../../github/state/repository.ts';

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});
const NEEDED = Object.fromEntries(
  Object.entries(APP_PERMISSIONS).map(([name, { access }]) => [name, access]),
) as Permissions;
const NOBODY = 'https://127.0.0.1:1/api/github/webhooks';

let github: GitHub;
let acme: Account;
let ada: Account;
let churn: StandInRepository;
let app: App;
let installation: Installation;

beforeEach(async () => {
  github = await GitHub.start();
  acme = github.createOrganization('acme');
  ada = github.createUser('ada');
  churn = await github.createRepository('churn', { owner: acme, private: true });
  churn.allow(ada, 'admin');
  await answeredBy('app');
  app = github.createApp('touchstone', {
    owner: acme,
    publicKey: keys.publicKey,
    permissions: NEEDED,
    events: Object.keys(APP_EVENTS),
  });
  installation = github.install(app, acme);
  github.hooks.add({ owner: { kind: 'app', app }, url: NOBODY, secret: 'long enough', events: ['pull_request'] });
});

afterEach(async () => {
  await github.close();
});

/** As a team would commit the templates, with its word on who answers. */
async function answeredBy(who: 'job' | 'app'): Promise<void> {
  const templates = await workflowTemplates();
  const files = Object.entries(templates).map(([file, text]) => [
    `.github/workflows/${file}`,
    text
      .replace(/^ {10}answered-by:.*\n/m, '')
      .replace(/^( {10})(judged: .*\n)/m, (line, indent: string) => `${line}${indent}answered-by: ${who}\n`),
  ]);
  await churn.commit('main', Object.fromEntries(files) as Record<string, string>);
}

async function checks(credentials: Record<string, string> = key()): Promise<ReadonlyMap<string, Check>> {
  const env = {
    GITHUB_SERVER_URL: github.url,
    GITHUB_API_URL: github.apiUrl,
    GITHUB_REPOSITORY: churn.fullName,
    GITHUB_TOKEN: github.token({ user: ada }),
    ...credentials,
  };
  const facts = await gitHubFacts(env, { root: await temporaryFolder(), now: () => github.now() });
  const released = { release: TOUCHSTONE_RELEASE, templates: await workflowTemplates() };
  return new Map(checkGitHub(facts, released, undefined).map((check) => [check.id, check]));
}

const key = (): Record<string, string> => ({ APP_ID: String(app.id), PRIVATE_KEY: keys.privateKey });

const ofApp = (found: ReadonlyMap<string, Check>): Record<string, string> =>
  Object.fromEntries([...found].flatMap(([id, { status }]) => (id.startsWith('github.app') ? [[id, status]] : [])));

async function mend({ method = '', path: at = '', body = {} }: Partial<ReturnType<typeof requestsOf>[number]> = {}) {
  const client = openGitHub({ baseUrl: github.apiUrl, token: github.token({ user: ada }) });
  await client.request(`${method} /${at}`, { data: body });
}

describe('the App as GitHub tells of it to itself', () => {
  it('is as it should be, and the check is bound to it by the command that doctor says', async () => {
    const before = await checks();
    expect(ofApp(before)).toEqual({
      'github.app': 'ok',
      'github.app.permissions': 'ok',
      'github.app.events': 'ok',
      'github.app.hook': 'ok',
      'github.app.deliveries': 'not-applicable',
    });
    expect(before.get('github.workflows.touchstone-judge')?.status).toBe('ok');
    const required = before.get('github.check');
    expect(required?.status).toBe('problem');
    await mend(required && requestsOf(required)[0]);
    expect((await checks()).get('github.check')).toMatchObject({
      status: 'ok',
      found: expect.stringContaining(`touchstone (${app.id})`) as string,
    });
  });

  it('is put in the place of Actions by the command that doctor says, and back', async () => {
    churn.settings.protections.set('main', {
      strict: false,
      checks: [
        { context: 'tests', app_id: 99 },
        { context: 'touchstone', app_id: 15368 },
      ],
    });
    const before = (await checks()).get('github.check');
    expect(before?.found).toMatch(/from GitHub Actions alone/);
    await mend(before && requestsOf(before)[0]);
    expect(churn.settings.protections.get('main')?.checks).toEqual([
      { context: 'tests', app_id: 99 },
      { context: 'touchstone', app_id: app.id },
    ]);
    expect((await checks()).get('github.check')?.status).toBe('ok');
    await answeredBy('job');
    const back = (await checks()).get('github.check');
    expect(back?.expected).toContain('that is the Touchstone App');
    await mend(back && requestsOf(back)[0]);
    expect((await checks()).get('github.check')?.status).toBe('ok');
  });

  it('lacks what was taken from it, or not yet accepted', async () => {
    installation.permissions = { ...NEEDED, actions: 'read' };
    app.events = app.events.filter((event) => event !== 'check_run');
    const found = await checks();
    expect(found.get('github.app.permissions')?.found).toMatch(/actions: write, and nobody has accepted it here/);
    expect(found.get('github.app.permissions')?.remedy).toContain(`/settings/installations/${installation.id}`);
    expect(found.get('github.app.events')?.found).toMatch(/not told of check_run$/);
    expect(found.get('github.app.events')?.expected).toBe('check_run (the buttons of the check, and "Re-run")');
    expect(found.get('github.app.events')?.remedy).toContain(
      '/organizations/acme/settings/apps/touchstone/permissions',
    );
    app.permissions = { ...NEEDED, checks: 'read' };
    expect((await checks()).get('github.app.permissions')?.found).toMatch(/does not ask for checks: write$/);
  });

  it('hears of nothing where nobody answers at its address', async () => {
    await churn.commit('idea', { 'README.md': '1' });
    const client = openGitHub({ baseUrl: github.apiUrl, token: github.token({ user: ada }) });
    await client.rest.pulls.create({ owner: 'acme', repo: 'churn', head: 'idea', base: 'main', title: 'Idea' });
    await github.settled();
    const found = (await checks()).get('github.app.deliveries');
    expect(found?.status).toBe('problem');
    expect(found?.found).toMatch(/1 event was .*\(pull_request\).* with 502 \(failed to connect to host\)$/);
    expect(found?.remedy).toContain('/organizations/acme/settings/apps/touchstone/advanced');
  });

  it('is not installed, suspended or somebody else', async () => {
    installation.suspend(ada);
    expect((await checks()).get('github.app')?.found).toMatch(/suspended here/);
    app.installations.length = 0;
    expect(ofApp(await checks())).toMatchObject({ 'github.app': 'problem', 'github.app.permissions': 'ok' });
    expect((await checks({ ...key(), APP_ID: '1' })).get('github.app')?.found).toMatch(/no App 1 with this key/);
  });

  it('has no webhook, or one without a secret', async () => {
    github.hooks.all.length = 0;
    expect((await checks()).get('github.app.hook')?.found).toMatch(/has no webhook/);
    github.hooks.add({ owner: { kind: 'app', app }, url: NOBODY, secret: undefined, events: [] });
    expect((await checks()).get('github.app.hook')?.found).toMatch(/has no secret/);
  });

  it('is asked by its key in a file, with written line ends or in base64', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'key.pem');
    await writeFile(file, keys.privateKey);
    const { APP_ID = '' } = key();
    const forms = [
      { PRIVATE_KEY_PATH: file },
      { PRIVATE_KEY: keys.privateKey.replaceAll('\n', String.raw`\n`) },
      { PRIVATE_KEY: Buffer.from(keys.privateKey).toString('base64') },
    ];
    for (const form of forms) expect((await checks({ APP_ID, ...form })).get('github.app')?.status).toBe('ok');
    const unusable = [{ PRIVATE_KEY_PATH: path.join(folder, 'none.pem') }, { PRIVATE_KEY: 'none' }];
    for (const form of unusable) {
      expect((await checks({ APP_ID, ...form })).get('github.app')?.found).toMatch(/cannot be read|no private key/);
    }
  });

  it('is its number alone where its key is not there, and nothing without', async () => {
    const numbered = await checks({ APP_ID: String(app.id) });
    expect(ofApp(numbered)).toEqual({ 'github.app': 'not-applicable' });
    const required = numbered.get('github.check');
    await mend(required && requestsOf(required)[0]);
    expect((await checks({})).get('github.check')?.found).toContain(`the App ${app.id}; set APP_ID`);
    await answeredBy('job');
    expect(ofApp(await checks({}))).toEqual({});
  });

  it('changes by being looked at in nothing, in five requests', async () => {
    await checks();
    const asked = github.requests.filter(({ path: at }) => /^\/app(?:\/|$)/.test(at) || at.endsWith('/installation'));
    expect(asked.map(({ operation }) => operation).toSorted()).toEqual([
      'GET /app',
      'GET /app/hook/config',
      'GET /app/hook/deliveries',
      'GET /app/hook/deliveries',
      'GET /repos/{owner}/{repo}/installation',
    ]);
    expect(github.requests.filter(({ method, status }) => method !== 'GET' && status < 400)).toEqual([]);
  });
});
