import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach } from 'vitest';
import { Database } from '../../../src/adapters/duckdb/database.ts';
import { openDataEngine } from '../../../src/adapters/duckdb/openDataEngine.ts';
import type { OpenHoldout } from '../../../src/dataset/dataEngine.ts';
import type { ModelData, ModelDatasets } from '../../../src/dataset/dataset.ts';
import { literal } from '../../../src/dataset/sqlText.ts';
import type { HoldoutBatch, HoldoutRequest } from '../../../src/evaluation/holdout.ts';
import { UserMistake } from '../../../src/failure.ts';
import { parseModelName } from '../../../src/identity/names.ts';

const folders: string[] = [];
const holdouts: OpenHoldout[] = [];
afterEach(async () => {
  for (const holdout of holdouts.splice(0)) holdout.close();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A new folder with these files in it; `.gz` ones are compressed. */
export async function folderOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'touchstone-data-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    await writeFile(
      path.join(folder, name),
      name.endsWith('.gz') && typeof content === 'string' ? gzipSync(content) : content,
    );
  }
  return folder;
}

/** Writes what a query gives as Parquet. */
export async function parquet(folder: string, name: string, query: string): Promise<void> {
  const database = await Database.open({ reads: [], writes: folder }, { memoryMiB: 256 });
  await database.run(`COPY (${query}) TO ${literal(path.join(folder, name))} (FORMAT parquet)`);
  database.close();
}

export const engine = openDataEngine({ memoryMiB: 512 });

export type GivenModel = Partial<Omit<ModelData, 'data' | 'name'>> & { readonly data?: Partial<ModelData['data']> };

/** A multiclass model `churn` with the target `y` whose data are all `data.csv`, unless it is said otherwise. */
export function churn(given: GivenModel = {}): ModelData {
  const { data, ...rest } = given;
  const holdout = data?.split === undefined ? ['data.csv'] : [];
  return {
    name: parseModelName('churn'),
    task: { kind: 'multiclass' },
    target: 'y',
    ...rest,
    data: { train: ['data.csv'], validation: [], holdout, ...data },
  };
}

export async function inspected(
  files: Readonly<Record<string, string | Uint8Array>>,
  model: GivenModel = {},
): Promise<TrainedOn> {
  return withTraining(await engine.inspect(await folderOf(files), churn(model)));
}

/** The datasets of a model that has some to train on. */
export type TrainedOn = ModelDatasets & Required<Pick<ModelDatasets, 'train'>>;

export function withTraining(datasets: ModelDatasets): TrainedOn {
  const { train } = datasets;
  if (train === undefined) throw new Error('There are no training data.');
  return { ...datasets, train };
}

/** A file as a dataset of its own. */
export async function fileOf(
  name: string,
  content: string | Uint8Array,
  model: GivenModel = {},
): Promise<TrainedOn['train']> {
  const { train } = await inspected({ [name]: content }, { ...model, data: { train: [name], holdout: [name] } });
  return train;
}

export async function holdoutOf(
  csv: string,
  model: GivenModel = {},
  trainedOn: readonly Uint8Array[] = [],
): Promise<OpenHoldout> {
  const holdout = await engine.openHoldout(await fileOf('data.csv', csv, model), trainedOn);
  holdouts.push(holdout);
  return holdout;
}

export async function batchesOf(holdout: OpenHoldout, request: HoldoutRequest): Promise<readonly HoldoutBatch[]> {
  const batches: HoldoutBatch[] = [];
  for await (const batch of holdout.batches(request)) batches.push(batch);
  return batches;
}

/** The messages of the mistake that a promise ends in. */
export async function mistakesOf(promise: Promise<unknown>): Promise<readonly string[]> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof UserMistake) return error.message.split('\n');
    throw error;
  }
  throw new Error('There was no mistake.');
}
