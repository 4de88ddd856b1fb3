import { readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import nock from 'nock';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import type { AppProcess } from '../../app/appProcess.ts';
import { readSettings, readSurroundings, type Environment } from '../../app/settings.ts';
import { setUp } from '../../app/setup.ts';
import { mistakeIn } from '../fakes/mistakeOf.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { APP_KEY } from './runningApp.ts';
import { parseEnv } from 'node:util';

const ENV: Environment = { GHE_HOST: 'github.test', GHE_PROTOCOL: 'http', PORT: '0' };
const ADDRESS = 'https://touchstone.example.com';

/** As GitHub describes the answer of `POST /app-manifests/{code}/conversions`, with what is read of it. */
const CREATED = {
  id: 4711,
  slug: 'touchstone-acme',
  name: 'touchstone-acme',
  html_url: 'http://github.test/apps/touchstone-acme',
  client_id: 'Iv1.1',
  client_secret: 'nobody needs it',
  webhook_secret: 'e340154128314309424b7c8e90325147d99fdafa',
  pem: APP_KEY.privateKey,
};

afterEach(() => nock.cleanAll());

interface SettingUp {
  readonly folder: string;
  readonly root: string;
  readonly ended: Promise<void>;
  readonly said: { text: string };
  page(
    name: string,
    query?: { readonly [name: string]: string },
  ): Promise<{ readonly status: number; readonly html: string }>;
}

async function begin(files: { readonly [name: string]: string } = {}, env = ENV): Promise<SettingUp> {
  const folder = await temporaryFolder(files);
  const said = { text: '' };
  const stopping = new AbortController();
  const process: AppProcess = {
    env,
    stdout: { write: (text) => (said.text += text) },
    stderr: { write: (text) => (said.text += text) },
    signal: stopping.signal,
    readFile: (file) => readFileSync(file, 'utf8'),
    manifestFile: path.resolve(import.meta.dirname, '../../app.yml'),
    envFile: path.join(folder, '.env'),
  };
  const ended = setUp(process, readSurroundings(env));
  onTestFinished(async () => {
    stopping.abort();
    await ended.catch(() => undefined);
  });
  await Promise.race([ended, expect.poll(() => said.text).toMatch(/http:\/\/localhost:\d+\//)]);
  const root = /http:\S+/.exec(said.text)?.[0] ?? '';
  const page: SettingUp['page'] = async (name, query = {}) => {
    const answer = await fetch(`${root}${name}?${new URLSearchParams(query).toString()}`);
    return { status: answer.status, html: await answer.text() };
  };
  return { folder, root, ended, said, page };
}

function attribute(html: string, pattern: RegExp): string {
  const entities: { readonly [entity: string]: string } = {
    '&amp;': '&',
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
  };
  return (pattern.exec(html)?.[1] ?? '').replaceAll(
    /&(?:amp|lt|gt|quot|#39);/g,
    (entity) => entities[entity] ?? entity,
  );
}

async function sent(
  setup: SettingUp,
  wishes: { readonly [name: string]: string } = {},
): Promise<{ action: URL; manifest: Record<string, unknown> }> {
  const { status, html } = await setup.page('send', {
    name: 'touchstone-acme',
    address: ADDRESS,
    organization: '',
    ...wishes,
  });
  expect(status).toBe(200);
  return {
    action: new URL(attribute(html, /action="([^"]+)" method="post"/)),
    manifest: JSON.parse(attribute(html, /name="manifest" value="([^"]+)"/)) as Record<string, unknown>,
  };
}

it('goes from no App to one whose keys are kept, and says what is next', async () => {
  const setup = await begin({ '.env': '# ours\nLOG_LEVEL=debug\nAPP_ID=' });
  expect((await setup.page('', { organization: 'acme' })).html).toContain('name="organization" value="acme"');
  const { action, manifest } = await sent(setup, { organization: 'acme' });
  expect(`${action.origin}${action.pathname}`).toBe('http://github.test/organizations/acme/settings/apps/new');
  expect(manifest).toMatchObject({
    name: 'touchstone-acme',
    hook_attributes: { url: `${ADDRESS}/api/github/webhooks`, active: true },
    redirect_url: `${setup.root}created`,
    default_permissions: { checks: 'write' },
  });
  nock('http://github.test').post('/api/v3/app-manifests/a-code/conversions').reply(201, CREATED);
  const { status, html } = await setup.page('created', {
    code: 'a-code',
    state: action.searchParams.get('state') ?? '',
  });
  expect([status, html]).toEqual([
    200,
    expect.stringContaining('http://github.test/apps/touchstone-acme/installations/new'),
  ]);
  await setup.ended;
  expect(setup.said.text).toContain('http://github.test/apps/touchstone-acme/installations/new');
  const file = path.join(setup.folder, '.env');
  const text = readFileSync(file, 'utf8');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(text).toMatch(/^# ours\nLOG_LEVEL=debug\n/);
  expect(readSettings({ ...parseEnv(text) }, () => '')).toMatchObject({
    appId: 4711,
    privateKey: APP_KEY.privateKey,
    webhookSecret: CREATED.webhook_secret,
  });
  expect(setup.said.text + html).not.toContain(CREATED.webhook_secret);
});

it('asks in the name of whoever is signed in where no organisation is named', async () => {
  const { action } = await sent(await begin());
  expect(action.pathname).toBe('/settings/apps/new');
});

it('shows itself to nobody who was not told the word in its address', async () => {
  const { root } = await begin();
  const { origin } = new URL(root);
  for (const guess of ['/', '/send', '/created?code=a&state=b', '/token/', `${new URL(root).pathname.slice(0, -2)}/`]) {
    expect((await fetch(`${origin}${guess}`)).status).toBe(404);
  }
  expect((await fetch(root, { method: 'POST' })).status).toBe(405);
});

it.each([
  ['another state', 403, { code: 'a-code', state: 'guessed' }],
  ['no state', 403, { code: 'a-code' }],
])('takes no code with %s', async (_, status, query) => {
  const setup = await begin();
  const asked = nock('http://github.test').post(/./).reply(201, CREATED);
  expect((await setup.page('created', query)).status).toBe(status);
  expect(asked.isDone()).toBe(false);
});

it('takes no code that would lead elsewhere', async () => {
  const setup = await begin();
  const { action } = await sent(setup);
  const state = action.searchParams.get('state') ?? '';
  expect((await setup.page('created', { code: '../../user', state })).status).toBe(400);
});

it('says that GitHub knows no such code, and can be tried again', async () => {
  const setup = await begin();
  const state = (await sent(setup)).action.searchParams.get('state') ?? '';
  nock('http://github.test').post('/api/v3/app-manifests/old/conversions').reply(404, { message: 'Not Found' });
  expect(await setup.page('created', { code: 'old', state })).toMatchObject({
    status: 502,
    html: expect.stringContaining('(404)') as string,
  });
  nock('http://github.test').post('/api/v3/app-manifests/new/conversions').reply(201, CREATED);
  expect((await setup.page('created', { code: 'new', state })).status).toBe(200);
});

it.each([
  ['no address', { address: '' }],
  ['an address that is none', { address: 'touchstone' }],
  ['a name that is too long', { name: 'x'.repeat(35) }],
  ['an organisation that is none', { organization: '../acme' }],
])('asks again where there is %s', async (_, wishes) => {
  const setup = await begin();
  const { status, html } = await setup.page('send', {
    name: 'touchstone',
    address: ADDRESS,
    organization: '',
    ...wishes,
  });
  expect([status, html]).toEqual([422, expect.stringContaining('class="wrong"')]);
});

it('asks again where github.com could not reach the address', async () => {
  const setup = await begin({}, { PORT: '0' });
  expect((await setup.page('send', { name: 'touchstone', address: 'http://localhost:3000' })).status).toBe(422);
});

it('keeps the path of an address that has one', async () => {
  const { manifest } = await sent(await begin(), { address: `${ADDRESS}/ml/` });
  expect(manifest['hook_attributes']).toMatchObject({ url: `${ADDRESS}/ml/api/github/webhooks` });
});

it('shows what a person typed as text', async () => {
  const { html } = await (await begin()).page('', { name: '"><script>alert(1)</script>' });
  expect(html).not.toContain('<script>');
});

it('begins nothing where a key is kept already', async () => {
  expect((await mistakeIn(begin({ '.env': 'WEBHOOK_SECRET=kept\n' }).then(({ ended }) => ended))).code).toBe(
    'setup-kept',
  );
});

it('overwrites no key that was kept meanwhile', async () => {
  const setup = await begin();
  const state = (await sent(setup)).action.searchParams.get('state') ?? '';
  const file = path.join(setup.folder, '.env');
  await writeFile(file, 'APP_ID=1\n');
  nock('http://github.test').post('/api/v3/app-manifests/a-code/conversions').reply(201, CREATED);
  expect((await setup.page('created', { code: 'a-code', state })).status).toBe(502);
  expect(readFileSync(file, 'utf8')).toBe('APP_ID=1\n');
});
