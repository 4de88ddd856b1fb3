import { describe, expect, it } from 'vitest';
import { planRollback, rollback } from '../../src/commands/rollback.ts';
import { verifyRegistry } from '../../src/registry/verify.ts';
import { MemoryStore } from '../fakes/memoryStore.ts';
import { manifestDigestOf, MODEL, PRODUCTION, RegistryWorld } from '../fakes/registryWorld.ts';

describe('rolling back', () => {
  it('makes the previous champion the champion, with the reason, against the one that it leaves', async () => {
    const world = await worldThatPromoted(1, 2);
    expect(await world.rollback({ reason: 'wrong currency' })).toMatchObject({
      kind: 'rolled-back',
      from: { version: 2 },
      to: { version: 1 },
      stored: {
        event: {
          type: 'rollback',
          version: 1,
          champion: manifestDigestOf(1),
          expect: manifestDigestOf(2),
          reason: 'wrong currency',
        },
      },
    });
    expect(await world.champion()).toBe(1);
    expect((await verifyRegistry(world.store)).problems).toEqual([]);
  });

  it('goes further back the second time, not forth', async () => {
    const world = await worldThatPromoted(1, 2, 3);
    await world.rollback();
    await world.rollback();
    expect(await world.champion()).toBe(1);
  });

  it('goes back from a later promotion to what served before it', async () => {
    const world = await worldThatPromoted(1, 2);
    await world.rollback();
    await world.promote(3);
    await world.rollback();
    expect(await world.champion()).toBe(1);
    expect(await world.rollback()).toMatchObject({ kind: 'refused', reasonCode: 'nothing_to_roll_back_to' });
    expect((await verifyRegistry(world.store)).problems).toEqual([]);
  });

  it.each([[[]], [[1]]])('refuses where nothing came before: after promoting %j', async (versions) => {
    const world = await worldThatPromoted(...versions);
    const before = new Map(world.objects);
    expect(await world.rollback()).toMatchObject({ kind: 'refused', reasonCode: 'nothing_to_roll_back_to' });
    expect(world.objects).toEqual(before);
  });

  it.each(['', ' '])('asks for a reason, and %j is none', async (reason) => {
    const world = await worldThatPromoted(1, 2);
    await expect(world.rollback({ reason })).rejects.toMatchObject({ name: 'UserMistake', code: 'bad_argument' });
    expect(await world.champion()).toBe(2);
  });

  it('does nothing the second time for one cause', async () => {
    const world = await worldThatPromoted(1, 2, 3);
    expect(await world.rollback({ cause: 'comment 17' })).toMatchObject({ kind: 'rolled-back' });
    expect(await world.rollback({ cause: 'comment 17' })).toMatchObject({ kind: 'already-done' });
    expect(await world.champion()).toBe(2);
  });

  it('leaves only the champion that was seen', async () => {
    const world = await worldThatPromoted(1, 2);
    const occasion = world.occasion({ reason: 'slow' });
    const request = { model: MODEL, environment: PRODUCTION, occasion };
    const expectation = { kind: 'digest', prefix: manifestDigestOf(1) } as const;
    expect(await rollback({ ...request, expect: expectation }, world)).toMatchObject({ reasonCode: 'baseline_moved' });

    // Promoted between the plan and its application.
    const promotesFirst = {
      ...world,
      store: Object.assign(Object.create(world.store) as MemoryStore, {
        create: async (...args: Parameters<MemoryStore['create']>) => {
          if (args[0].startsWith('intents/') && (await world.champion()) === 2) await world.promote(3);
          return world.store.create(...args);
        },
      }),
    };
    expect((await planRollback(request, promotesFirst)).kind).toBe('roll-back');
    expect(await rollback(request, promotesFirst)).toMatchObject({ kind: 'refused', reasonCode: 'baseline_moved' });
    expect(await world.champion()).toBe(3);
  });
});

async function worldThatPromoted(
  ...versions: readonly number[]
): Promise<RegistryWorld & { readonly objects: MemoryStore['objects'] }> {
  const store = new MemoryStore();
  const world = new RegistryWorld(store);
  for (const seed of [1, 2, 3]) await world.register(seed);
  for (const version of versions) await world.promote(version);
  return Object.assign(world, { objects: store.objects });
}
