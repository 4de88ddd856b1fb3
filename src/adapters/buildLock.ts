import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isOrphaned, ownName } from './ownedFolders.ts';

const HEARTBEAT_MS = 2000;
const SILENCE_MS = 15_000;
const POLL_MS = 250;

/**
 * Builds what several processes may want at once: one builds, the others wait for what it publishes. The lock only
 * spares work: where its holder goes silent another one builds, and should both live, both publish something whole.
 *
 * @param ready what is published already, looked at before each attempt.
 */
export async function whileBuilding<T>(
  place: string,
  ready: () => Promise<T | undefined>,
  build: () => Promise<T>,
  waiting: () => void,
  signal?: AbortSignal,
): Promise<T> {
  const lock = path.join(place, 'building');
  let told = false;
  for (;;) {
    const made = await ready();
    if (made !== undefined) return made;
    if (await taken(lock)) {
      try {
        return (await ready()) ?? (await beating(lock, build));
      } finally {
        await rm(lock, { force: true });
      }
    }
    if (!told) waiting();
    told = true;
    if (await silent(lock, ready, signal)) await rm(lock, { force: true });
  }
}

async function taken(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, ownName(), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function beating<T>(lock: string, build: () => Promise<T>): Promise<T> {
  const heart = setInterval(() => {
    const now = new Date();
    utimes(lock, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  try {
    return await build();
  } finally {
    clearInterval(heart);
  }
}

/**
 * Waits while the lock's holder lives. True where it went silent; false where it is done. A beat is any change of the
 * lock's time: the clocks of two machines that share the folder are not compared.
 */
async function silent(lock: string, ready: () => Promise<unknown>, signal?: AbortSignal): Promise<boolean> {
  let last: number | undefined;
  let heardMs = performance.now();
  for (;;) {
    await sleep(POLL_MS, undefined, signal && { signal });
    const beat = await stat(lock).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (beat === undefined || (await ready()) !== undefined) return false;
    if (isOrphaned(await readFile(lock, 'utf8').catch(() => ''))) return true;
    if (beat !== last) heardMs = performance.now();
    last = beat;
    if (performance.now() - heardMs > SILENCE_MS) return true;
  }
}
