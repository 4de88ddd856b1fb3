import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { copySql, endingOf, isOneWholeFile, sourceOfCopy } from '../../dataset/copy.ts';
import type { PreparedData, PreparedDataset, WantedFiles } from '../../dataset/dataEngine.ts';
import type { Dataset, ModelData, ModelDatasets } from '../../dataset/dataset.ts';
import type { DatasetSource } from '../../dataset/source.ts';
import { ServiceFailure, UserMistake } from '../../failure.ts';
import { Database, type DatabaseLimits } from './database.ts';
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
  const roles = wanted.roles ?? ROLES;
  const prepared: Partial<Record<(typeof ROLES)[number], PreparedDataset>> = {};
  for (const role of ROLES) {
    const dataset = datasets[role];
    if (dataset === undefined || !roles.includes(role)) continue;
    prepared[role] = await asOneFile(dataset, folder, limits);
  }
  if (wanted.holdoutFeatures !== true) return prepared;
  const { source } = prepared.holdout ?? datasets.holdout;
  const file = path.join(folder, `holdout-features${endingOf(source)}`);
  const names = source.columns.map(({ name }) => name).filter((name) => name !== model.target);
  await write(source, names, file, limits);
  return { ...prepared, holdoutFeatures: file };
}

async function asOneFile(dataset: Dataset, folder: string, limits: DatabaseLimits): Promise<PreparedDataset> {
  const { source, role } = dataset;
  const [first] = source.files;
  if (isOneWholeFile(source) && first !== undefined) return { ...dataset, file: first.path };
  const name = `${role}${endingOf(source)}`;
  const file = path.join(folder, name);
  const names = source.columns.map((column) => column.name);
  await write(source, names, file, limits);
  return { ...dataset, file, source: sourceOfCopy(source, file, name) };
}

/** Writes beside the file first: a reader sees all of it or none. */
async function write(
  source: DatasetSource,
  columns: readonly string[],
  file: string,
  limits: DatabaseLimits,
): Promise<void> {
  const folder = path.dirname(file);
  const unfinished = path.join(folder, `.unfinished-${process.pid}-${path.basename(file)}`);
  const reads = source.files.map((each) => each.path);
  const database = await Database.open({ reads, writes: folder }, limits);
  try {
    await database.run(copySql(source, columns, unfinished));
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw failureOf(error, source, file);
  } finally {
    database.close();
  }
}

function failureOf(error: unknown, source: DatasetSource, file: string): Error {
  const message = error instanceof Error ? error.message : String(error);
  if (/No space left|ENOSPC|could not write|disk quota/i.test(message)) {
    const problem = { where: file, found: 'the file cannot be written: the disk is full', remedy: 'Make room' };
    return new ServiceFailure('disk_full', problem, { cause: error });
  }
  return new UserMistake('data_unreadable', problemOf(error, source.files));
}
