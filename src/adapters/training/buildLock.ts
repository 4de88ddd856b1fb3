import path from 'node:path';
import { takeLock } from '../ownedLock.ts';

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
  const unneeded = async (): Promise<boolean> => (await ready()) !== undefined;
  for (;;) {
    const made = await ready();
    if (made !== undefined) return made;
    const lock = await takeLock(path.join(place, 'building'), {
      onWait: waiting,
      unneeded,
      ...(signal && { signal }),
    });
    if (lock === undefined) continue;
    try {
      return (await ready()) ?? (await build());
    } finally {
      await lock.release();
    }
  }
}
