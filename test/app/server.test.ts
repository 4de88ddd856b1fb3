import { request } from 'node:http';
import { expect, it } from 'vitest';
import { openServer } from '../../app/server.ts';
import { deliver, runningApp, WEBHOOK_PATH, type RunningApp } from './runningApp.ts';

async function ask({ url }: RunningApp, path: string, init: RequestInit = {}): Promise<readonly [number, string]> {
  const answer = await fetch(`${url}${path}`, init);
  return [answer.status, await answer.text()];
}

it('is healthy while it works, and ready once GitHub knows it and until it stops', async () => {
  const app = await runningApp();
  expect(await ask(app, '/healthz')).toEqual([200, 'ok\n']);
  expect(await ask(app, '/readyz')).toEqual([503, expect.stringContaining('starting')]);
  app.readiness.become({ kind: 'not-ready', why: 'GitHub cannot be reached: connection refused' });
  expect(await ask(app, '/readyz')).toEqual([503, 'GitHub cannot be reached: connection refused\n']);
  app.readiness.become({ kind: 'ready' });
  expect(await ask(app, '/readyz')).toEqual([200, 'ready\n']);
  app.readiness.stop();
  app.readiness.become({ kind: 'ready' });
  expect(await ask(app, '/readyz')).toEqual([503, 'stopping\n']);
  expect(await ask(app, '/healthz')).toEqual([200, 'ok\n']);
});

it('counts deliveries by event and outcome, refused ones by reason, and what others add, in the format of Prometheus', async () => {
  const app = await runningApp();
  await deliver(app, '{}', { event: 'check_run' });
  await deliver(app, '[]');
  const answer = await fetch(`${app.url}/metrics`);
  const text = await answer.text();
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(text).toContain('touchstone_deliveries_total{event="check_run",outcome="acknowledged"} 1');
  expect(text).toContain('touchstone_deliveries_refused_total{reason="no-object"} 1');
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
});

it.each([
  ['GET', '/', 404],
  ['GET', '/probot', 404],
  ['POST', '/', 404],
  ['GET', `${WEBHOOK_PATH}/`, 404],
  ['GET', WEBHOOK_PATH, 405],
  ['PUT', WEBHOOK_PATH, 405],
  ['POST', '/metrics', 405],
  ['DELETE', '/healthz', 405],
])('answers %s %s with %i', async (method, path, status) => {
  const app = await runningApp();
  const body = method === 'GET' ? {} : { body: 'x'.repeat(100_000) };
  expect((await ask(app, path, { method, ...body }))[0]).toBe(status);
});

it('answers an address that is none', async () => {
  const app = await runningApp();
  const status = await new Promise((resolve, reject) => {
    request(app.url, { path: '//[' }, (answer) => resolve(answer.resume().statusCode))
      .on('error', reject)
      .end();
  });
  expect(status).toBe(404);
});

it('says that a port is taken', async () => {
  const { url, metrics, readiness, webhooks } = await runningApp();
  const second = openServer(
    { webhookPath: WEBHOOK_PATH, webhooks, readiness, metrics },
    Number(new URL(url).port),
    '127.0.0.1',
  );
  await expect(second).rejects.toMatchObject({ name: 'ServiceFailure', code: 'port-taken' });
});
