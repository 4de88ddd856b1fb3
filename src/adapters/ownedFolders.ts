import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { digestOfBytes } from '../identity/digest.ts';

// <process id>-<host>-<random>: so that what a killed process left can be told from what a living one uses.
const NAME = /^(\d+)-([0-9a-f]{8})-[0-9a-f]{12}$/;
const host = (): string => digestOfBytes(hostname()).slice(0, 8);

/** A name that nobody else has, and that says whose it is. */
export function ownName(): string {
  return `${process.pid}-${host()}-${randomBytes(6).toString('hex')}`;
}

/** Whether a name is that of a process of this host that runs no longer. Of other hosts nothing is known. */
export function isOrphaned(name: string): boolean {
  const [, owner, where] = NAME.exec(name) ?? [];
  return owner !== undefined && where === host() && !isAlive(Number(owner));
}

/** A new folder in `parent` that this process owns. */
export async function makeOwnedFolder(parent: string): Promise<string> {
  const folder = path.join(parent, ownName());
  await mkdir(folder, { recursive: true });
  return folder;
}

/**
 * Removes the folders of processes of this host that run no longer.
 * @param rescue is called with each of them first, already under this process's name.
 */
export async function removeOrphanedFolders(
  parent: string,
  rescue: (folder: string) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    if (!isOrphaned(name)) continue;
    // One of several sweepers wins the rename.
    const claimed = path.join(parent, ownName());
    try {
      await rename(path.join(parent, name), claimed);
    } catch {
      continue;
    }
    await rescue(claimed);
    await removeFolder(claimed);
  }
}

/** Removes a folder whatever it holds; read-only folders in it as well. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // Another user's process may not be signalled, and lives.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
