import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isOrphaned, ownName } from './ownedFolders.ts';

const HEARTBEAT_MS = 1000;
/** A process of this host that runs no longer is held for dead only if its lock does not beat either: two containers may share a host name, and know nothing of each other's processes. */
const ORPHAN_SILENCE_MS = 2500;
/** Longer than a process is busy at one stretch. After it even a process that seems to live is passed over: it is another one under the same number, or it was stopped. */
const SILENCE_MS = 15_000;
const POLL_MS = 250;

/** A lock that this process holds, and says so by a heartbeat until it lets go. */
export interface HeldLock {
  release(): Promise<void>;
}

export interface LockWish {
  /** What the holder says of itself to those who wait: lines of text. */
  readonly says?: readonly string[];
  /** Called once if there is somebody to wait for, with what they say of themselves. */
  readonly onWait?: (says: readonly string[]) => void;
  /** Whether there is no need of the lock any more. */
  readonly unneeded?: () => Promise<boolean>;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
}

/**
 * Waits for a lock, a file that its holder creates: until it is let go, or its holder died or fell silent. It orders
 * what need not be done twice or at once; where a holder that was stopped goes on later there may be two, so all that
 * is done under it must appear whole by itself.
 *
 * @returns `undefined` where it came to be not needed.
 */
export async function takeLock(lock: string, wish: LockWish = {}): Promise<HeldLock | undefined> {
  const own = [ownName(), ...(wish.says ?? [])].join('\n');
  const waiting = new Waiting(wish.onWait);
  while (!(await created(lock, own))) {
    const holder = await seen(lock);
    if (holder !== undefined && waiting.isInVain(holder)) await passOver(lock, holder.content);
    await sleep(POLL_MS, undefined, wish.signal && { signal: wish.signal });
    if (await wish.unneeded?.()) return undefined;
  }
  return beating(lock, own);
}

interface Holder {
  readonly content: string;
  readonly beat: number;
}

/** What one who waits knows of the holder. Beats are changes of the file's time: the clocks of two machines that share a folder are not compared. */
class Waiting {
  readonly #onWait: LockWish['onWait'];
  #told = false;
  #last: Holder | undefined;
  #heardMs = 0;

  constructor(onWait: LockWish['onWait']) {
    this.#onWait = onWait;
  }

  isInVain(holder: Holder): boolean {
    const same = holder.content === this.#last?.content;
    const beaten = same && holder.beat !== this.#last?.beat;
    if (!same || beaten) this.#heardMs = performance.now();
    this.#last = holder;
    const [name = '', ...says] = holder.content.split('\n');
    const orphaned = isOrphaned(name);
    // Empty: it is being written. Orphaned and silent: it will soon be passed over without a word.
    if (!this.#told && name !== '' && (!orphaned || beaten)) {
      this.#told = true;
      this.#onWait?.(says);
    }
    return performance.now() - this.#heardMs > (orphaned ? ORPHAN_SILENCE_MS : SILENCE_MS);
  }
}

async function created(lock: string, content: string): Promise<boolean> {
  try {
    await writeFile(lock, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function seen(lock: string): Promise<Holder | undefined> {
  try {
    return { content: await readFile(lock, 'utf8'), beat: (await stat(lock)).mtimeMs };
  } catch {
    return undefined;
  }
}

/** Removes the lock of a holder that is gone. One of several that try it wins; a lock taken just now is put back. */
async function passOver(lock: string, content: string): Promise<void> {
  const aside = `${lock}.${ownName()}`;
  try {
    await rename(lock, aside);
  } catch {
    return;
  }
  const others = (await readFile(aside, 'utf8').catch(() => content)) !== content;
  if (others) await link(aside, lock).catch(() => undefined);
  await rm(aside, { force: true });
}

function beating(lock: string, own: string): HeldLock {
  const heart = setInterval(() => {
    const now = new Date();
    utimes(lock, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  heart.unref();
  return {
    async release() {
      clearInterval(heart);
      // Passed over while it was stopped, it belongs to another now.
      if ((await seen(lock))?.content === own) await rm(lock, { force: true });
    },
  };
}
