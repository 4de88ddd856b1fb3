import { hash } from 'node:crypto';
import { readdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { ServiceFailure } from '../../failure.ts';
import { ownName } from '../ownedFolders.ts';
import type { NativePartName, PinnedPart } from './nativePart.ts';

export const NATIVE_PART_CHANGED = 'native-part-changed';

/**
 * Reads every file of a part that is about to be loaded: they must be those that are pinned, and no others, since a
 * library looks for what it needs in its own folder first. A part that is not what it must be is put aside, so that it
 * is fetched again only into a fresh folder.
 *
 * @throws ServiceFailure `native-part-changed`
 */
export async function verifyNativePart(name: NativePartName, pin: PinnedPart, folder: string): Promise<void> {
  const departure = await findDeparture(pin, folder);
  if (departure === undefined) return;
  // A cache that cannot be written stays as it is, and is refused again.
  const aside = `${folder}.refused-${ownName()}`;
  const moved = await rename(folder, aside).then(
    () => true,
    () => false,
  );
  throw new ServiceFailure(NATIVE_PART_CHANGED, {
    where: path.join(folder, departure.file),
    found: `${departure.found}: ${name} was not loaded`,
    expected: 'the file that this release of Touchstone names by its sha512',
    remedy: moved
      ? `It lies in ${aside} now, and the next run fetches it anew. Find out what else can write to the tool cache of this runner`
      : 'Fill the tool cache again, and find out what else can write to it',
  });
}

/** `undefined` where every file is the one that is pinned, and there is no other. */
export async function findDeparture(
  { files }: Pick<PinnedPart, 'files'>,
  folder: string,
): Promise<{ readonly file: string; readonly found: string } | undefined> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const present = new Set<string>();
  for (const entry of entries) {
    const file = path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/');
    if (entry.isDirectory()) continue;
    if (!entry.isFile()) return { file, found: 'it is no regular file' };
    if (!Object.hasOwn(files, file)) return { file, found: 'it is no file of the pack' };
    present.add(file);
  }
  const checked = Object.entries(files).map(async ([file, sha512]) => {
    if (!present.has(file)) return { file, found: 'it is missing' };
    const actual = await sha512Of(path.join(folder, file));
    return actual === sha512 ? undefined : { file, found: `its sha512 is ${actual.slice(0, 16)}…` };
  });
  return (await Promise.all(checked)).find((departure) => departure !== undefined);
}

/** In hex. At once: the digest of a thread pool takes twice as long (crypto.subtle, measured on 70 MB with Node 24). */
export async function sha512Of(file: string): Promise<string> {
  return hash('sha512', await readFile(file));
}
