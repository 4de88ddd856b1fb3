import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes folders below one, and sees to it that their names outlast a power cut: those that another process made a moment
 * ago too, since it may not be through with them.
 */
export class SyncedFolders {
  readonly #root: string;
  /** Whose names are known to be on the disk, up to the root's. */
  readonly #synced = new Set<string>();

  /** @param root absolute. */
  constructor(root: string) {
    this.#root = root;
  }

  /** @param folder absolute, the root or below it. */
  async make(folder: string): Promise<void> {
    const first = await mkdir(folder, { recursive: true });
    if (first !== undefined) await this.#syncNames(folder, first);
  }

  /** Sees to the names in a folder, and to its own. */
  async sync(folder: string): Promise<void> {
    await syncFolder(folder);
    if (!this.#synced.has(folder)) await this.#syncNames(folder, folder);
  }

  /** From a folder up to the root, and where folders above the root were made, up to the first of them. */
  async #syncNames(folder: string, first: string): Promise<void> {
    const top = first.length < this.#root.length ? first : this.#root;
    for (let named = folder; named.length > top.length; named = path.dirname(named)) {
      await syncFolder(path.dirname(named));
    }
    // Who sees a registry in the root sees what was made after the root's own name was seen to, by whoever made it.
    if (first.length <= this.#root.length) await syncFolder(path.dirname(top));
    this.#synced.add(folder);
  }
}

/** Writes a folder's names to the disk. Windows opens no folder as a file, and journals names by itself. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
