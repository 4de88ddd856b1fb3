import { afterEach, expect, it } from 'vitest';
import { firstContact } from '../../../src/adapters/githubStore/firstContact.ts';
import { openGitHub } from '../../../src/adapters/github/gitHubClient.ts';
import { ServiceFailure } from '../../../src/failure.ts';
import { openRegistry } from '../../../src/registry/layout.ts';
import { listAll } from '../../../src/registry/store.ts';
import { BLOBS } from '../../../src/registry/storeKey.ts';
import { secondaryLimit, serverError } from '../../github/faults.ts';
import { requestsOf, storeOnGitHub, type Place } from './storeOnGitHub.ts';

let place: Place | undefined;
afterEach(async () => {
  await place?.close();
  place = undefined;
});

/** What comes of asking for the rate limit, and how long it was waited between tries. */
async function contact(baseUrl: string): Promise<{ told: unknown; pauses: readonly number[] }> {
  const pauses: number[] = [];
  const pause = (seconds: number): Promise<void> => Promise.resolve(void pauses.push(seconds));
  const client = openGitHub({ baseUrl, msPerSecond: 1 });
  const ask = (request: object) => client.rest.rateLimit.get({ request });
  const told = await firstContact({ client, location: 'github:acme/churn', pause }, ask, 0.2).catch(
    (error: unknown) => error,
  );
  return { told, pauses };
}

it('a GitHub that cannot be reached is given up within seconds, and what was tried is told', async () => {
  place = await storeOnGitHub();
  await place.github.kill();
  const { told, pauses } = await contact(place.github.apiUrl);
  expect(told).toBeInstanceOf(ServiceFailure);
  expect(String(told)).toMatch(
    /github:acme\/churn: GitHub does not answer at http:\/\/127\.0\.0\.1:\d+\/api\/v3: asked 3 times, .*ECONNREFUSED/,
  );
  expect(pauses).toEqual([1, 2]);
});

it('one that takes a request and says nothing is not asked twice', async () => {
  place = await storeOnGitHub();
  place.github.faults.next({ answer: 'hang', times: 9 });
  const { told, pauses } = await contact(place.github.apiUrl);
  expect(String(told)).toMatch(/asked once, nothing within 0\.2 s/);
  expect(pauses).toEqual([]);
});

it.each([
  ['fails thrice', { answer: serverError(502), times: 3 }],
  ['asks to wait', { answer: secondaryLimit(1) }],
  ['breaks off twice', { answer: 'reset' as const, times: 2 }],
])('one that %s is asked again', async (_, fault) => {
  place = await storeOnGitHub();
  const { github, open } = place;
  await openRegistry(open(), 'write');
  github.faults.next(fault);
  await openRegistry(open(), 'read');
  expect(github.faults.pending).toBe(0);
});

it('one that was reached is asked patiently from there on', async () => {
  place = await storeOnGitHub();
  const { github, open } = place;
  await openRegistry(open(), 'write');
  const store = open();
  await openRegistry(store, 'read');
  const asked = await requestsOf(github, async () => {
    github.faults.next({ answer: 'reset', times: 3 });
    await listAll(store, BLOBS);
  });
  expect(asked.filter((request) => request.endsWith(' 0'))).toHaveLength(3);
});
