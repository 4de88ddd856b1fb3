import fc from 'fast-check';
import { expect, it } from 'vitest';
import { REFUSALS } from '../../app/delivery.ts';
import { deliver, headersOf, headOf, runningApp, signatureOf, speak } from './runningApp.ts';

const BODY = JSON.stringify({ action: 'opened', number: 7 });
const header = fc.stringMatching(/^[!-~]{0,80}$/);
const STATUSES = Object.values(REFUSALS).map(({ status }) => status);

it('hands on no body that was not signed, whatever the headers say', async () => {
  let heard = 0;
  const app = await runningApp((probot) => probot.onAny(() => void (heard += 1)));
  const headers = fc.record(
    {
      'x-github-event': header,
      'x-github-delivery': header,
      'x-hub-signature-256': fc.oneof(
        header,
        fc.stringMatching(/^sha256=[\da-f]{64}$/),
        fc.constant(signatureOf(`${BODY}!`)),
      ),
      'content-type': fc.oneof(header, fc.constant('application/json')),
    },
    { requiredKeys: ['x-hub-signature-256'] },
  );
  await fc.assert(
    fc.asyncProperty(headers, fc.uint8Array({ maxLength: 200 }), async (changed, bytes) => {
      fc.pre(changed['x-hub-signature-256'] !== signatureOf(bytes));
      expect(STATUSES).toContain(await deliver(app, new Uint8Array(bytes), { headers: changed }));
    }),
    { numRuns: 150 },
  );
  expect(heard).toBe(0);
});

it('survives every JSON that is signed: objects are handed on, all else is refused', async () => {
  let heard = 0;
  const app = await runningApp((probot) => probot.onAny(() => void (heard += 1)));
  let objects = 0;
  await fc.assert(
    fc.asyncProperty(fc.json({ maxDepth: 4 }), async (body) => {
      const value: unknown = JSON.parse(body);
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      if (isObject) objects += 1;
      expect(await deliver(app, body)).toBe(isObject ? 202 : 400);
    }),
    { numRuns: 150 },
  );
  await expect.poll(() => heard).toBe(objects);
});

it('survives payloads whose fields are of another type than GitHub says', async () => {
  const app = await runningApp((probot) => probot.onAny(() => undefined));
  const payload = fc.record(
    { action: fc.jsonValue(), installation: fc.jsonValue(), repository: fc.jsonValue(), sender: fc.jsonValue() },
    { requiredKeys: [] },
  );
  const events = fc.constantFrom(
    'pull_request',
    'issue_comment',
    'check_run',
    'workflow_run',
    'merge_group',
    'installation',
  );
  await fc.assert(
    fc.asyncProperty(events, payload, async (event, typed) => {
      expect(await deliver(app, JSON.stringify(typed), { event })).toBe(202);
    }),
    { numRuns: 150 },
  );
  expect(await deliver(app, BODY)).toBe(202);
});

it('refuses a delivery that is cut off anywhere', async () => {
  let heard = 0;
  const app = await runningApp((probot) => probot.onAny(() => void (heard += 1)));
  const whole = headOf('push', BODY, { ...headersOf('push', BODY), 'content-length': String(BODY.length) }) + BODY;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: whole.length - 1 }), async (length) => {
      const answer = await speak(app, (write, end) => {
        write(whole.slice(0, length));
        end();
      });
      expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
    }),
    { numRuns: 100 },
  );
  expect(heard).toBe(0);
});
