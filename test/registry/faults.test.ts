import { describe, expect, it } from 'vitest';
import { ServiceFailure } from '../../src/failure.ts';
import type { Occasion } from '../../src/registry/operation.ts';
import { readChampion } from '../../src/registry/champions.ts';
import { verifyRegistry } from '../../src/registry/verify.ts';
import { FaultyStore, type Fault } from '../fakes/faultyStore.ts';
import { MemoryStore } from '../fakes/memoryStore.ts';
import { MODEL, PRODUCTION, RegistryWorld } from '../fakes/registryWorld.ts';

const CAUSE: Partial<Occasion> = { cause: 'comment 17', reason: 'why not' };

interface Deed {
  readonly name: string;
  readonly before: (world: RegistryWorld) => Promise<unknown>;
  readonly act: (world: RegistryWorld) => Promise<{ readonly kind: string }>;
  readonly champions: { readonly before: number; readonly after: number };
  readonly events: number;
}

const DEEDS: readonly Deed[] = [
  {
    name: 'registering',
    before: (world) => world.register(1),
    act: (world) => world.register(2, CAUSE),
    champions: { before: 0, after: 0 },
    events: 2,
  },
  {
    name: 'promoting',
    before: async (world) => {
      await world.register(1);
      await world.register(2);
      await world.promote(1);
    },
    act: (world) => world.promote(2, { occasion: world.occasion(CAUSE) }),
    champions: { before: 1, after: 2 },
    events: 4,
  },
  {
    name: 'rolling back',
    before: async (world) => {
      for (const seed of [1, 2, 3]) await world.register(seed);
      for (const version of [1, 2, 3]) await world.promote(version);
    },
    act: (world) => world.rollback(CAUSE),
    champions: { before: 3, after: 2 },
    events: 7,
  },
];

describe.each(DEEDS)('$name while the store fails', ({ before, act, champions, events }) => {
  const faults: Pick<Fault, 'when' | 'how'>[] = [
    { when: 'before', how: 'dead' },
    { when: 'after', how: 'dead' },
    { when: 'before', how: 'once' },
    { when: 'after', how: 'once' },
  ];

  it.each(faults)('$when a call ($how), at each call in turn: a retry does it once', async ({ when, how }) => {
    let call = 1;
    for (; ; call += 1) {
      const store = new MemoryStore();
      await before(new RegistryWorld(store));
      const faulty = new FaultyStore(store, failure, { call, when, how });
      const told = await act(new RegistryWorld(faulty)).catch((error: unknown) => error);
      // Through all calls without meeting the fault: all have had their turn.
      if (faulty.calls < call) break;

      const world = new RegistryWorld(store);
      expect([champions.before, champions.after]).toContain(await world.champion());
      expect((await verifyRegistry(store)).problems).toEqual([]);
      // Whoever is told of success has it.
      if (!(told instanceof Error)) expect(await world.champion()).toBe(champions.after);

      await act(world);
      await act(world);
      expect(await world.champion()).toBe(champions.after);
      const verified = await verifyRegistry(store);
      expect(verified.problems).toEqual([]);
      expect(verified.checked.events).toBe(events);
    }
    // Rather few calls, and never none: or the loop has tested nothing.
    expect(call).toBeGreaterThan(8);
    expect(call).toBeLessThan(60);
  });

  it('is done where the answer to the event itself was lost, and says so', async () => {
    const store = new MemoryStore();
    await before(new RegistryWorld(store));
    const losing = losingAnswers(store);
    expect((await act(new RegistryWorld(losing))).kind).toMatch(/^(registered|promoted|rolled-back)$/);
    expect((await verifyRegistry(store)).problems).toEqual([]);
  });

  it('is done where only the hint could not be written', async () => {
    const store = new MemoryStore();
    await before(new RegistryWorld(store));
    const withoutHints = Object.assign(Object.create(store) as MemoryStore, {
      putHint: () => Promise.reject(failure()),
    });
    expect((await act(new RegistryWorld(withoutHints))).kind).toMatch(/^(registered|promoted|rolled-back)$/);
    expect(await new RegistryWorld(store).champion()).toBe(champions.after);
  });
});

describe('the log of an environment', () => {
  it('has a champion at every moment of a promotion', async () => {
    const store = new MemoryStore();
    const world = new RegistryWorld(store);
    await world.register(1);
    await world.register(2);
    await world.promote(1);
    const seen: string[] = [];
    const watched = Object.assign(Object.create(store) as MemoryStore, {
      create: async (...args: Parameters<MemoryStore['create']>) => {
        const created = await store.create(...args);
        const { champion } = await readChampion(store, PRODUCTION, MODEL);
        seen.push(champion.kind === 'none' ? 'none' : `v${champion.version}`);
        return created;
      },
    });
    await new RegistryWorld(watched).promote(2);
    expect(seen.at(-1)).toBe('v2');
    expect(new Set(seen)).toEqual(new Set(['v1', 'v2']));
  });
});

function failure(): Error {
  return new ServiceFailure('store_failed', { where: 'memory:', found: 'the answer was lost' });
}

/** Every creation in a log is carried out and answered with an error. */
function losingAnswers(store: MemoryStore): MemoryStore {
  return Object.assign(Object.create(store) as MemoryStore, {
    create: async (...args: Parameters<MemoryStore['create']>) => {
      const created = await store.create(...args);
      if (args[0].includes('/log/')) throw failure();
      return created;
    },
  });
}
