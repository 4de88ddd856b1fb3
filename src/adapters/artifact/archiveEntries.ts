import type { Entry, ZipFile } from 'yauzl';
import { UserMistake, type Problem } from '../../failure.ts';
import { isPortable } from '../../training/outputs.ts';

/** What an archive may hold at most, by what its directory states; each entry is held to what it states when it is read. */
export interface ArchiveLimits {
  readonly entries: number;
  /** Of all entries together. */
  readonly bytes: number;
  /** How many bytes one byte of the archive may become. A deflated one can become 1,032. */
  readonly expansion: number;
  /** Up to here an archive may expand as it likes: small files of zeros harm nobody. */
  readonly freeBytes: number;
}

export const CANDIDATE_LIMITS: ArchiveLimits = {
  entries: 1000,
  bytes: 4 * 1024 ** 3,
  expansion: 100,
  freeBytes: 64 * 1024 ** 2,
};

const STORED = 0;
const DEFLATED = 8;
const FORMAT_BITS = 0o170000;
const REGULAR_FILE = 0o100000;
const FOLDER = 0o040000;

/**
 * The files of an archive by their path, from its directory alone: nothing is expanded.
 *
 * @throws UserMistake with the first thing that an archive of ours never holds.
 */
export async function archiveEntries(
  archive: ZipFile,
  where: string,
  limits: ArchiveLimits,
): Promise<ReadonlyMap<string, Entry>> {
  const refuse = (found: string, expected: string): UserMistake => refusedArchive({ where, found, expected });
  if (archive.entryCount > limits.entries) {
    throw refuse(`it states ${archive.entryCount} entries`, `at most ${limits.entries}`);
  }
  const files = new Map<string, Entry>();
  const folded = new Set<string>();
  let bytes = 0;
  let packed = 0;
  let count = 0;
  // An entry whose name leads out of the folder, or cannot be read, ends this with an error.
  for await (const entry of archive.eachEntry()) {
    count += 1;
    if (count > limits.entries) throw refuse('it holds more entries than it states', `at most ${limits.entries}`);
    const shown = JSON.stringify(entry.fileName.slice(0, 200));
    const isFolder = entry.fileName.endsWith('/');
    const name = isFolder ? entry.fileName.slice(0, -1) : entry.fileName;
    if (!isInside(name)) throw refuse(`the name ${shown} leads elsewhere`, 'a plain relative path');
    if (!isPlain(entry, isFolder)) throw refuse(`${shown} is a link or a special file`, 'files and folders');
    // Two names that one system tells apart and another does not would overwrite each other there.
    const same = name.normalize('NFC').toLowerCase();
    if (folded.has(same)) throw refuse(`${shown} is in it twice`, 'each name once');
    folded.add(same);
    if (isFolder) continue;
    if (entry.isEncrypted()) throw refuse(`${shown} is encrypted`, 'files that can be read');
    if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
      throw refuse(`${shown} is packed by method ${entry.compressionMethod}`, 'stored or deflated files');
    }
    bytes += entry.uncompressedSize;
    packed += entry.compressedSize;
    if (bytes > limits.bytes) {
      throw refuse(`its files are of ${bytes} bytes or more`, `at most ${limits.bytes} bytes`);
    }
    files.set(name, entry);
  }
  // Entries may lie over each other: what they state to be packed in can be more than there is.
  const real = Math.min(packed, archive.fileSize);
  if (bytes > limits.freeBytes && bytes > real * limits.expansion) {
    throw refuse(`${real} bytes of it state to become ${bytes}`, `at most ${limits.expansion} bytes of each`);
  }
  return files;
}

export function refusedArchive(problem: Problem): UserMistake {
  return new UserMistake('artifact-refused', { remedy: 'Run the training again', ...problem });
}

function isInside(name: string): boolean {
  const steps = name.split('/');
  return isPortable(name) && steps.every((step) => step !== '' && step !== '.' && step !== '..');
}

function isPlain({ externalFileAttributes }: Entry, isFolder: boolean): boolean {
  // The mode of a Unix file lies in the upper half; where another system made the archive, there is none.
  const format = (externalFileAttributes >>> 16) & FORMAT_BITS;
  return format === 0 || format === (isFolder ? FOLDER : REGULAR_FILE);
}
