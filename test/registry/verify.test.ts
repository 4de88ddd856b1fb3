import { beforeAll, describe, expect, it } from 'vitest';
import { proveRegistry } from '../../src/commands/registryVerify.ts';
import { digestOfBytes, digestOfJson, type Json } from '../../src/identity/digest.ts';
import { parseModelName } from '../../src/identity/names.ts';
import { verifyRegistry } from '../../src/registry/verify.ts';
import { MemoryStore } from '../fakes/memoryStore.ts';
import { HOLDOUT, manifestDigestOf, MODEL, modelBytes, RegistryWorld } from '../fakes/registryWorld.ts';

const modelEvent = (seq: number): string => `models/churn/log/${String(seq).padStart(20, '0')}.json`;
const environmentEvent = (seq: number): string =>
  `environments/production/churn/log/${String(seq).padStart(20, '0')}.json`;

describe('proving a registry', () => {
  const whole = new MemoryStore();
  beforeAll(async () => {
    const world = new RegistryWorld(whole);
    for (const seed of [1, 2, 3]) await world.register(seed);
    await world.promote(1);
    await world.promote(2);
    await world.promote(3);
    await world.rollback();
  });

  it('finds nothing wrong with one that is whole, and counts what it went through', async () => {
    expect(await verifyRegistry(whole)).toEqual({
      problems: [],
      checked: {
        logs: 2,
        events: 7,
        versions: 3,
        verdicts: [...whole.objects.keys()].filter((key) => /^verdicts\/[^/]+\/[^/]+\.json$/.test(key)).length,
        blobs: [...whole.objects.keys()].filter((key) => key.startsWith('blobs/')).length,
      },
      unused: { blobs: 0, intents: 0, foreign: 0 },
    });
  });

  it('counts what no event names, and is not troubled by it', async () => {
    const store = whole.copy();
    store.objects.set(`blobs/sha256/${digestOfBytes('left over')}`, new TextEncoder().encode('left over'));
    store.objects.set(`intents/${digestOfBytes('left over')}.json`, new TextEncoder().encode('{}'));
    store.objects.set('models/churn/notes.txt', new TextEncoder().encode('mine'));
    expect(await verifyRegistry(store)).toMatchObject({ problems: [], unused: { blobs: 1, intents: 1, foreign: 1 } });
  });

  it('tells of every object that is lost, whichever it is', async () => {
    for (const key of whole.objects.keys()) {
      const store = whole.copy();
      store.objects.delete(key);
      const { problems } = await verifyRegistry(store);
      // Hints, counts of looks and verdicts that no version needs may go; so may the newest event: nothing follows it.
      const isFree = key.endsWith('/state.json') || key.includes('/looks/') || key === environmentEvent(4);
      if (isFree) expect({ key, problems }).toEqual({ key, problems: [] });
      else expect({ key, problems: problems.length }).not.toEqual({ key, problems: 0 });
    }
  });

  it('tells of every object that has one byte changed, whichever it is', async () => {
    for (const [key, bytes] of whole.objects) {
      if (key.endsWith('/state.json') || key.includes('/looks/')) continue;
      const store = whole.copy();
      const changed = Uint8Array.from(bytes);
      const middle = Math.floor(changed.length / 2);
      changed[middle] = (changed[middle] ?? 0) ^ 1;
      store.objects.set(key, changed);
      const { problems } = await verifyRegistry(store);
      // The newest event is vouched for by no other; only what contradicts the rest shows.
      if (key !== environmentEvent(4)) expect({ key, problems: problems.length }).not.toEqual({ key, problems: 0 });
    }
  });

  it('lists all that is wrong, not the first alone', async () => {
    const store = whole.copy();
    store.objects.delete(`blobs/sha256/${digestOfBytes(modelBytes(1))}`);
    store.objects.set(`blobs/sha256/${digestOfBytes(modelBytes(2))}`, modelBytes(1));
    store.objects.delete(environmentEvent(2));
    const { problems } = await verifyRegistry(store);
    const told = problems.map(({ kind, key }) => `${kind} ${key}`);
    expect(told).toContain(`absent blobs/sha256/${digestOfBytes(modelBytes(1))}`);
    expect(told).toContain(`altered blobs/sha256/${digestOfBytes(modelBytes(2))}`);
    expect(told).toContain(`gap ${environmentEvent(2)}`);
  });

  it.each<[string, (store: MemoryStore) => void, string, string]>([
    [
      'an event that was rewritten',
      (store) => edit(store, environmentEvent(1), { reason: 'another' }),
      `chain ${environmentEvent(2)}`,
      'sha256 of the event before',
    ],
    [
      'a number that is not its place',
      (store) => edit(store, environmentEvent(4), { seq: 9 }),
      `chain ${environmentEvent(4)}`,
      '"seq" is 9',
    ],
    [
      'an event that was done twice',
      (store) => edit(store, environmentEvent(4), { id: read(store, environmentEvent(1))['id'] }),
      `done-twice ${environmentEvent(4)}`,
      'same id',
    ],
    [
      'an intent that asks for something else',
      (store) => {
        const rollback = intentOf(store, environmentEvent(4));
        const other = intentOf(store, environmentEvent(1));
        store.objects.set(rollback, store.objects.get(other) ?? new Uint8Array());
      },
      `intent ${environmentEvent(4)}`,
      'asks for something else',
    ],
    [
      'an intent that was begun after its event',
      (store) => edit(store, intentOf(store, environmentEvent(4)), { after: 4 }),
      `intent ${environmentEvent(4)}`,
      'asks for something else',
    ],
    [
      'an event of another environment than its intent',
      (store) => {
        for (const seq of [1, 2, 3, 4]) {
          const moved = environmentEvent(seq).replace('production', 'staging');
          store.objects.set(moved, store.objects.get(environmentEvent(seq)) ?? new Uint8Array());
          edit(store, moved, { environment: 'staging' });
        }
      },
      `intent ${environmentEvent(1).replace('production', 'staging')}`,
      'asks for something else',
    ],
    [
      'a promotion whose evidence compares with another champion than it expects',
      (store) => edit(store, environmentEvent(3), { expect: manifestDigestOf(1) }),
      `contradiction ${environmentEvent(3)}`,
      'its evidence compares with another champion',
    ],
    [
      'a verdict that was rewritten',
      (store) => {
        for (const key of [...store.objects.keys()].filter((key) => /^verdicts\/[^/]+\/[^/]+\.json$/.test(key))) {
          const { judgement } = read(store, key) as { judgement: Record<string, Json> };
          edit(store, key, {
            judgement: { ...judgement, observations: [{ metric: 'auc', slice: 'overall', rows: 1 }] },
          });
        }
      },
      'altered verdicts/',
      'another sha256 than the evidence',
    ],
    [
      'a champion that was never registered',
      (store) => edit(store, environmentEvent(4), { champion: digestOfBytes('x'), manifest: digestOfBytes('x') }),
      `contradiction ${environmentEvent(4)}`,
      'not registered as v2',
    ],
    [
      'a champion under the number of another',
      (store) => edit(store, environmentEvent(4), { version: 3 }),
      `contradiction ${environmentEvent(4)}`,
      'not registered as v3',
    ],
    [
      'a champion that is not the manifest of its event',
      (store) => edit(store, environmentEvent(4), { manifest: manifestDigestOf(1) }),
      `contradiction ${environmentEvent(4)}`,
      'champion is not its manifest',
    ],
    [
      'a rollback to what never served',
      (store) =>
        edit(store, environmentEvent(4), { champion: manifestDigestOf(3), manifest: manifestDigestOf(3), version: 3 }),
      `contradiction ${environmentEvent(4)}`,
      'not champion before',
    ],
    [
      'a decision against a champion that did not serve',
      (store) => edit(store, environmentEvent(4), { expect: manifestDigestOf(1) }),
      `contradiction ${environmentEvent(4)}`,
      'decided against another champion',
    ],
    [
      'an event of another environment',
      (store) => edit(store, environmentEvent(4), { environment: 'staging' }),
      `contradiction ${environmentEvent(4)}`,
      'of the environment "staging"',
    ],
    [
      'a version that skips a number',
      (store) => edit(store, modelEvent(3), { version: 5 }),
      `contradiction ${modelEvent(3)}`,
      'not v3',
    ],
    [
      'a manifest that is registered twice',
      (store) => edit(store, modelEvent(3), { manifest: manifestDigestOf(1) }),
      `contradiction ${modelEvent(3)}`,
      'same manifest',
    ],
    [
      'evidence of another promotion',
      (store) => edit(store, modelEvent(3), { evidence: read(store, modelEvent(1))['evidence'] }),
      `contradiction ${modelEvent(3)}`,
      'compares something else',
    ],
    [
      'a promotion without a verdict',
      (store) => edit(store, environmentEvent(3), { evidence: read(store, environmentEvent(4))['evidence'] }),
      `contradiction ${environmentEvent(3)}`,
      'names no verdict',
    ],
    [
      'a field that no event has',
      (store) => edit(store, environmentEvent(4), { rollout: 50 }),
      `unreadable ${environmentEvent(4)}`,
      'rollout: unknown',
    ],
    [
      'an event with several fields wrong',
      (store) => edit(store, environmentEvent(4), { at: 'May', evidence: 'none' }),
      `unreadable ${environmentEvent(4)}`,
      'evidence: "none"',
    ],
    [
      'a verdict under the name of another',
      (store) => {
        const [first, second] = [...store.objects.keys()].filter((key) => /^verdicts\/[^/]+\/[^/]+\.json$/.test(key));
        store.objects.set(first ?? '', store.objects.get(second ?? '') ?? new Uint8Array());
      },
      'unreadable verdicts/',
      'not the digest of what was compared',
    ],
    [
      'a verdict on another holdout',
      (store) => {
        const [verdict = ''] = [...store.objects.keys()].filter((key) => /^verdicts\/[^/]+\/[^/]+\.json$/.test(key));
        store.objects.set(
          verdict.replace(HOLDOUT, digestOfBytes('other')),
          store.objects.get(verdict) ?? new Uint8Array(),
        );
      },
      'contradiction verdicts/',
      `on the holdout ${HOLDOUT}`,
    ],
    [
      'a folded state where none belongs',
      (store) =>
        edit(store, environmentEvent(4), { state: digestOfJson({ schema: 'touchstone/champions/v1', changes: [] }) }),
      `state ${environmentEvent(4)}`,
      'not the fold',
    ],
  ])('tells of %s', async (_, tamper, where, found) => {
    const store = whole.copy();
    tamper(store);
    const { problems } = await verifyRegistry(store);
    const told = problems.map((problem) => `${problem.kind} ${problem.key}: ${problem.found}`);
    expect(told.filter((line) => line.startsWith(where)).join('\n')).toContain(found);
  });

  it('tells of a folded state that is not the fold, and of one that is missing', async () => {
    const store = new MemoryStore();
    const world = new RegistryWorld(store);
    await world.register(1);
    await world.register(2);
    for (let turn = 0; turn < 256; turn += 1) await world.promote(1 + (turn % 2));
    for (const change of [{ state: digestOfBytes(modelBytes(1)) }, { state: undefined }]) {
      const tampered = store.copy();
      edit(tampered, environmentEvent(256), change);
      const { problems } = await verifyRegistry(tampered);
      expect(problems.map(({ kind, key }) => `${kind} ${key}`)).toContain(`state ${environmentEvent(256)}`);
    }
  });

  it('proves one model alone where that is asked, and knows no other', async () => {
    const store = whole.copy();
    store.objects.set(`blobs/sha256/${digestOfBytes('x')}`, new TextEncoder().encode('y'));
    expect((await proveRegistry(store, MODEL)).problems).toEqual([]);
    expect((await proveRegistry(store)).problems).toHaveLength(1);
    await expect(proveRegistry(store, parseModelName('chrun'))).rejects.toThrow('If you mean "churn", say so.');
  });
});

function read(store: MemoryStore, key: string): Record<string, Json> {
  return JSON.parse(store.text(key)) as Record<string, Json>;
}

function edit(store: MemoryStore, key: string, change: Record<string, Json | undefined>): void {
  const text = JSON.stringify({ ...read(store, key), ...change });
  store.objects.set(key, new TextEncoder().encode(text));
}

function intentOf(store: MemoryStore, event: string): string {
  return `intents/${(read(store, event) as { id: string }).id}.json`;
}

describe('a registry that is verified while others write', () => {
  it('lacks no event that a list passed by and whose successor it holds', async () => {
    const store = new MemoryStore();
    const world = new RegistryWorld(store);
    for (const seed of [1, 2, 3, 4]) await world.register(seed);
    // POSIX leaves open whether a folder's reader sees a name that is made meanwhile; the third was, and the fourth.
    const torn = Object.assign(Object.create(store) as MemoryStore, {
      list: async function* (...args: Parameters<MemoryStore['list']>) {
        for await (const name of store.list(...args)) if (!name.endsWith('3.json')) yield name;
      },
    });
    expect((await verifyRegistry(torn)).problems).toEqual([]);
    store.objects.delete('models/churn/log/00000000000000000003.json');
    expect((await verifyRegistry(torn)).problems).toContainEqual(expect.objectContaining({ kind: 'gap' }));
  });
});
