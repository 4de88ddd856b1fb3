import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { whileBuilding } from '../../../src/adapters/training/buildLock.ts';
import { ownName } from '../../../src/adapters/ownedFolders.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';

/** Builds by publishing a number; counts how often. */
async function workshop(): Promise<{
  readonly folder: string;
  readonly builds: () => number;
  readonly waits: () => number;
  readonly want: (build?: () => Promise<number>, signal?: AbortSignal) => Promise<number>;
}> {
  const folder = await temporaryFolder();
  let published: number | undefined;
  let [builds, waits] = [0, 0];
  const build = async (): Promise<number> => {
    await sleep(100);
    builds += 1;
    return (published = builds);
  };
  const want = (other = build, signal?: AbortSignal): Promise<number> =>
    whileBuilding(
      folder,
      () => Promise.resolve(published),
      other,
      () => (waits += 1),
      signal,
    );
  return { folder, builds: () => builds, waits: () => waits, want };
}

describe('building what several want', () => {
  it('happens once; the others wait for it, and say so once', async () => {
    const { builds, waits, want, folder } = await workshop();
    expect(await Promise.all([want(), want(), want()])).toEqual([1, 1, 1]);
    expect([builds(), waits()]).toEqual([1, 2]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is done again by one who waited, where it failed', async () => {
    const { builds, want } = await workshop();
    const failing = want(async () => {
      await sleep(100);
      throw new Error('no network');
    });
    const waiting = sleep(20).then(() => want());
    await expect(failing).rejects.toThrow('no network');
    expect(await waiting).toBe(1);
    expect(builds()).toBe(1);
  });

  it('does not happen where it was published just before the lock was free', async () => {
    const { folder } = await workshop();
    const published = [undefined, 7];
    const never = (): Promise<number> => Promise.reject(new Error('built twice'));
    const ready = (): Promise<number | undefined> => Promise.resolve(published.shift());
    expect(await whileBuilding(folder, ready, never, () => undefined)).toBe(7);
  });

  it('does not wait for a process that is gone', async () => {
    const { folder, want } = await workshop();
    // Beyond any process id that the kernel gives.
    await writeFile(path.join(folder, 'building'), ownName().replace(/^\d+/, '99999999'));
    const startedMs = performance.now();
    expect(await want()).toBe(1);
    expect(performance.now() - startedMs).toBeLessThan(5000);
  });

  it('can be given up while waiting', async () => {
    const { folder, want, builds } = await workshop();
    await writeFile(path.join(folder, 'building'), ownName());
    await expect(want(undefined, AbortSignal.timeout(100))).rejects.toThrow(/abort/i);
    expect(builds()).toBe(0);
  });
});
