import { readdir, stat, unlink } from 'node:fs/promises';
import path from 'node:path';

/** Nobody writes one file for so long without touching it. */
const OLD_MS = 24 * 60 * 60 * 1000;

/** Removes what killed writers left. It is never in the way, so what cannot be removed stays. */
export async function sweepLeftovers(folder: string, now: Date): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const leftover = path.join(folder, name);
    try {
      if (now.getTime() - (await stat(leftover)).mtimeMs > OLD_MS) await unlink(leftover);
    } catch {
      // Gone meanwhile, or not ours to remove.
    }
  }
}
