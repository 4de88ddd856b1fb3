import { expect, it } from 'vitest';
import { openGitHub } from '../../../src/adapters/github/gitHubClient.ts';

const LATE_MS = 100;

it('gives each of several requests at once its own time: what one has used up is not missed by those that follow', async () => {
  const answer = (): Response =>
    new Response('{}', { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' } });
  const answers = (_: unknown, asked?: RequestInit): Promise<Response> =>
    new Promise((resolve, reject) => {
      setTimeout(() => resolve(answer()), LATE_MS / 4);
      asked?.signal?.addEventListener('abort', () => reject(asked.signal?.reason as Error));
      if (asked?.signal?.aborted === true) reject(asked.signal.reason as Error);
    });
  const client = openGitHub({
    baseUrl: 'http://127.0.0.1',
    msPerSecond: 1,
    answerWithinMs: LATE_MS,
    fetch: answers,
    signal: new AbortController().signal,
  });
  const ask = (): Promise<unknown> => client.request('GET /rate_limit', { request: { retries: 0 } });
  const shared = (): Promise<unknown> => client.request('GET /rate_limit');
  await Promise.all([shared(), shared(), ask()]);
  await new Promise((resolve) => setTimeout(resolve, LATE_MS));
  await expect(shared()).resolves.toMatchObject({ status: 200 });
});

it('ends a try that is not answered in time', async () => {
  const client = openGitHub({
    baseUrl: 'http://127.0.0.1',
    msPerSecond: 1,
    answerWithinMs: 20,
    fetch: (_, asked) =>
      new Promise((__, reject) =>
        asked?.signal?.addEventListener('abort', () => reject(asked.signal?.reason as Error)),
      ),
  });
  await expect(client.request('GET /rate_limit', { request: { retries: 0 } })).rejects.toThrow(/timeout|aborted/);
});
