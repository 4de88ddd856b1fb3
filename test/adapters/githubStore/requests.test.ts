import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GitHubStore } from '../../../src/adapters/githubStore/githubStore.ts';
import { listRegistry } from '../../../src/commands/registryList.ts';
import { readChampion } from '../../../src/registry/champions.ts';
import { openRegistry } from '../../../src/registry/layout.ts';
import { verifyRegistry } from '../../../src/registry/verify.ts';
import { MODEL, PRODUCTION, RegistryWorld } from '../../fakes/registryWorld.ts';
import { requestsOf, storeOnGitHub, type Place } from './storeOnGitHub.ts';

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

  /** By a process of its own: reads that count, those that find nothing new (GitHub counts no 304), and writes. */
  async function cost(act: (store: GitHubStore) => Promise<unknown>) {
    const store = place.open();
    const requests = await requestsOf(place.github, () => act(store));
    const writes = requests.filter((request) => !request.startsWith('GET')).length;
    const unchanged = requests.filter((request) => request.endsWith(' 304')).length;
    return { reads: requests.length - writes - unchanged, unchanged, writes };
  }

  it('to resolve a champion: where the branch stands, what is on it, the layout, and the newest event', async () => {
    const asked = await cost(async (store) => {
      await openRegistry(store, 'read');
      expect((await readChampion(store, PRODUCTION, MODEL)).champion).toMatchObject({ version: 1 });
    });
    expect(asked).toEqual({ reads: 4, unchanged: 1, writes: 0 });
  });

  it('to list a registry: the same, and each event', async () => {
    const asked = await cost(async (store) => {
      await openRegistry(store, 'read');
      expect(await listRegistry(store)).toHaveLength(1);
    });
    expect(asked.reads).toBe(3 + 2 + 1);
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

  it('to verify: each file once', async () => {
    const files = await place.repository.run(['ls-tree', '-r', '--name-only', 'refs/heads/touchstone']);
    const asked = await cost(async (store) => {
      expect((await verifyRegistry(store)).problems).toEqual([]);
    });
    expect(asked.writes).toBe(0);
    expect(asked.reads).toBeLessThanOrEqual(3 + files.split('\n').length);
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
