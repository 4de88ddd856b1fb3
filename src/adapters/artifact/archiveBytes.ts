import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { UserMistake } from '../../failure.ts';
import { refusedArchive } from './archiveEntries.ts';

/** @throws UserMistake where the file is no archive. */
export async function openArchive(file: string, where: string): Promise<ZipFile> {
  try {
    // Names that lead out, or hold a backslash, end the reading.
    return await openPromise(file, { autoClose: false, strictFileNames: true, validateEntrySizes: true });
  } catch (error) {
    throw asRefusal(error, where);
  }
}

/**
 * The content of an entry, piece by piece. The library ends a stream that is longer than its entry states; so does this,
 * whatever the library does.
 */
export async function* entryBytes(archive: ZipFile, entry: Entry): AsyncGenerator<Buffer, void, undefined> {
  let left = entry.uncompressedSize;
  for await (const chunk of await archive.openReadStreamPromise(entry)) {
    left -= (chunk as Buffer).length;
    if (left < 0) throw new Error('an entry is longer than it states');
    yield chunk as Buffer;
  }
}

/** All of an entry, whose stated size is known to be small. */
export async function readEntry(archive: ZipFile, entry: Entry): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of entryBytes(archive, entry)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What the library, the decompressor or the decoder says of an archive is about the archive. */
export function asRefusal(error: unknown, where: string): unknown {
  if (error instanceof UserMistake || !(error instanceof Error)) return error;
  // What the system says is about this machine: a full disk, no rights.
  if ('syscall' in error || error.name === 'AbortError') return error;
  return refusedArchive({
    where,
    found: `it cannot be read (${error.message.slice(0, 300)})`,
    expected: 'a whole archive',
  });
}
