import type { RegistryEvent } from '../../src/registry/event.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { listRegistry } from '../../src/commands/registryList.ts';
import { readHistory } from '../../src/commands/registryLog.ts';
import { showVersion } from '../../src/commands/registryShow.ts';
import { parseEnvironmentName, parseModelName, parseModelVersion } from '../../src/identity/names.ts';
import { listEnvironments, listModels, listModelsIn } from '../../src/registry/models.ts';
import { parseStoreKey } from '../../src/registry/storeKey.ts';
import { MemoryStore } from '../fakes/memoryStore.ts';
import { manifestDigestOf, MODEL, PRODUCTION, RegistryWorld } from '../fakes/registryWorld.ts';

const STAGING = parseEnvironmentName('staging');

describe('reading a registry', () => {
  const store = new MemoryStore();
  beforeAll(async () => {
    const world = new RegistryWorld(store);
    await world.register(1);
    await world.register(2);
    await world.promote(1);
    await world.promote(2, { environment: STAGING });
  });

  it('lists models, versions and who serves where', async () => {
    expect(await listRegistry(store)).toEqual([
      {
        model: MODEL,
        versions: [1, 2].map(
          (number) => expect.objectContaining({ number, manifest: manifestDigestOf(number) }) as unknown,
        ),
        champions: [
          {
            environment: PRODUCTION,
            champion: { kind: 'version', version: 1, manifest: manifestDigestOf(1) },
            since: expect.stringContaining('2026-05-01T') as unknown,
          },
          expect.objectContaining({
            environment: STAGING,
            champion: { kind: 'version', version: 2, manifest: manifestDigestOf(2) },
          }),
        ],
      },
    ]);
    expect(await listRegistry(new MemoryStore())).toEqual([]);
  });

  it('knows no other model, and says which it knows', async () => {
    await expect(listRegistry(store, parseModelName('fraud'))).rejects.toMatchObject({ code: 'not_registered' });
    await expect(listRegistry(store, parseModelName('fraud'))).rejects.toThrow('Expected one of churn.');
    await expect(listRegistry(store, parseModelName('chrun'))).rejects.toThrow('If you mean "churn", say so.');
    await expect(readHistory(store, parseModelName('fraud'))).rejects.toMatchObject({ code: 'not_registered' });
    await expect(showVersion(store, parseModelVersion('fraud@v1'))).rejects.toMatchObject({ code: 'not_registered' });
  });

  it('shows what a version is, what was known of it, and where it serves', async () => {
    expect(await showVersion(store, parseModelVersion('churn@v2'))).toMatchObject({
      version: { number: 2, status: 'registered' },
      manifest: { files: [{ role: 'model', path: 'model.onnx' }, { role: 'beside' }], seed: 2, params: { depth: 3 } },
      evidence: { verdict: { kind: 'accepted' }, training: { claimed: { metrics: { accuracy: 0.99 } } } },
      serves: [{ environment: 'staging' }],
    });
  });

  it('tells what happened, the newest first, a registration before its promotion', async () => {
    const events = await readHistory(store);
    expect(
      events.map(({ event, environment }) => `${event.type} v${versionOf(event)} ${environment ?? ''}`.trim()),
    ).toEqual(['promote v2 staging', 'promote v1 production', 'register v2', 'register v1']);
  });

  it('tells the events of one log in its order, whatever the clocks said', async () => {
    const skewed = new MemoryStore();
    const world = new RegistryWorld(skewed);
    await world.register(1);
    const behind = Object.assign(new RegistryWorld(skewed), { now: () => new Date('1999-12-31T00:00:00.000Z') });
    await behind.register(2);
    expect((await readHistory(skewed)).map(({ event }) => event.seq)).toEqual([2, 1]);
  });

  it('finds each model and environment by one short list, names that start alike and foreign files included', async () => {
    const many = new MemoryStore();
    const names = ['a', 'a-b', 'a0', 'ab', 'b'];
    for (const name of names) {
      for (const area of [`models/${name}`, `environments/${name}/${name}`]) {
        for (const seq of [1, 2, 3]) await many.create(parseStoreKey(`${area}/log/${seq}.json`), new Uint8Array());
      }
    }
    for (const foreign of ['models/readme.txt', 'models/a.b/x', 'environments/_x/y'])
      many.objects.set(foreign, new Uint8Array());
    let lists = 0;
    const counted = Object.assign(Object.create(many) as MemoryStore, {
      list: (...args: Parameters<MemoryStore['list']>) => {
        lists += 1;
        return many.list(...args);
      },
    });
    expect(await listModels(counted)).toEqual(names);
    expect(lists).toBeLessThanOrEqual(names.length + 2);
    expect(await listEnvironments(many)).toEqual(names);
    expect(await listModelsIn(many, parseEnvironmentName('a0'))).toEqual(['a0']);
  });
});

function versionOf(event: RegistryEvent): number | undefined {
  return event.type === 'override' ? undefined : event.version;
}
