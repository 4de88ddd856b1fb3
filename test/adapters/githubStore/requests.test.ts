import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GitHubStore } from '../../../src/adapters/githubStore/githubStore.ts';
import { listRegistry } from '../../../src/commands/registryList.ts';
import { readChampion } from '../../../src/registry/champions.ts';
import { openRegistry } from '../../../src/registry/layout.ts';
import { verifyRegistry } from '../../../src/registry/verify.ts';
import { MemoryStore } from '../../fakes/memoryStore.ts';
import { MODEL, PRODUCTION, RegistryWorld } from '../../fakes/registryWorld.ts';
import { requestsOf, storeOnGitHub, type Place } from './storeOnGitHub.ts';

/** By a process of its own: reads that count, those that find nothing new (GitHub counts no 304), and writes. */
async function costIn(place: Place, act: (store: GitHubStore) => Promise<unknown>) {
  const store = place.open();
  const requests = await requestsOf(place.github, () => act(store));
  const queries = requests.filter((request) => request.startsWith('POST /graphql')).length;
  const writes = requests.filter((request) => !request.startsWith('GET')).length - queries;
  const unchanged = requests.filter((request) => request.endsWith(' 304')).length;
  return { reads: requests.length - writes - unchanged, unchanged, writes };
}

/** Two versions, the first serves: six events with their intents, verdicts, manifests and evidence. */
describe('what a registry on GitHub asks', () => {
  let place: Place;
  beforeEach(async () => {
    place = await storeOnGitHub();
    const store = place.open();
    await openRegistry(store, 'write');
    const world = new RegistryWorld(store);
    await world.register(1);
    await world.register(2);
    await world.promote(1);
  });
  afterEach(() => place.close());

  const cost = (act: (store: GitHubStore) => Promise<unknown>) => costIn(place, act);

  it('to resolve a champion: where the branch stands, what is on it, the layout, and the newest event', async () => {
    const asked = await cost(async (store) => {
      await openRegistry(store, 'read');
      expect((await readChampion(store, PRODUCTION, MODEL)).champion).toMatchObject({ version: 1 });
    });
    expect(asked).toEqual({ reads: 4, unchanged: 1, writes: 0 });
  });

  it('to list a registry: the same, and the events together', async () => {
    const asked = await cost(async (store) => {
      await openRegistry(store, 'read');
      expect(await listRegistry(store)).toHaveLength(1);
    });
    expect(asked.reads).toBe(3 + 1 + 1);
    expect(asked.unchanged).toBeLessThanOrEqual(6);
    expect(asked.writes).toBe(0);
  });

  it('to register: a request for each of intent, look, verdict, model, manifest, evidence and event', async () => {
    const asked = await cost(async (store) => {
      await openRegistry(store, 'write');
      expect(await new RegistryWorld(store).register(3)).toMatchObject({ kind: 'registered', version: { number: 3 } });
    });
    expect(asked.writes).toBe(7);
    expect(asked.reads).toBeLessThanOrEqual(8);
  });

  it('to promote: a request for each of intent, look, verdict, evidence and event', async () => {
    const asked = await cost(async (store) => {
      await openRegistry(store, 'read');
      expect(await new RegistryWorld(store).promote(2)).toMatchObject({ kind: 'promoted' });
    });
    // The candidate was judged on this holdout when it was registered: its look is there.
    expect(asked.writes).toBe(4);
    expect(asked.reads).toBeLessThanOrEqual(9);
  });

  it('to verify: what is read of one kind together', async () => {
    const asked = await cost(async (store) => {
      expect((await verifyRegistry(store)).problems).toEqual([]);
    });
    expect(asked.writes).toBe(0);
    expect(asked.reads).toBeLessThanOrEqual(14);
  });

  it('again and again of a registry in which nothing happens: nothing that counts', async () => {
    const store = place.open();
    await readChampion(store, PRODUCTION, MODEL);
    const asked = await requestsOf(place.github, async () => {
      for (let time = 0; time < 3; time += 1) await readChampion(store, PRODUCTION, MODEL);
    });
    expect(asked).toEqual(Array.from({ length: 3 }, () => 'GET /repos/{owner}/{repo}/git/ref/{ref} 304'));
  });
});

describe('what a registry on GitHub with 300 events asks', () => {
  let place: Place;
  let branch: string;
  beforeAll(async () => {
    place = await storeOnGitHub();
    const store = new MemoryStore();
    await openRegistry(store, 'write');
    const world = new RegistryWorld(store);
    // One short of a folded state: nobody reads a longer piece of a log.
    for (let seed = 1; seed <= 255; seed += 1) await world.register(seed);
    for (let version = 1; version <= 45; version += 1) await world.promote(version);
    const files = Object.fromEntries([...store.objects].filter(([key]) => !key.endsWith('state.json')));
    branch = await place.repository.commit('touchstone', { '.gitattributes': '* -text\n', ...files }, { parent: null });
  }, 60_000);
  afterEach(() => place.repository.run(['update-ref', 'refs/heads/touchstone', branch]));
  afterAll(() => place.close());

  it('to resolve the champion: as few as ever', async () => {
    const asked = await costIn(place, async (store) => {
      await openRegistry(store, 'read');
      expect((await readChampion(store, PRODUCTION, MODEL)).champion).toMatchObject({ version: 45 });
    });
    expect(asked).toMatchObject({ reads: 4, writes: 0 });
  });

  it('to list: one for each hundred events', async () => {
    const asked = await costIn(place, async (store) => {
      await openRegistry(store, 'read');
      expect((await listRegistry(store))[0]?.versions).toHaveLength(255);
    });
    expect(asked).toMatchObject({ reads: 3 + 3 + 1, writes: 0 });
  });

  it('to register', async () => {
    const asked = await costIn(place, async (store) => {
      await openRegistry(store, 'write');
      expect(await new RegistryWorld(store).register(300)).toMatchObject({ kind: 'registered' });
    });
    expect(asked.reads).toBeLessThanOrEqual(11);
    // The 256th event names a folded state: a large blob, whose release is made.
    expect(asked.writes).toBe(7 + 2);
  });

  it('to promote', async () => {
    const asked = await costIn(place, async (store) => {
      await openRegistry(store, 'read');
      expect(await new RegistryWorld(store).promote(200)).toMatchObject({ kind: 'promoted' });
    });
    expect(asked.reads).toBeLessThanOrEqual(12);
    expect(asked.writes).toBeLessThanOrEqual(5);
  });

  it('to verify: one for dozens of files', async () => {
    const files = await place.repository.run(['ls-tree', '-r', '--name-only', 'refs/heads/touchstone']);
    expect(files.split('\n').length).toBeGreaterThan(1900);
    const asked = await costIn(place, async (store) => {
      expect((await verifyRegistry(store)).checked.events).toBe(300);
    });
    expect(asked.reads).toBeLessThan(40);
    expect(asked.writes).toBe(0);
  });
});
