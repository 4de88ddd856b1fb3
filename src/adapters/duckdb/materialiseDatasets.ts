import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { copySql, digestOfCopy, endingOf, isOneWholeFile, sourceOfCopy } from '../../dataset/copy.ts';
import type { PreparedData, PreparedDataset, WantedFiles } from '../../dataset/dataEngine.ts';
import type { Dataset, ModelData, ModelDatasets } from '../../dataset/dataset.ts';
import type { DatasetSource } from '../../dataset/source.ts';
import { ServiceFailure, UserMistake } from '../../failure.ts';
import type { Digest } from '../../identity/digest.ts';
import { seal, unseal } from '../../identity/seal.ts';
import { digestOfFile } from '../inputFiles.ts';
import { isOrphaned, ownName } from '../ownedFolders.ts';
import { Database, refuseInterrupted, type DatabaseLimits } from './database.ts';
import { problemOf } from './openFile.ts';

const ROLES = ['train', 'validation', 'holdout'] as const;

/** See {@link DataEngine.materialise}. */
export async function materialiseDatasets(
  datasets: ModelDatasets,
  model: ModelData,
  folder: string,
  wanted: WantedFiles,
  limits: DatabaseLimits,
): Promise<PreparedData> {
  await mkdir(folder, { recursive: true });
  await removeUnfinished(folder);
  const digests = wanted.fileDigests ?? new Map<string, Digest>();
  const roles = wanted.roles ?? ROLES;
  const prepared: Partial<Record<(typeof ROLES)[number], PreparedDataset>> = {};
  for (const role of ROLES) {
    const dataset = datasets[role];
    if (dataset === undefined || !roles.includes(role)) continue;
    prepared[role] = await asOneFile(dataset, folder, digests, limits);
  }
  if (wanted.holdoutFeatures !== true) return prepared;
  const { source } = prepared.holdout ?? datasets.holdout;
  const file = path.join(folder, `holdout-features${endingOf(source)}`);
  const names = source.columns.map(({ name }) => name).filter((name) => name !== model.target);
  await write(source, names, file, digests, limits, datasets.holdout.source);
  return { ...prepared, holdoutFeatures: file };
}

async function asOneFile(
  dataset: Dataset,
  folder: string,
  digests: ReadonlyMap<string, Digest>,
  limits: DatabaseLimits,
): Promise<PreparedDataset> {
  const { source, role } = dataset;
  const [first] = source.files;
  if (isOneWholeFile(source) && first !== undefined) return { ...dataset, file: first.path };
  const name = `${role}${endingOf(source)}`;
  const file = path.join(folder, name);
  const names = source.columns.map((column) => column.name);
  await write(source, names, file, digests, limits);
  return { ...dataset, file, source: sourceOfCopy(source, file, name) };
}

/**
 * Writes beside the file first: a reader sees all of it or none.
 *
 * @param digests of what is read: a file that is known to be written of it is left as it is.
 * @param original what was read of the data files, where the source is a copy of it.
 */
async function write(
  source: DatasetSource,
  columns: readonly string[],
  file: string,
  digests: ReadonlyMap<string, Digest>,
  limits: DatabaseLimits,
  original: DatasetSource = source,
): Promise<void> {
  const of = digestOfCopy(original, columns, digests);
  if (of !== undefined && (await isWritten(file, of))) return;
  const folder = path.dirname(file);
  const unfinished = path.join(folder, ownName());
  const reads = source.files.map((each) => each.path);
  const database = await Database.open({ reads, writes: folder, columns: columns.length }, limits);
  try {
    await database.run(copySql(source, columns, unfinished));
    const digest = of === undefined ? undefined : await digestOfFile(unfinished, limits.signal);
    await rename(unfinished, file);
    if (of === undefined || digest === undefined || !(await areStill(original, digests))) return;
    await writeFile(unfinished, seal(`${of}\n${digest}`));
    await rename(unfinished, noteOf(file));
  } catch (error) {
    await rm(unfinished, { force: true });
    refuseInterrupted(limits.signal);
    throw failureOf(error, source, file);
  } finally {
    database.close();
  }
}

/** Whether the files of a source are those that were digested: they are large, and may have changed since. */
async function areStill({ files }: DatasetSource, digests: ReadonlyMap<string, Digest>): Promise<boolean> {
  for (const { path: file, shown } of files) {
    if ((await digestOfFile(file).catch(() => undefined)) !== digests.get(shown)) return false;
  }
  return true;
}

/** Whether the note beside a file says that it was written of this, and it still is what was written. */
async function isWritten(file: string, of: Digest): Promise<boolean> {
  const note = unseal(await readFile(noteOf(file), 'utf8').catch(() => ''));
  const [writtenOf, digest] = note?.split('\n') ?? [];
  return writtenOf === of && digest === (await digestOfFile(file).catch(() => undefined));
}

function noteOf(file: string): string {
  return `${file}.written`;
}

/** What killed processes left of files that they were writing. */
async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (isOrphaned(name)) await rm(path.join(folder, name), { force: true });
}

function failureOf(error: unknown, source: DatasetSource, file: string): Error {
  const message = error instanceof Error ? error.message : String(error);
  if (/No space left|ENOSPC|could not write|disk quota/i.test(message)) {
    const problem = { where: file, found: 'the file cannot be written: the disk is full', remedy: 'Make room' };
    return new ServiceFailure('disk_full', problem, { cause: error });
  }
  return new UserMistake('data_unreadable', problemOf(error, source.files));
}
