import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { EVENTS, PERMISSIONS } from '../../app/manifest.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { GitHub } from '../github/gitHub.ts';
import type { Permissions } from '../github/route.ts';
import { startApp, type StartedApp } from './appProcess.ts';
import { APP_KEY, deliver, SECRET } from './runningApp.ts';

type Env = { readonly [name: string]: string };

/** A GitHub that knows the App, and the environment of a process that is it. */
async function world(permissions: Permissions = PERMISSIONS): Promise<{ readonly github: GitHub; readonly env: Env }> {
  const github = await GitHub.start();
  onTestFinished(() => github.close());
  const owner = github.createOrganization('acme');
  const { publicKey, privateKey } = APP_KEY;
  const app = github.createApp('touchstone', { owner, publicKey, permissions, events: EVENTS });
  const env = { APP_ID: String(app.id), PRIVATE_KEY: privateKey, WEBHOOK_SECRET: SECRET };
  return { github, env: { ...env, GHE_HOST: new URL(github.url).host, GHE_PROTOCOL: 'http' } };
}

async function status(app: StartedApp, path: string): Promise<number> {
  return (await fetch(`${await app.url()}${path}`)).status;
}

it('starts, becomes ready when GitHub knows it, logs a line for each delivery and ends with 0 when it is asked to', async () => {
  const { github, env } = await world();
  const app = startApp({ ...env, LOG_LEVEL: 'debug' });
  await expect.poll(() => status(app, '/readyz'), { timeout: 20_000 }).toBe(200);
  const body = JSON.stringify({
    action: 'opened',
    installation: { id: 3 },
    repository: { full_name: 'acme/churn' },
    pull_request: { title: 'of nobody but the team' },
  });
  expect(await deliver({ url: await app.url() }, body, { headers: { 'x-github-delivery': 'd-1' } })).toBe(202);
  expect(await deliver({ url: await app.url() }, body, { headers: { 'x-hub-signature-256': 'of nobody' } })).toBe(401);
  await expect
    .poll(() => app.logged('delivery'))
    .toMatchObject([
      { id: 'd-1', event: 'pull_request', action: 'opened', installation: 3, repository: 'acme/churn', level: 30 },
    ]);
  app.process.kill('SIGTERM');
  expect(await app.ended).toEqual({ code: 0, signal: null });
  expect(app.logged('stopped')).toHaveLength(1);
  expect(app.said.stdout).not.toContain('of nobody');
  expect(app.said.stdout).not.toContain(SECRET);
  expect(app.said.stdout).not.toMatch(/PRIVATE KEY|eyJ/);
  expect(github.requests[0]?.operation).toBe('GET /app');
});

it('logs why a handler failed, and nothing of what it was told', async () => {
  const { env } = await world();
  const app = startApp({ ...env, LOG_LEVEL: 'trace' }, { main: 'slowApp.ts' });
  const body = JSON.stringify({ zen: 'of nobody but the team', repository: { full_name: 'acme/churn' } });
  expect(await deliver({ url: await app.url() }, body, { event: 'ping' })).toBe(202);
  await expect.poll(() => app.logged('the handler threw')).toHaveLength(1);
  expect(app.logged('delivery failed')).toMatchObject([{ event: 'ping', repository: 'acme/churn' }]);
  expect(app.said.stdout).toContain('slowApp.ts');
  expect(app.said.stdout + app.said.stderr).not.toContain('of nobody');
});

it('says which permissions the App lacks', async () => {
  const { env } = await world({ ...PERMISSIONS, checks: 'read' });
  const app = startApp(env);
  await expect.poll(() => app.said.stdout, { timeout: 20_000 }).toContain('"lacking":["checks: write"]');
  app.process.kill('SIGINT');
  expect((await app.ended).code).toBe(0);
});

it('is not ready while GitHub cannot be reached, takes webhooks all the same, and asks again', async () => {
  const { github, env } = await world();
  await github.kill();
  const app = startApp(env);
  await expect
    .poll(async () => await (await fetch(`${await app.url()}/readyz`)).text(), { timeout: 20_000 })
    .toMatch(/cannot be reached/);
  expect(await deliver({ url: await app.url() }, '{}')).toBe(202);
  await github.restart();
  await expect.poll(() => status(app, '/readyz'), { timeout: 20_000 }).toBe(200);
  app.process.kill('SIGTERM');
  expect((await app.ended).code).toBe(0);
});

it('stops while it still asks GitHub', async () => {
  const { github, env } = await world();
  await github.kill();
  const app = startApp(env);
  await app.url();
  app.process.kill('SIGTERM');
  expect((await app.ended).code).toBe(0);
  await github.restart();
});

it('ends at once when it is asked a second time', async () => {
  const { env } = await world();
  const app = startApp(env, { main: 'slowApp.ts' });
  await expect.poll(() => status(app, '/readyz'), { timeout: 20_000 }).toBe(200);
  app.process.kill('SIGTERM');
  await expect.poll(() => status(app, '/readyz')).toBe(503);
  app.process.kill('SIGTERM');
  expect((await app.ended).code).toBe(130);
});

it('takes no webhook once it is asked to stop, and lets what is at work end', async () => {
  const { env } = await world();
  const app = startApp(env, { main: 'slowApp.ts' });
  await expect.poll(() => status(app, '/readyz'), { timeout: 20_000 }).toBe(200);
  expect(await deliver({ url: await app.url() }, '{}')).toBe(202);
  app.process.kill('SIGTERM');
  await expect.poll(() => status(app, '/readyz')).toBe(503);
  expect(await deliver({ url: await app.url() }, '{}')).toBe(503);
  expect(await status(app, '/healthz')).toBe(200);
  expect((await app.ended).code).toBe(0);
  expect(app.logged('at work')).toMatchObject([{ graceMs: 25_000 }]);
  expect(app.logged('work is done')).toHaveLength(1);
});

it('ends with 2 and every problem where settings are wrong', async () => {
  const app = startApp({ APP_ID: 'x', WEBHOOK_SECRET: 'development' });
  expect((await app.ended).code).toBe(2);
  expect(
    app.said.stderr
      .trim()
      .split('\n')
      .map((line) => line.split(':')[0]),
  ).toEqual(['APP_ID', 'PRIVATE_KEY', 'WEBHOOK_SECRET']);
});

it('ends with 2 where GitHub knows no such App', async () => {
  const { env } = await world();
  const app = startApp({ ...env, APP_ID: '4711' });
  expect((await app.ended).code).toBe(2);
  expect(app.said.stderr).toContain('APP_ID and PRIVATE_KEY: ');
});

it('ends with 3 where the port is taken', async () => {
  const { env } = await world();
  const taken: Server = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void taken.close());
  const app = startApp({ ...env, PORT: String((taken.address() as AddressInfo).port) });
  expect((await app.ended).code).toBe(3);
});

it('reads no .env by itself: whoever starts it does', async () => {
  const folder = await temporaryFolder({ '.env': 'APP_ID=1\nLOG_LEVEL=trace\nPORT=1\n' });
  const { env } = await world();
  const app = startApp(env, { cwd: folder });
  await expect.poll(() => status(app, '/readyz'), { timeout: 20_000 }).toBe(200);
  app.process.kill('SIGTERM');
  await app.ended;
});
