import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sweepWorkspace } from '../../src/adapters/sweepWorkspace.ts';
import { keepUsedLast } from '../../src/adapters/usedLast.ts';
import { Workspace } from '../../src/adapters/workspace.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { putBlob } from '../../src/registry/blobs.ts';
import type { ManifestFile } from '../../src/registry/manifest.ts';
import { MemoryStore } from '../fakes/memoryStore.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';

const NOW = Date.parse('2026-05-03T12:00:00Z');
const HOUR_MS = 3_600_000;

/** A file that was used so many hours ago. */
async function used(file: string, hours: number, bytes = 1): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, 'x'.repeat(bytes));
  const time = new Date(NOW - hours * HOUR_MS);
  await utimes(file, time, time);
}

describe('of what can be made again', () => {
  it('so much stays as was used last', async () => {
    const folder = await temporaryFolder();
    for (const [name, hours] of [
      ['a', 3],
      ['b', 1],
      ['c', 2],
    ] as const)
      await used(path.join(folder, name), hours);
    await keepUsedLast(folder, { count: 2 }, NOW);
    expect((await readdir(folder)).toSorted()).toEqual(['b', 'c']);
  });

  it('so many bytes stay, those of folders within folders too, and what was used last in any case', async () => {
    const folder = await temporaryFolder();
    for (const [name, hours] of [
      ['a', 3],
      ['b', 2],
      ['c', 1],
    ] as const) {
      await used(path.join(folder, name, 'below', 'file'), hours, 100);
      await utimes(path.join(folder, name), new Date(NOW), new Date(NOW - hours * HOUR_MS));
    }
    // A folder counts as 4 KiB on most disks, and as nothing on some.
    await keepUsedLast(folder, { count: 9, bytes: 20_000 }, NOW);
    expect((await readdir(folder)).toSorted()).toEqual(['a', 'b', 'c']);
    await used(path.join(folder, 'b', 'below', 'file'), 2, 30_000);
    await keepUsedLast(folder, { count: 9, bytes: 20_000 }, NOW);
    expect(await readdir(folder)).toEqual(['c']);
    await keepUsedLast(folder, { count: 9, bytes: 10 }, NOW);
    expect(await readdir(folder)).toEqual(['c']);
  });

  it('what is needed stays, and what another process may use just now', async () => {
    const folder = await temporaryFolder();
    for (const [name, hours] of [
      ['a', 4],
      ['b', 3],
      ['c', 0.1],
      ['d', 0],
    ] as const) {
      await used(path.join(folder, name), hours);
    }
    await keepUsedLast(folder, { count: 1, recentMs: HOUR_MS / 2, needed: new Set(['a']) }, NOW);
    expect((await readdir(folder)).toSorted()).toEqual(['a', 'c', 'd']);
  });
});

describe('a workspace after hundreds of runs', () => {
  /** Far more than is kept of everything, oldest first. */
  async function grown(): Promise<string> {
    const own = path.join(await temporaryFolder(), '.touchstone');
    const grow = async (at: number): Promise<void> => {
      const name = digestOfBytes(`${at}`);
      const time = new Date(NOW - (400 - at) * HOUR_MS);
      for (const file of ['cache/inspections', 'cache/illustrations', 'row-keys']) {
        await used(path.join(own, file, name), 400 - at);
      }
      for (const folder of ['cache/candidates/churn', 'runs', 'versions', 'data', 'checkpoints']) {
        await mkdir(path.join(own, folder, name), { recursive: true });
        await utimes(path.join(own, folder, name), time, time);
      }
    };
    await Promise.all(Array.from({ length: 230 }, (_, at) => grow(at)));
    return own;
  }

  it('holds the last of each, and the row keys that a registration needs', async () => {
    const own = await grown();
    const needed = digestOfBytes('7');
    await used(path.join(own, 'candidates/churn/candidate.json'), 0);
    await writeFile(path.join(own, 'candidates/churn/candidate.json'), `{ "rowKeys": "${needed}" }`);
    await sweepWorkspace(own, NOW);
    const left = async (folder: string): Promise<readonly string[]> => readdir(path.join(own, folder));
    const counts = {
      'cache/candidates/churn': 10,
      'cache/inspections': 20,
      'cache/illustrations': 200,
      runs: 200,
      versions: 10,
      data: 20,
      checkpoints: 20,
      'row-keys': 41,
    };
    for (const [folder, count] of Object.entries(counts)) {
      const names = await left(folder);
      expect([folder, names.length]).toEqual([folder, count]);
      expect(names).toContain(digestOfBytes('229'));
      expect(names.includes(digestOfBytes('8'))).toBe(false);
    }
    expect(await left('row-keys')).toContain(needed);
  });

  it('keeps all row keys where it cannot be read what a candidate needs', async () => {
    const own = await grown();
    await mkdir(path.join(own, 'candidates/churn'), { recursive: true });
    await sweepWorkspace(own, NOW);
    expect(await readdir(path.join(own, 'row-keys'))).toHaveLength(230);
  });

  it('that is not there is no reason to fail', async () => {
    const root = await temporaryFolder();
    await new Workspace(root).sweep(new Date(NOW));
    expect(await readdir(root)).toEqual([]);
    await rm(root, { recursive: true });
  });
});

describe('what is used', () => {
  it('counts as used from then on: row keys and illustrations', async () => {
    const root = await temporaryFolder();
    const workspace = new Workspace(root);
    const own = workspace.folder;
    const verdict = digestOfBytes('verdict');
    const keys = await workspace.keepRowKeys(new Uint8Array([1]));
    await workspace.keepIllustration(verdict, new Uint8Array([120]));
    const places = [path.join(own, 'row-keys', keys), path.join(own, 'cache/illustrations', verdict)];
    for (const place of places) await utimes(place, 1, 1);
    for (let at = 0; at < 210; at += 1) {
      await used(path.join(own, 'row-keys', digestOfBytes(`${at}`)), 2);
      await used(path.join(own, 'cache/illustrations', digestOfBytes(`${at}`)), 2);
    }
    expect(await workspace.rowKeys(keys)).toBeDefined();
    expect(await workspace.illustration(verdict)).toBeDefined();
    await workspace.sweep(new Date());
    expect(await workspace.rowKeys(keys)).toBeDefined();
    expect(await workspace.illustration(verdict)).toBeDefined();
  });
});

describe('a champion whose files are copied to be loaded', () => {
  it('stays while it is in use, and is copied again where somebody changed it', async () => {
    const workspace = new Workspace(await temporaryFolder());
    const store = new MemoryStore();
    const bytes = new TextEncoder().encode('model');
    const digest = digestOfBytes(bytes);
    await putBlob(store, { name: 'model.onnx', digest, bytes: bytes.length, open: () => stream(bytes) });
    const files: readonly ManifestFile[] = [{ path: 'model.onnx', role: 'model', digest, bytes: bytes.length }];
    const folder = await workspace.copyOf(store, files);
    const model = path.join(folder, 'model.onnx');
    await writeFile(model, 'edited');
    await workspace.copyOf(store, files);
    expect(await readFile(model, 'utf8')).toBe('model');

    await utimes(folder, 1, 1);
    for (let at = 0; at < 12; at += 1) await workspace.copyOf(store, [{ ...files[0], path: `${at}` } as ManifestFile]);
    await utimes(folder, 1, 1);
    await workspace.copyOf(store, files);
    await workspace.sweep(new Date());
    expect(await readFile(model, 'utf8')).toBe('model');
  });
});

describe('row keys', () => {
  it('that are not what they were are none', async () => {
    const workspace = new Workspace(await temporaryFolder());
    const keys = await workspace.keepRowKeys(new Uint8Array([1, 2]));
    await writeFile(path.join(workspace.folder, 'row-keys', keys), new Uint8Array([1, 3]));
    expect(await workspace.rowKeys(keys)).toBeUndefined();
    expect(await workspace.rowKeysSource(keys)).toBeUndefined();
  });
});

async function* stream(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
