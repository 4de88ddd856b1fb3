import { describe, expect, it } from 'vitest';
import { planPromotion } from '../../src/commands/promote.ts';
import { planRollback } from '../../src/commands/rollback.ts';
import { ServiceFailure } from '../../src/failure.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { appendEvent, beginOperation, type Appended, type Decision } from '../../src/registry/append.ts';
import { putEvidence } from '../../src/registry/evidence.ts';
import { eventKey } from '../../src/registry/log.ts';
import type { ModelEvent } from '../../src/registry/event.ts';
import type { Operation } from '../../src/registry/operation.ts';
import { verifyRegistry } from '../../src/registry/verify.ts';
import { modelLog } from '../../src/registry/versions.ts';
import { MemoryStore } from '../fakes/memoryStore.ts';
import { manifestDigestOf, MODEL, PRODUCTION, RegistryWorld } from '../fakes/registryWorld.ts';

const log = modelLog(MODEL);

describe('appending to a log', () => {
  it('does an operation once, however many carry it out, one after the other or at the same moment', async () => {
    const store = new MemoryStore();
    await new RegistryWorld(store).register(1);
    const annotation = annotationOf(1, 'comment 17');
    const first = await annotate(store, annotation);
    expect(first).toMatchObject({ kind: 'appended', stored: { event: { seq: 2, type: 'annotate' } } });
    await new RegistryWorld(store).register(2);
    expect(await annotate(store, annotation)).toEqual({ ...first, kind: 'found' });

    // The twin is faster by one call.
    const other = annotationOf(1, 'comment 18');
    const overtaken = interrupted(store, () => annotate(store, other));
    expect(await annotate(overtaken, other)).toMatchObject({ kind: 'found', stored: { event: { seq: 4 } } });
    expect((await verifyRegistry(store)).checked.events).toBe(4);
    expect((await verifyRegistry(store)).problems).toEqual([]);
  });

  it('decides again on the state that another event left, and follows that one', async () => {
    const store = new MemoryStore();
    const overtaken = interrupted(store, () => new RegistryWorld(store).register(2));
    expect(await new RegistryWorld(overtaken).register(1)).toMatchObject({
      kind: 'registered',
      version: { number: 2, manifest: manifestDigestOf(1) },
    });
    expect(await verifyRegistry(store)).toMatchObject({ problems: [], checked: { versions: 2 } });
  });

  it('registers nothing that another registered meanwhile', async () => {
    const store = new MemoryStore();
    const overtaken = interrupted(store, () => new RegistryWorld(store).register(1, { cause: 'the other' }));
    expect(await new RegistryWorld(overtaken).register(1)).toMatchObject({
      kind: 'already-registered',
      version: { number: 1 },
    });
    expect((await verifyRegistry(store)).checked.events).toBe(1);
  });

  it('takes an event for its own by its bytes alone, where the answer was lost', async () => {
    const store = new MemoryStore();
    const overtaken = interrupted(store, async () => {
      await new RegistryWorld(store).register(2);
      throw new ServiceFailure('store_failed', { where: 'memory:', found: 'the answer was lost' });
    });
    expect(await new RegistryWorld(overtaken).register(1)).toMatchObject({
      kind: 'registered',
      version: { number: 2 },
    });
    expect(await verifyRegistry(store)).toMatchObject({ problems: [], checked: { events: 2, versions: 2 } });
  });

  it('does not follow an event that does not follow what was read', async () => {
    const store = new MemoryStore();
    await new RegistryWorld(store).register(1);
    const forging = interrupted(store, () => {
      const forged = {
        ...(JSON.parse(store.text(eventKey(log, 1))) as object),
        seq: 2,
        prev: digestOfBytes('x'),
        id: digestOfBytes('y'),
      };
      store.objects.set(eventKey(log, 2), new TextEncoder().encode(JSON.stringify(forged)));
      return Promise.resolve();
    });
    await expect(new RegistryWorld(forging).register(2)).rejects.toMatchObject({ code: 'registry_damaged' });
    expect(store.objects.has(eventKey(log, 3))).toBe(false);
  });

  it('is told of before it is planned again: nothing is judged a second time for one cause', async () => {
    const store = new MemoryStore();
    const world = new RegistryWorld(store);
    await world.register(1);
    await world.register(2);
    const promoted = world.occasion({ reason: 'why not' });
    await world.promote(1, { occasion: promoted });
    await world.promote(2);
    const rolledBack = world.occasion({ reason: 'slow' });
    await world.rollback(rolledBack);
    await world.promote(2);
    const untouchable = {
      ...world,
      verdictAgainst: () => Promise.reject(new Error('judged')),
      now: world.now,
    };
    const request = { model: MODEL, environment: PRODUCTION };
    const version = { kind: 'number', number: 1 } as const;
    expect(
      await planPromotion({ ...request, version, requires: 'advisory', occasion: promoted }, untouchable),
    ).toMatchObject({ kind: 'already-done', stored: { event: { seq: 1 } } });
    expect(await planRollback({ ...request, occasion: rolledBack }, world)).toMatchObject({
      kind: 'already-done',
      stored: { event: { seq: 3 } },
    });
  });
});

describe('a yanked version', () => {
  it('is neither promoted nor rolled back to', async () => {
    const store = new MemoryStore();
    const world = new RegistryWorld(store);
    for (const seed of [1, 2, 3]) await world.register(seed);
    for (const version of [1, 2, 3]) await world.promote(version);
    await annotate(store, { ...annotationOf(2, 'leaks the target'), type: 'yank' });
    expect(await world.rollback()).toMatchObject({ kind: 'rolled-back', to: { version: 1 } });
    expect(await world.promote(2)).toMatchObject({ kind: 'refused', reasonCode: 'version_yanked' });
    expect((await verifyRegistry(store)).problems).toEqual([]);
  });
});

type Annotation = Operation & { readonly type: 'annotate' | 'yank'; readonly version: number };

function annotationOf(version: number, cause: string): Annotation {
  return { type: 'annotate', model: MODEL, asked: { manifest: manifestDigestOf(version) }, cause, version };
}

async function annotate(
  store: MemoryStore,
  { version, ...operation }: Annotation,
): Promise<Appended<ModelEvent, never>> {
  const intent = await beginOperation(store, log, operation);
  const evidence = await putEvidence(store, {
    schema: 'touchstone/evidence/v1',
    trigger: { kind: 'command-line' },
    cause: operation.cause,
  });
  return appendEvent(store, log, intent, (): Decision<ModelEvent, never> => {
    const { manifest } = operation.asked as { manifest: ReturnType<typeof manifestDigestOf> };
    const actor = { kind: 'person', name: 'alice' } as const;
    const at = '2026-05-03T09:30:00.000Z';
    return { kind: 'append', draft: { type: operation.type, at, version, manifest, actor, evidence, reason: '' } };
  });
}

/** A store in which something else happens right before the first event is created. */
function interrupted(store: MemoryStore, deed: () => Promise<unknown>): MemoryStore {
  let isDone = false;
  return Object.assign(Object.create(store) as MemoryStore, {
    create: async (...args: Parameters<MemoryStore['create']>) => {
      if (!isDone && args[0].includes('/log/')) {
        isDone = true;
        await deed();
      }
      return store.create(...args);
    },
  });
}
