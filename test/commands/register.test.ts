import { describe, expect, it } from 'vitest';
import { planRegistration, register } from '../../src/commands/register.ts';
import { getDocument } from '../../src/registry/blobs.ts';
import { parseEvidence } from '../../src/registry/evidence.ts';
import { blobKey } from '../../src/registry/storeKey.ts';
import { verifyRegistry } from '../../src/registry/verify.ts';
import { MemoryStore } from '../fakes/memoryStore.ts';
import { manifestDigestOf, modelBytes, registration, RegistryWorld } from '../fakes/registryWorld.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';

describe('registering a candidate', () => {
  it('numbers versions in the order of the log', async () => {
    const world = new RegistryWorld(new MemoryStore());
    expect(await world.register(1)).toMatchObject({ kind: 'registered', version: { number: 1 } });
    expect(await world.register(2)).toMatchObject({
      kind: 'registered',
      version: { number: 2, manifest: manifestDigestOf(2), status: 'registered' },
      stored: { event: { seq: 2, type: 'register', version: 2, reason: '' } },
    });
    expect((await verifyRegistry(world.store)).problems).toEqual([]);
  });

  it('returns the version of a manifest that is known, and writes nothing', async () => {
    const store = new MemoryStore();
    const world = new RegistryWorld(store);
    await world.register(1);
    await world.register(2);
    const before = new Map(store.objects);
    expect(await world.register(1)).toEqual({
      kind: 'already-registered',
      version: expect.objectContaining({ number: 1, manifest: manifestDigestOf(1) }) as unknown,
    });
    expect(new Map(store.objects)).toEqual(before);
  });

  it('registers whatever the verdict, and puts it on record', async () => {
    const world = new RegistryWorld(new MemoryStore(), () => ({
      kind: 'rejected',
      compared: true,
      assurance: 'judged',
      blocks: true,
    }));
    const outcome = await world.register(1);
    if (outcome.kind !== 'registered') throw new Error(outcome.kind);
    const evidence = await getDocument(world.store, outcome.stored.event.evidence, parseEvidence);
    expect(evidence).toMatchObject({
      verdict: { kind: 'rejected', blocks: true, assurance: 'judged', latency: [] },
      training: {
        claimed: { metrics: { accuracy: 0.99 } },
        environment: { commit: '2'.repeat(40), dirty: [], gpus: [{ driver: '570.1' }] },
      },
    });
    expect(evidence).not.toHaveProperty('parent');
  });

  it('names the champion that it was judged against as its parent', async () => {
    const world = new RegistryWorld(new MemoryStore());
    await world.register(1);
    await world.promote(1);
    const outcome = await world.register(2);
    if (outcome.kind !== 'registered') throw new Error(outcome.kind);
    expect(await getDocument(world.store, outcome.stored.event.evidence, parseEvidence)).toMatchObject({
      parent: { version: 1, manifest: manifestDigestOf(1) },
      verdict: { compared: true },
    });
  });

  it('stores the files and the row keys under their digests', async () => {
    const world = new RegistryWorld(new MemoryStore());
    await world.register(1);
    const stored = await world.store.get(blobKey(digestOfBytes(modelBytes(1))));
    expect(stored).toEqual(modelBytes(1));
    expect(await world.store.get(blobKey(digestOfBytes('row keys')))).toBeDefined();
  });

  it('stops after the plan on a dry run: judged, and nothing but the verdict written', async () => {
    const store = new MemoryStore();
    const world = new RegistryWorld(store);
    const plan = await planRegistration({ ...registration(1), occasion: world.occasion() }, world);
    expect(plan).toMatchObject({ kind: 'register', digest: manifestDigestOf(1) });
    expect([...store.objects.keys()].filter((key) => !key.startsWith('verdicts/'))).toEqual([]);
  });

  it('tells of a file that is not the one that was trained, and makes no version of it', async () => {
    const world = new RegistryWorld(new MemoryStore());
    const { sources, ...request } = registration(1);
    const tampered = sources.map((one) => ({ ...one, open: registration(2).sources[0]?.open ?? one.open }));
    const attempt = register({ ...request, sources: tampered, occasion: world.occasion() }, world);
    await expect(attempt).rejects.toMatchObject({ name: 'UserMistake', code: 'file_changed' });
    expect((await verifyRegistry(world.store)).checked.events).toBe(0);
  });

  it('tells all blobs whose bytes are not at hand, before anything is judged', async () => {
    const world = new RegistryWorld(new MemoryStore(), () => {
      throw new Error('judged');
    });
    const attempt = register({ ...registration(1), sources: [], occasion: world.occasion() }, world);
    await expect(attempt).rejects.toMatchObject({ code: 'candidate_incomplete', problems: { length: 3 } });
  });

  it('makes no version whose files could land outside their folder', async () => {
    const world = new RegistryWorld(new MemoryStore());
    const { candidate, ...request } = registration(1);
    const outside = { ...candidate, output: { ...candidate.output, path: '../model.onnx' } };
    const attempt = register({ ...request, candidate: outside, occasion: world.occasion() }, world);
    await expect(attempt).rejects.toMatchObject({ code: 'candidate_invalid' });
  });
});
