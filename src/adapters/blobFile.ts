import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { UserMistake } from '../failure.ts';
import type { Digest } from '../identity/digest.ts';
import { openBlob } from '../registry/blobs.ts';
import type { ByteSource, RegistryStore } from '../registry/store.ts';
import { codeOf } from './folderStoreFailure.ts';

const CHUNK = 1 << 20;

/** A file to be stored, of which digest and length are already known; read when it is stored, and checked then. */
export function fileSource(
  file: string,
  { digest, bytes }: { readonly digest: Digest; readonly bytes: number },
): ByteSource {
  return { name: file, digest, bytes, open: () => readChunks(file) };
}

async function* readChunks(file: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: CHUNK })) yield chunk as Buffer;
  } catch (error) {
    const found =
      codeOf(error) === 'ENOENT' ? 'there is no such file' : `it cannot be read (${codeOf(error) ?? 'unknown'})`;
    throw new UserMistake('file_unreadable', { where: file, found, remedy: 'Train again, or restore it' });
  }
}

/**
 * Writes a blob's bytes to a file, which is seen whole or not at all, and only with the right digest.
 *
 * @throws ServiceFailure `registry_damaged` where the store holds other bytes, or none.
 */
export async function saveBlob(store: RegistryStore, digest: Digest, file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const partial = `${file}.${randomUUID()}.part`;
  try {
    const handle = await open(partial, 'wx');
    try {
      for await (const chunk of await openBlob(store, digest)) await handle.writeFile(chunk);
    } finally {
      await handle.close();
    }
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
}
