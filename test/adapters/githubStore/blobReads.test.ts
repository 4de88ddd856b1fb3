import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ServiceFailure } from '../../../src/failure.ts';
import type { RegistryStore } from '../../../src/registry/store.ts';
import { INTENTS, parseStoreKey, type StoreKey } from '../../../src/registry/storeKey.ts';
import { secondaryLimit, serverError, type Fault } from '../../github/faults.ts';
import { requestsOf, storeOnGitHub, type Place } from './storeOnGitHub.ts';

const QUERY = 'POST /graphql 200';
const ALONE = 'GET /repos/{owner}/{repo}/git/blobs/{file_sha} 200';
const KEYS = Array.from({ length: 230 }, (_, at) => parseStoreKey(`${INTENTS}${at}.json`));

const contentOf = (key: StoreKey): Buffer => Buffer.from(`{"é":"${key}"}\n`);

describe('documents that are read at once', () => {
  let place: Place;
  beforeEach(async () => {
    place = await storeOnGitHub();
  });
  afterEach(() => place.close());

  const keep = (files: Readonly<Record<string, Uint8Array>>): Promise<string> =>
    place.repository.commit('touchstone', files, { parent: null });
  const keepAll = (): Promise<string> => keep(Object.fromEntries(KEYS.map((key) => [key, contentOf(key)])));

  /** What reading keys at once asked for, after the look at the branch; and that it brought what is there. */
  async function asked(keys: readonly StoreKey[], store: RegistryStore = place.open()): Promise<readonly string[]> {
    await store.get(parseStoreKey('absent'));
    return requestsOf(place.github, async () => {
      const read = await Promise.all(keys.map((key) => store.get(key)));
      expect(read.map((bytes) => bytes && Buffer.from(bytes).toString())).toEqual(
        keys.map((key) => contentOf(key).toString()),
      );
    });
  }

  it('are one request for a hundred', async () => {
    await keepAll();
    expect(await asked(KEYS)).toEqual([QUERY, QUERY, QUERY]);
  });

  it('are one request where there is one', async () => {
    await keepAll();
    expect(await asked(KEYS.slice(0, 1))).toEqual([ALONE]);
    const twice = KEYS.slice(0, 1);
    expect(await asked([...twice, ...twice])).toEqual([ALONE]);
  });

  it('are no more than a query may bring', async () => {
    const large = KEYS.slice(0, 9);
    const content = (key: StoreKey): Buffer => Buffer.concat([contentOf(key), Buffer.alloc(200_000, ' ')]);
    await keep(Object.fromEntries(large.map((key) => [key, content(key)])));
    const store = place.open();
    await store.get(parseStoreKey('absent'));
    const requests = await requestsOf(place.github, async () => {
      const read = await Promise.all(large.map((key) => store.get(key)));
      expect(read.map((bytes) => bytes?.length)).toEqual(large.map((key) => content(key).length));
    });
    // Two fit in half a megabyte, and the last is by itself.
    expect(requests.toSorted()).toEqual([ALONE, QUERY, QUERY, QUERY, QUERY]);
  });

  it('are read one by one by whom GitHub does not know', async () => {
    await keepAll();
    expect(await asked(KEYS.slice(0, 3), place.open('no token'))).toEqual([ALONE, ALONE, ALONE]);
  });

  it('are taken byte for byte: what is no text is read by itself', async () => {
    const strange: Readonly<Record<string, Buffer>> = {
      binary: Buffer.from([0, 1, 2]),
      'no UTF-8': Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
      'byte order mark': Buffer.from('\uFEFF{}'),
      lines: Buffer.from('a\r\nb\rc\n'),
      empty: Buffer.alloc(0),
      plain: Buffer.from('{}'),
    };
    const names = Object.keys(strange);
    await keep(Object.fromEntries(names.map((name) => [`${INTENTS}${name}`, strange[name] ?? Buffer.alloc(0)])));
    const store = place.open();
    await store.get(parseStoreKey('absent'));
    const requests = await requestsOf(place.github, async () => {
      const read = await Promise.all(names.map((name) => store.get(`${INTENTS}${name}` as StoreKey)));
      expect(read.map((bytes) => bytes && Buffer.from(bytes))).toEqual(Object.values(strange));
    });
    expect(requests).toEqual([QUERY, ALONE, ALONE]);
  });

  const answers = (body: unknown): Fault => ({ operation: 'POST /graphql', answer: { status: 200, body } });
  const limited = { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] };
  it.each<[string, Fault, queries: number, alone: number]>([
    ['nothing but an error', answers({ data: null, errors: [{ type: 'NOT_FOUND', message: 'none' }] }), 1, 20],
    ['an error without data', answers({ errors: [{ type: 'UNDEFINED', message: 'no' }] }), 1, 20],
    ['some of them as null', answers({ data: { repository: { blob0: null, blob1: { text: null } } } }), 1, 20],
    ['another text', answers({ data: { repository: { blob0: { text: 'other' } } } }), 1, 20],
    ['something else', answers({ data: [] }), 1, 20],
    ['a refusal', { operation: 'POST /graphql', answer: { status: 403, body: { message: 'no' } } }, 1, 20],
    ['that its hour is used up, for good', { ...answers(limited), times: 99 }, 1, 20],
    ['that it should wait', { operation: 'POST /graphql', answer: secondaryLimit(1) }, 2, 0],
    ['a time-out', { operation: 'POST /graphql', answer: serverError(502) }, 3, 0],
    [
      'that it went wrong',
      answers({ data: null, errors: [{ message: 'Something went wrong while executing your query.' }] }),
      3,
      0,
    ],
    ['nothing', { operation: 'POST /graphql', answer: 'reset' }, 3, 0],
    ['time-outs but for an eighth', { operation: 'POST /graphql', answer: serverError(504), times: 3 }, 7, 0],
    // Twenty, ten, five, three: it is not for their size.
    ['time-outs for good', { operation: 'POST /graphql', answer: serverError(502), times: 99 }, 4, 20],
  ])('are read all the same where a query is answered by %s', async (_, fault, queries, alone) => {
    await keepAll();
    place.github.faults.next(fault);
    const requests = await asked(KEYS.slice(0, 20));
    place.github.faults.clear();
    const count = (operation: string): number => requests.filter((request) => request.startsWith(operation)).length;
    expect({ queries: count('POST /graphql'), alone: count('GET ') }).toEqual({ queries, alone });
  });

  it('are not asked for one by one in vain where GitHub fails', async () => {
    await keepAll();
    const store = place.open();
    await store.get(parseStoreKey('absent'));
    place.github.faults.next({ answer: serverError(502), times: 1000 });
    const requests = await requestsOf(place.github, async () => {
      const told = await Promise.allSettled(KEYS.slice(0, 100).map((key) => store.get(key)));
      for (const one of told) {
        expect(one.status === 'rejected' ? one.reason : undefined).toBeInstanceOf(ServiceFailure);
      }
    });
    place.github.faults.clear();
    // Four queries, and eight files, each four times.
    expect(requests.length).toBeLessThanOrEqual(4 + 32);
  });

  it('are held against their ids', async () => {
    await keepAll();
    const store = place.open();
    await store.get(parseStoreKey('absent'));
    const body = {
      sha: 'a'.repeat(40),
      node_id: '',
      size: 2,
      url: 'https://api.github.com/',
      content: 'e30=',
      encoding: 'base64',
    };
    place.github.faults.next({ operation: /blobs/, answer: { status: 200, body }, times: 99 });
    place.github.faults.next(answers({ data: { repository: {} } }));
    const told: unknown = await Promise.all(KEYS.slice(0, 3).map((key) => store.get(key))).catch(
      (error: unknown) => error,
    );
    place.github.faults.clear();
    expect(told).toMatchObject({ code: 'registry_damaged' });
  });
});
