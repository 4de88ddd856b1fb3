import { expect, it } from 'vitest';
import { LARGEST_BODY } from '../../app/delivery.ts';
import { deliver, headOf, runningApp, signatureOf, speak, type Sent } from './runningApp.ts';

const BODY = JSON.stringify({ action: 'opened', installation: { id: 3 }, repository: { full_name: 'acme/churn' } });

it('hands a signed delivery to the handlers of its event, under its own id', async () => {
  const heard: unknown[] = [];
  const app = await runningApp((probot) => {
    probot.on('pull_request.opened', ({ id, name, payload }) => void heard.push({ id, name, payload }));
  });
  expect(await deliver(app, BODY, { headers: { 'x-github-delivery': 'd-1' } })).toBe(202);
  await expect.poll(() => heard).toEqual([{ id: 'd-1', name: 'pull_request', payload: JSON.parse(BODY) as unknown }]);
  const handled = 'touchstone_deliveries_total{event="pull_request",outcome="handled"}';
  await expect.poll(() => app.counted(handled)).toBe(1);
});

it('takes the charset of a content type, and a query behind the path', async () => {
  const app = await runningApp();
  expect(await deliver(app, BODY, { headers: { 'content-type': 'application/json; charset=utf-8' } })).toBe(202);
  expect(await deliver(app, BODY, { path: '/api/github/webhooks?from=github' })).toBe(202);
});

it('acknowledges before anything is done: a handler that hangs keeps nobody waiting', async () => {
  let began = 0;
  const app = await runningApp((probot) => {
    probot.on('pull_request', () => {
      began += 1;
      return new Promise<void>(() => undefined);
    });
  });
  const answers = await Promise.all([deliver(app, BODY), deliver(app, BODY), deliver(app, BODY)]);
  expect(answers).toEqual([202, 202, 202]);
  await expect.poll(() => began).toBe(3);
  expect(await app.counted('touchstone_deliveries_total{event="pull_request",outcome="handled"}')).toBe(0);
});

it('keeps to itself that a handler threw, and counts it', async () => {
  const app = await runningApp((probot) => {
    probot.on('pull_request', () => {
      throw new Error('a handler of this test');
    });
  });
  expect(await deliver(app, BODY)).toBe(202);
  const failed = 'touchstone_deliveries_total{event="pull_request",outcome="failed"}';
  await expect.poll(() => app.counted(failed)).toBe(1);
  expect(await deliver(app, BODY)).toBe(202);
});

const REFUSED: readonly (readonly [string, number, string, string, Sent])[] = [
  ['with another signature', 401, 'forged', BODY, { headers: { 'x-hub-signature-256': signatureOf(`${BODY} `) } }],
  [
    'signed with another secret',
    401,
    'forged',
    BODY,
    { headers: { 'x-hub-signature-256': signatureOf(BODY, 'development') } },
  ],
  ['signed with SHA-1', 401, 'forged', BODY, { headers: { 'x-hub-signature-256': `sha1=${'a'.repeat(40)}` } }],
  [
    'with a signature that is cut short',
    401,
    'forged',
    BODY,
    { headers: { 'x-hub-signature-256': signatureOf(BODY).slice(0, -1) } },
  ],
  ['with an empty signature', 401, 'forged', BODY, { headers: { 'x-hub-signature-256': '' } }],
  ['without a signature', 400, 'header-missing', BODY, { headers: { 'x-hub-signature-256': undefined } }],
  ['without an event', 400, 'header-missing', BODY, { headers: { 'x-github-event': undefined } }],
  ['without an id', 400, 'header-missing', BODY, { headers: { 'x-github-delivery': undefined } }],
  ["of Probot's own event for errors", 400, 'header-missing', BODY, { event: 'error' }],
  ['of an event that is no word', 400, 'header-missing', BODY, { event: '__proto__' }],
  ['with an id that is none', 400, 'header-missing', BODY, { headers: { 'x-github-delivery': 'a b' } }],
  [
    'of another content type',
    415,
    'not-json',
    BODY,
    { headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  ],
  ['of nearly the right content type', 415, 'not-json', BODY, { headers: { 'content-type': 'application/json5' } }],
  ['that is signed and no JSON', 400, 'no-object', 'payload=1', {}],
  ['that is signed and a list', 400, 'no-object', '[]', {}],
  ['that is signed and null', 400, 'no-object', 'null', {}],
  ['that is signed and empty', 400, 'no-object', '', {}],
];

it.each(REFUSED)('refuses a delivery %s (%i)', async (_, status, reason, body, sent) => {
  const heard: unknown[] = [];
  const app = await runningApp((probot) => probot.onAny((event) => void heard.push(event)));
  expect(await deliver(app, body, sent)).toBe(status);
  expect(await app.counted(`touchstone_deliveries_refused_total{reason="${reason}"}`)).toBe(1);
  expect(heard).toEqual([]);
  expect(await deliver(app, BODY)).toBe(202);
});

it.each(['unheard_of', 'constructor', 'projects_v9'])(
  'survives an event that Probot does not know: %s',
  async (event) => {
    const app = await runningApp();
    expect(await deliver(app, BODY, { event })).toBe(202);
    expect(await app.counted('touchstone_deliveries_total{event="other",outcome="acknowledged"}')).toBe(1);
    expect(await deliver(app, BODY)).toBe(202);
  },
);

it('refuses a body that says it is too large, without waiting for it', async () => {
  const app = await runningApp();
  const head = headOf('push', BODY, { 'content-length': String(LARGEST_BODY + 1) });
  expect(await speak(app, (write) => write(head))).toMatch(/^HTTP\/1\.1 413 /);
  expect(await app.counted('touchstone_deliveries_refused_total{reason="too-large"}')).toBe(1);
});

it('lets whoever sends a body that is too large read why', async () => {
  const app = await runningApp();
  const body = 'x'.repeat(2 * LARGEST_BODY);
  for (let time = 0; time < 5; time += 1) expect(await deliver(app, body)).toBe(413);
});

it('refuses a body that turns out too large', async () => {
  const app = await runningApp();
  const megabyte = 'x'.repeat(1024 * 1024);
  const chunk = `100000\r\n${megabyte}\r\n`;
  const heard = await speak(app, (write, end) => {
    write(headOf('push', BODY, { 'transfer-encoding': 'chunked' }));
    for (let sent = 0; sent <= LARGEST_BODY; sent += megabyte.length) write(chunk);
    end();
  });
  expect(heard).toMatch(/^HTTP\/1\.1 413 /);
  expect(await app.counted('touchstone_deliveries_refused_total{reason="too-large"}')).toBe(1);
});

it('takes the largest body that GitHub sends', async () => {
  const app = await runningApp();
  const frame = JSON.stringify({ action: 'opened', text: '' });
  const body = JSON.stringify({ action: 'opened', text: 'x'.repeat(LARGEST_BODY - frame.length) });
  expect(Buffer.byteLength(body)).toBe(LARGEST_BODY);
  expect(await deliver(app, body)).toBe(202);
});

it('refuses a body that ends before its length', async () => {
  const app = await runningApp();
  const heard = await speak(app, (write, end) => {
    write(headOf('push', BODY, { 'content-length': String(BODY.length) }) + BODY.slice(0, 9));
    end();
  });
  expect(heard).toMatch(/^HTTP\/1\.1 400 /);
  await expect.poll(() => app.counted('touchstone_deliveries_refused_total{reason="truncated"}')).toBe(1);
});

it('cuts off a body that does not come', async () => {
  const app = await runningApp(() => undefined, { patienceMs: 200 });
  const heard = await speak(app, (write) =>
    write(headOf('push', BODY, { 'content-length': '100' }) + BODY.slice(0, 9)),
  );
  expect(heard).toMatch(/^HTTP\/1\.1 408 /);
  await expect.poll(() => app.counted('touchstone_deliveries_refused_total{reason="slow"}')).toBe(1);
  expect(await app.counted('touchstone_deliveries_refused_total{reason="truncated"}')).toBe(0);
});

it('refuses what is no request at all', async () => {
  const app = await runningApp();
  expect(await speak(app, (write) => write('\u0016\u0003\u0001 hello\r\n\r\n'))).toMatch(/^HTTP\/1\.1 400 /);
  expect(await deliver(app, BODY)).toBe(202);
});

it('takes nothing any more once it is closed', async () => {
  const heard: unknown[] = [];
  const app = await runningApp((probot) => probot.onAny((event) => void heard.push(event)));
  app.webhooks.close();
  expect(await deliver(app, BODY)).toBe(503);
  expect(heard).toEqual([]);
});
