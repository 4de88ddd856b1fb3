import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileSource, saveBlob } from '../../src/adapters/blobFile.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { putBlob } from '../../src/registry/blobs.ts';
import { blobKey } from '../../src/registry/storeKey.ts';
import { MemoryStore } from '../fakes/memoryStore.ts';

describe('a file and its blob', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'touchstone-blob-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('hold the same bytes, there and back', async () => {
    const store = new MemoryStore();
    const content = Buffer.alloc(3_000_001, 'model');
    await writeFile(path.join(folder, 'model.onnx'), content);
    const digest = digestOfBytes(content);
    await putBlob(store, fileSource(path.join(folder, 'model.onnx'), { digest, bytes: content.length }));
    await saveBlob(store, digest, path.join(folder, 'cache', 'champion.onnx'));
    expect(content.equals(await readFile(path.join(folder, 'cache', 'champion.onnx')))).toBe(true);
  });

  it('leave nothing behind where the bytes are not those of the digest', async () => {
    const store = new MemoryStore();
    const digest = digestOfBytes('model');
    for (const stored of [undefined, 'another']) {
      if (stored !== undefined) store.objects.set(blobKey(digest), new TextEncoder().encode(stored));
      const saving = saveBlob(store, digest, path.join(folder, 'model.onnx'));
      await expect(saving).rejects.toMatchObject({ code: 'registry_damaged' });
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it('are told apart from a file that is gone, which is the person’s to mend', async () => {
    const source = fileSource(path.join(folder, 'gone.onnx'), { digest: digestOfBytes('x'), bytes: 1 });
    await expect(putBlob(new MemoryStore(), source)).rejects.toMatchObject({
      name: 'UserMistake',
      code: 'file_unreadable',
    });
  });
});
