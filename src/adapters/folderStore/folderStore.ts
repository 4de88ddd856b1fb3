import { randomUUID } from 'node:crypto';
import { createReadStream, type Dirent } from 'node:fs';
import { lstat, open, readdir, readFile, rename, stat, statfs, unlink, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { ServiceFailure } from '../../failure.ts';
import { damaged } from '../../registry/damage.ts';
import { assertHintKey, type ByteSource, type Creation, type RegistryStore } from '../../registry/store.ts';
import type { StoreFolder, StoreKey } from '../../registry/storeKey.ts';
import { codeOf, folderStoreFailure, isFull, type Deed, type Room } from './folderStoreFailure.ts';
import { sweepLeftovers } from './folderStoreLeftovers.ts';
import { linkOnce } from './linkOnce.ts';
import { SyncedFolders } from './syncedFolder.ts';

/** Half-written files lie here, on the filesystem that they will be linked on; no key starts with a dot. */
const TEMPORARY = '.tmp';
const CHUNK = 1 << 20;

/**
 * A registry in a folder. A file is written under a temporary name, synced, and then linked to its own: link(2) makes a
 * name once or fails, on local disks as on NFS, so a name is never seen half-written, whoever is killed when. Then its
 * folder is synced, and only then anything is told: what is written next (the event, after its blobs) cannot outlast a
 * power cut that this does not.
 */
export class FolderStore implements RegistryStore {
  readonly location: string;
  readonly #root: string;
  readonly #now: () => Date;
  readonly #folders: SyncedFolders;
  #swept: Promise<void> | undefined;

  /** Touches nothing yet. `root` is absolute; it need not exist. The clock tells which leftovers are old. */
  constructor(root: string, now: () => Date) {
    this.#root = root;
    this.#now = now;
    this.#folders = new SyncedFolders(root);
    this.location = `file:${root}`;
  }

  async create(key: StoreKey, bytes: Uint8Array): Promise<Creation> {
    const create = async (): Promise<Creation> => {
      if ((await this.#takenBy(key)) !== undefined) return this.#exists(key);
      return this.#createLinked(key, (file) => file.writeFile(bytes));
    };
    return this.#saying('create', key, create, { needed: bytes.length });
  }

  async createFrom(key: StoreKey, source: ByteSource): Promise<Creation> {
    const failing = new FailingSource(source);
    return this.#saying(
      'create',
      key,
      async () => {
        const taken = await this.#takenBy(key);
        if (taken === undefined) return this.#createLinked(key, (file) => failing.writeTo(file));
        if (taken === source.bytes) return this.#exists(key);
        throw damaged(this, key, `it holds ${taken} bytes`, `the ${source.bytes} bytes that its digest was made of`);
      },
      { needed: source.bytes, source: failing },
    );
  }

  async get(key: StoreKey): Promise<Uint8Array | undefined> {
    return this.#saying('read', key, () => orAbsent(readFile(this.#pathOf(key))));
  }

  async open(key: StoreKey): Promise<AsyncIterable<Uint8Array> | undefined> {
    const size = await this.#saying('read', key, () => this.#takenBy(key));
    return size === undefined ? undefined : this.#stream(key);
  }

  async *list(folder: StoreFolder, after?: StoreKey): AsyncGenerator<string, void, undefined> {
    const entries = await this.#saying('list', folder, () =>
      orAbsent(readdir(path.join(this.#root, folder), { withFileTypes: true })),
    );
    if (entries === undefined && folder === '') await this.#assertNotAstray();
    const names = await Promise.all((entries ?? []).map((entry) => this.#nameOf(folder, entry)));
    // A folder's slash takes part in the order, as it does in the keys that come out of it.
    for (const name of names.sort(byCodeUnits)) {
      if (folder === '' && name === `${TEMPORARY}/`) continue;
      const key = `${folder}${name}`;
      if (!name.endsWith('/')) {
        if (after === undefined || key > after) yield key;
      } else if (after === undefined || key > after || after.startsWith(key)) {
        yield* this.list(key as StoreFolder, after);
      }
    }
  }

  async settle(folder: StoreFolder): Promise<void> {
    await this.#saying('write', folder, async () => {
      await orAbsent(this.#folders.sync(path.join(this.#root, folder)));
    });
  }

  async putHint(key: StoreKey, bytes: Uint8Array): Promise<void> {
    assertHintKey(key);
    // Not synced: a hint that is lost costs a longer list.
    await this.#saying('write', key, async () => {
      await this.#withTemporary(
        0o644,
        (file) => file.writeFile(bytes),
        async (temporary) => {
          await this.#folders.make(path.dirname(this.#pathOf(key)));
          await rename(temporary, this.#pathOf(key));
        },
      );
    });
  }

  /** A link whose share is not mounted would look like a registry without models. */
  async #assertNotAstray(): Promise<void> {
    const root = await lstat(this.#root).catch(() => undefined);
    if (root?.isSymbolicLink() !== true) return;
    throw new ServiceFailure('store_failed', {
      where: this.location,
      found: 'it is a link that leads nowhere',
      expected: 'a folder, or a link to one',
      remedy: 'Mount what it leads to, or name another place as "registry" in touchstone.yml',
    });
  }

  #pathOf(key: StoreKey): string {
    return path.join(this.#root, ...key.split('/'));
  }

  /** The size of what has a name already; spares the writing of what is there, and decides nothing: link(2) does. */
  async #takenBy(key: StoreKey): Promise<number | undefined> {
    return (await orAbsent(stat(this.#pathOf(key))))?.size;
  }

  async #createLinked(key: StoreKey, write: (file: FileHandle) => Promise<void>): Promise<Creation> {
    // 0444 as git's objects: what stands is not to be edited by a slip.
    const creation = await this.#withTemporary(
      0o444,
      async (file) => {
        await write(file);
        await file.sync();
      },
      async (temporary) => {
        const final = this.#pathOf(key);
        await this.#folders.make(path.dirname(final));
        return linkOnce(temporary, final);
      },
    );
    if (creation === 'exists') return this.#exists(key);
    await this.#folders.sync(path.dirname(this.#pathOf(key)));
    return 'created';
  }

  /** Whoever is told that a name stands may build on it: it must outlast a power cut, whoever made it. */
  async #exists(key: StoreKey): Promise<Creation> {
    await this.#folders.sync(path.dirname(this.#pathOf(key)));
    return 'exists';
  }

  async #withTemporary<T>(
    mode: number,
    write: (file: FileHandle) => Promise<void>,
    place: (temporary: string) => Promise<T>,
  ): Promise<T> {
    const folder = path.join(this.#root, TEMPORARY);
    await this.#folders.make(folder);
    this.#swept ??= sweepLeftovers(folder, this.#now());
    await this.#swept;
    const temporary = path.join(folder, `${process.pid}-${randomUUID()}`);
    try {
      const file = await open(temporary, 'wx', mode);
      try {
        await write(file);
      } finally {
        await file.close();
      }
      return await place(temporary);
    } finally {
      // What cannot be removed now is swept when it is old.
      await unlink(temporary).catch(() => undefined);
    }
  }

  /** Opened when it is read, so that a stream that nobody reads holds no file. */
  async *#stream(key: StoreKey): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const chunk of createReadStream(this.#pathOf(key), { highWaterMark: CHUNK })) yield chunk as Buffer;
    } catch (error) {
      throw folderStoreFailure(this, 'read', key, error);
    }
  }

  async #nameOf(folder: string, entry: Dirent): Promise<string> {
    const isFolder = entry.isSymbolicLink()
      ? (await orAbsent(stat(path.join(this.#root, folder, entry.name))))?.isDirectory() === true
      : entry.isDirectory();
    return isFolder ? `${entry.name}/` : entry.name;
  }

  async #saying<T>(deed: Deed, key: string, act: () => Promise<T>, written?: Written): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (written?.source?.failedWith(error) === true) throw error;
      const room = written !== undefined && isFull(error) ? await this.#room(written) : undefined;
      throw folderStoreFailure(this, deed, key, error, room);
    }
  }

  async #room({ needed }: Written): Promise<Room> {
    // A quota is no matter of the disk, and some filesystems do not tell.
    const disk = await statfs(this.#root).catch(() => undefined);
    return { needed, ...(disk !== undefined && { free: disk.bavail * disk.bsize }) };
  }
}

/** What was to be written. */
interface Written {
  readonly needed: number;
  readonly source?: FailingSource;
}

/** Tells a source's errors, which come through as they are, from the folder's: both may be errors of a filesystem. */
class FailingSource {
  readonly #source: ByteSource;
  #failure: { readonly error: unknown } | undefined;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  async writeTo(file: FileHandle): Promise<void> {
    for await (const chunk of this.#chunks()) await file.writeFile(chunk);
  }

  failedWith(error: unknown): boolean {
    return this.#failure !== undefined && this.#failure.error === error;
  }

  async *#chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* this.#source.open();
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }
}

async function orAbsent<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
