import { expect, it } from 'vitest';
import { exampleWebhooks } from './examplePayload.ts';
import { deliver, runningApp } from './runningApp.ts';

const webhooks = exampleWebhooks();

it('makes an example of each webhook that GitHub documents, which fits its schema', () => {
  expect(webhooks.length).toBeGreaterThan(250);
  // Nothing fits these two: GitHub says of an advisory's author that it is a user and null, both at once.
  const contradictory = ['repository-advisory-published', 'repository-advisory-reported'];
  expect(webhooks.filter(({ problems }) => problems.length > 0).map(({ name }) => name)).toEqual(contradictory);
});

it('survives every webhook that GitHub documents, and hands each to whoever listens', async () => {
  const heard: string[] = [];
  const app = await runningApp((probot) => {
    probot.onAny(({ name, payload }) => void heard.push(`${name} ${'action' in payload ? payload.action : ''}`));
  });
  for (const { event, payload } of webhooks) expect(await deliver(app, JSON.stringify(payload), { event })).toBe(202);
  const sent = webhooks.map(({ event, payload: { action } }) => `${event} ${typeof action === 'string' ? action : ''}`);
  await expect.poll(() => heard.toSorted()).toEqual(sent.toSorted());
});
