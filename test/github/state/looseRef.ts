import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GitFailure } from './git.ts';

/**
 * Moves a ref that git keeps in a file of its own, as git does it: under a lock, if it is where it is said to be. Answers
 * whether it is such a ref: if not, git must be started. Throws a `GitFailure` where somebody else was faster.
 */
export async function moveLooseRef(git: string, ref: string, before: string, after: string): Promise<boolean> {
  if (!/^refs\/heads\/[\w/-]+$/.test(ref) || /^0+$/.test(before)) return false;
  const file = join(git, ref);
  const lock = await open(`${file}.lock`, 'wx').catch(() => undefined);
  if (lock === undefined) throw new GitFailure(`cannot lock ref '${ref}'`, 128);
  let moved = false;
  try {
    const now = await readFile(file, 'utf8').catch(() => undefined);
    if (now === undefined || !/^[0-9a-f]{40}\n$/.test(now)) return false;
    if (now.trim() !== before) throw new GitFailure(`ref '${ref}' is at ${now.trim()} but expected ${before}`, 128);
    await lock.writeFile(`${after}\n`);
    await rename(`${file}.lock`, file);
    moved = true;
  } finally {
    await lock.close();
    // Once it is moved, a lock of this name is another's.
    if (!moved) await rm(`${file}.lock`, { force: true });
  }
  return true;
}
