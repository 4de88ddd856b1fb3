import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ServiceFailure, UserMistake } from '../failure.ts';
import { digestOfBytes, type Digest } from '../identity/digest.ts';
import { seal, unseal } from '../identity/seal.ts';
import { openBlob } from '../registry/blobs.ts';
import type { LocalFiles } from '../registry/localFiles.ts';
import type { ManifestFile } from '../registry/manifest.ts';
import type { ByteSource, RegistryStore } from '../registry/store.ts';
import { digestOfFile } from './inputFiles.ts';
import { ownName } from './ownedFolders.ts';
import { sweepWorkspace } from './sweepWorkspace.ts';

/**
 * The folder `.touchstone/` beside the configuration: what can be made again. Every file in it appears whole, and nothing
 * in it is believed without its digest.
 */
export class Workspace implements LocalFiles {
  /** Absolute. */
  readonly folder: string;

  /** @param root absolute path of the folder that holds `touchstone.yml`. */
  constructor(root: string) {
    this.folder = path.join(root, '.touchstone');
  }

  join(folder: string, file: string): string {
    return path.join(folder, file);
  }

  /** Where the datasets of a model are put for its training. */
  dataFolder(model: string): string {
    return path.join(this.folder, 'data', model);
  }

  /** Where what was read of data files is kept. */
  get inspections(): string {
    return path.join(this.folder, 'cache', 'inspections');
  }

  /** Makes the folder, and keeps it out of version control. */
  async prepare(): Promise<void> {
    await this.#writing(async () => {
      await mkdir(this.folder, { recursive: true });
      await writeFile(path.join(this.folder, '.gitignore'), '*\n');
    });
  }

  async keepRowKeys(keys: Uint8Array): Promise<Digest> {
    const digest = digestOfBytes(keys);
    await this.#write(this.#rowKeysFile(digest), keys);
    return digest;
  }

  async rowKeys(digest: Digest): Promise<Uint8Array | undefined> {
    const file = this.#rowKeysFile(digest);
    const keys = await readFile(file).catch(() => undefined);
    if (keys !== undefined) await used(file);
    return keys !== undefined && digestOfBytes(keys) === digest ? keys : undefined;
  }

  /** For a registration; `undefined` where they are gone. */
  async rowKeysSource(digest: Digest): Promise<ByteSource | undefined> {
    return (await this.rowKeys(digest)) === undefined ? undefined : fileSource(this.#rowKeysFile(digest), digest);
  }

  async copyOf(store: RegistryStore, files: readonly ManifestFile[]): Promise<string> {
    const folder = path.join(this.folder, 'versions', digestOfBytes(JSON.stringify(files)));
    // First: from now on a sweep leaves it alone.
    await used(folder);
    for (const { path: name, digest } of files) {
      const file = path.join(folder, name);
      if ((await digestOfFile(file).catch(() => undefined)) === digest) continue;
      const blob = await openBlob(store, digest);
      await this.#appear(file, (temporary) => pipeline(blob, createWriteStream(temporary)));
    }
    return folder;
  }

  /** What a verdict was explained with, by the name of its record; it shows rows, so it is kept out of version control. */
  async keepIllustration(verdict: Digest, bytes: Uint8Array): Promise<void> {
    await this.prepare();
    await this.#write(this.#illustrationFile(verdict), seal(Buffer.from(bytes).toString('utf8')));
  }

  /** `undefined` where there is none, or it is not what was kept. */
  async illustration(verdict: Digest): Promise<Uint8Array | undefined> {
    const text = unseal(await readFile(this.#illustrationFile(verdict), 'utf8').catch(() => ''));
    if (text === undefined) return undefined;
    await used(this.#illustrationFile(verdict));
    return Buffer.from(text);
  }

  /** Bounds what is kept: what was not used for longest goes. Nothing that goes is missed but by the time to make it again. */
  sweep(now: Date): Promise<void> {
    return sweepWorkspace(this.folder, now.getTime());
  }

  /** Keeps a run's report. Returns the folder that holds it. */
  async keepRun(id: string, files: { readonly [name: string]: string }): Promise<string> {
    const folder = path.join(this.folder, 'runs', id);
    try {
      for (const [name, text] of Object.entries(files)) await this.#write(path.join(folder, name), text);
    } catch (error) {
      // A report that is not whole would be taken for that of the last run.
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
    return folder;
  }

  /** A file of a run, of the last one unless named; `undefined` where there is none. */
  async readRun(file: string, id?: string): Promise<string | undefined> {
    const known = await this.listRuns();
    const wanted = id ?? known.at(-1);
    if (wanted === undefined || !known.includes(wanted)) return undefined;
    return readFile(path.join(this.folder, 'runs', wanted, file), 'utf8').catch(() => undefined);
  }

  /** Oldest first. */
  async listRuns(): Promise<readonly string[]> {
    return (await readdir(path.join(this.folder, 'runs')).catch(() => [])).toSorted();
  }

  #illustrationFile(verdict: Digest): string {
    return path.join(this.folder, 'cache', 'illustrations', verdict);
  }

  #rowKeysFile(digest: Digest): string {
    return path.join(this.folder, 'row-keys', digest);
  }

  async #write(file: string, content: string | Uint8Array): Promise<void> {
    await this.#appear(file, (temporary) => writeFile(temporary, content));
  }

  /** Has a file appear whole, or not at all. */
  #appear(file: string, write: (temporary: string) => Promise<void>): Promise<void> {
    return this.#writing(async () => {
      await mkdir(path.dirname(file), { recursive: true });
      const temporary = `${file}.${ownName()}`;
      try {
        await write(temporary);
        await rename(temporary, file);
      } finally {
        await rm(temporary, { force: true });
      }
    });
  }

  /** @throws ServiceFailure `folder-not-writable` where the filesystem refuses. */
  async #writing(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      const refused = error instanceof Error && 'syscall' in error;
      if (!refused) throw error;
      const problem = {
        where: this.folder,
        found: `cannot be written (${error.message})`,
        remedy: 'Mend the rights, or free some space',
      };
      throw new ServiceFailure('folder-not-writable', problem, { cause: error });
    }
  }
}

/** Notes that a file or folder is of use now. */
async function used(place: string): Promise<void> {
  const now = new Date();
  await utimes(place, now, now).catch(() => undefined);
}

/** A file as a source of bytes whose digest is known. */
export async function fileSource(file: string, digest: Digest): Promise<ByteSource> {
  const gone = (cause: unknown): UserMistake => {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no file';
    return new UserMistake('file_changed', {
      where: file,
      found: `it cannot be read any more (${code})`,
      remedy: 'Train again, and leave the files of a candidate as they are',
    });
  };
  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of createReadStream(file)) yield chunk as Buffer;
    } catch (error) {
      throw gone(error);
    }
  }
  const { size } = await stat(file).catch((error: unknown) => {
    throw gone(error);
  });
  return { name: file, digest, bytes: size, open: read };
}
