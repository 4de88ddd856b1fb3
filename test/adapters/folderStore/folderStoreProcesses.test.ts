import { execa } from 'execa';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderStore } from '../../../src/adapters/folderStore/folderStore.ts';
import { environmentLog } from '../../../src/registry/champions.ts';
import { readLog } from '../../../src/registry/log.ts';
import { openRegistry } from '../../../src/registry/layout.ts';
import { verifyRegistry } from '../../../src/registry/verify.ts';
import { modelLog } from '../../../src/registry/versions.ts';
import { MODEL, PRODUCTION, RegistryWorld } from '../../fakes/registryWorld.ts';

const PROCESS = fileURLToPath(new URL('./folderStoreProcess.ts', import.meta.url));

describe('a registry in a folder that several processes use', () => {
  let folder: string;
  let store: FolderStore;
  let world: RegistryWorld;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'touchstone-processes-'));
    store = new FolderStore(folder, () => new Date());
    world = new RegistryWorld(store);
    await openRegistry(store, 'write');
    await world.register(1);
    await world.register(2);
    await world.promote(1);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const start = (task: string, number: number, options = {}) =>
    execa(process.execPath, [PROCESS, folder, task, String(number)], options);

  it('loses no event of 8 that register and promote at once, and keeps the chain', { timeout: 60_000 }, async () => {
    const numbers = [1, 2, 3, 4, 5, 6, 7, 8];
    const told = await Promise.all(numbers.map((number) => start('register and promote', number)));
    for (const { stdout } of told) {
      expect(JSON.parse(stdout)).toEqual(Array.from({ length: 6 }, () => ['registered', 'promoted']).flat());
    }
    const verified = await verifyRegistry(store);
    expect(verified.problems).toEqual([]);
    expect(verified.checked).toMatchObject({ events: 2 + 1 + 96, versions: 50 });
    const { state } = await readLog(store, environmentLog(PRODUCTION, MODEL));
    expect(new Set(state.changes.map(({ version }) => version)).size).toBe(49);
  });

  it('lets one of several promotions against one champion win, and tells the others', async () => {
    for (let seed = 3; seed <= 9; seed += 1) await world.register(seed);
    const contestants = [2, 3, 4, 5, 6, 7, 8, 9];
    const told = await Promise.all(contestants.map((number) => start('promote against v1', number)));
    const outcomes = told.map(({ stdout }) => JSON.parse(stdout) as string);
    expect(outcomes.filter((outcome) => outcome === 'promoted')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'baseline_moved')).toHaveLength(7);
    expect(await world.champion()).toBe(contestants[outcomes.indexOf('promoted')]);
    expect((await verifyRegistry(store)).problems).toEqual([]);
  });

  it('is whole, with a champion, whenever its writers are killed', { timeout: 60_000 }, async () => {
    const until = Date.now() + 6_000;
    let kills = 0;
    let random = 1;
    for (let round = 1; Date.now() < until; round += 1) {
      const writers = [1, 2].map((writer) =>
        start('until killed', round * 10 + writer, { reject: false, timeout: 20_000 }),
      );
      await Promise.all(writers.map(({ stdout }) => once(stdout, 'data')));
      // A cheap generator (Lehmer), so that the moments are many and the same in each run.
      random = (random * 48_271) % 2_147_483_647;
      await new Promise((resolve) => setTimeout(resolve, random % 40));
      for (const writer of writers) writer.kill('SIGKILL');
      for (const end of await Promise.all(writers)) expect(end.signal).toBe('SIGKILL');
      kills += writers.length;

      expect([1, 2]).toContain(await world.champion());
      const { problems } = await verifyRegistry(store);
      expect(problems).toEqual([]);
    }
    expect(kills).toBeGreaterThan(3);
    const before = (await readLog(store, modelLog(MODEL))).seq;
    expect(await world.register(7)).toMatchObject({ kind: 'registered', version: { number: before + 1 } });
    // What the killed ones left half-written lies aside.
    expect((await readdir(folder)).sort()).toEqual(
      ['.tmp', 'blobs', 'environments', 'intents', 'models', 'registry.json', 'verdicts'].sort(),
    );
  });
});
