import { mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { version } from '@duckdb/node-api';
import type { ModelData, ModelDatasets } from '../dataset/dataset.ts';
import {
  formatInspection,
  keyOfInspection,
  parseInspection,
  type Inspection,
  type ReadFile,
  type ReadFiles,
} from '../dataset/keptInspection.ts';
import type { Problem } from '../failure.ts';
import { digestOfBytes, type Digest } from '../identity/digest.ts';
import { findFiles } from './duckdb/findFiles.ts';
import { digestOfFile } from './inputFiles.ts';
import { ownName } from './ownedFolders.ts';

/** Keeps row keys by their digest, in a folder that is none of the project's own, and bounds what lies there. */
interface RowKeyFiles {
  prepare(): Promise<void>;
  keepRowKeys(keys: Uint8Array): Promise<Digest>;
  rowKeys(digest: Digest): Promise<Uint8Array | undefined>;
  sweep(now: Date): Promise<void>;
}

/** What was read of data files, kept for as long as their bytes are the same. */
export class InspectionCache {
  readonly #folder: string;
  readonly #keys: RowKeyFiles;
  readonly #now: () => Date;

  /** @param folder where entries are kept; made when it is needed. */
  constructor(folder: string, keys: RowKeyFiles, now: () => Date) {
    this.#folder = folder;
    this.#keys = keys;
    this.#now = now;
  }

  /**
   * The datasets of a model: those of an earlier reading of the same bytes, or read now and kept. Times of files say
   * nothing here: every byte is digested, which takes a twentieth of the time of reading.
   *
   * @param again read, whatever is kept.
   */
  async inspect(
    root: string,
    model: ModelData,
    read: () => Promise<ModelDatasets>,
    { again = false, signal }: { readonly again?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<Inspection> {
    const files = await filesNow(root, model, signal);
    // A file that is missing is told by who reads, with all else that is wrong.
    if (files === undefined) return { datasets: await read() };
    const key = keyOfInspection(model, files, `duckdb ${version()}`);
    const kept = again ? undefined : await this.#find(key, files);
    if (kept !== undefined) {
      return { datasets: kept.datasets, fileDigests: digestsOf(files), reusedFrom: kept.madeAt };
    }
    const datasets = await read();
    const after = await filesNow(root, model, signal);
    if (after === undefined || keyOfInspection(model, after, `duckdb ${version()}`) !== key) return { datasets };
    await this.#keep(key, datasets);
    return { datasets, fileDigests: digestsOf(files) };
  }

  async #find(key: Digest, files: ReadFiles): ReturnType<typeof parseInspection> {
    const entry = this.#entry(key);
    const text = await readFile(entry, 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const found = await parseInspection(text, key, files, (digest) => this.#keys.rowKeys(digest));
    const now = this.#now();
    if (found !== undefined) await utimes(entry, now, now).catch(() => undefined);
    return found;
  }

  /** Where nothing can be written, nothing is kept: reading is no reason to write. */
  async #keep(key: Digest, datasets: ModelDatasets): Promise<void> {
    const entry = this.#entry(key);
    const temporary = `${entry}.${ownName()}`;
    try {
      await this.#keys.prepare();
      for (const dataset of Object.values(datasets) as ModelDatasets['holdout'][]) {
        const digest = digestOfBytes(dataset.rowKeys);
        if ((await this.#keys.rowKeys(digest)) === undefined) await this.#keys.keepRowKeys(dataset.rowKeys);
      }
      await mkdir(this.#folder, { recursive: true });
      await writeFile(temporary, formatInspection(key, datasets, this.#now().toISOString()));
      await rename(temporary, entry);
      await this.#keys.sweep(this.#now());
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  #entry(key: Digest): string {
    return path.join(this.#folder, key);
  }
}

/** The files that the model names, digested; `undefined` where one of them is missing. */
async function filesNow(root: string, { name, data }: ModelData, signal?: AbortSignal): Promise<ReadFiles | undefined> {
  const problems: Problem[] = [];
  const digests = new Map<string, Digest>();
  const files: { -readonly [role in keyof ReadFiles]: ReadFiles[role] } = {};
  for (const role of ['train', 'validation', 'holdout'] as const) {
    if (data[role].length === 0) continue;
    const found = await findFiles(root, data[role], `models.${name}.data.${role}`, problems);
    const read: ReadFile[] = [];
    for (const file of found) {
      const digest = digests.get(file.path) ?? (await digestOfFile(file.path, signal).catch(unlessAborted(signal)));
      if (digest === undefined) return undefined;
      digests.set(file.path, digest);
      read.push({ ...file, digest });
    }
    files[role] = read;
  }
  return problems.length === 0 ? files : undefined;
}

function unlessAborted(signal: AbortSignal | undefined): (error: unknown) => undefined {
  return (error) => {
    if (signal?.aborted === true) throw error;
    return undefined;
  };
}

function digestsOf(files: ReadFiles): ReadonlyMap<string, Digest> {
  return new Map(Object.values(files).flatMap((of) => of.map(({ shown, digest }) => [shown, digest])));
}
