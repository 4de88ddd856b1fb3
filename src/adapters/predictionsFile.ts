import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { ModelConfig } from '../config/config.ts';
import { numberSql } from '../dataset/featureSql.ts';
import { canonicalLabel } from '../dataset/labelSql.ts';
import { columnsSql, storedRows } from '../dataset/relation.ts';
import type { DatasetSource } from '../dataset/source.ts';
import { JoinedPredictions, type PredictionRows } from '../evaluation/joinPredictions.ts';
import type { FeatureBatch, ModelSignature, OutputSignature, Predictions, Predictor } from '../evaluation/predictor.ts';
import { UserMistake, type Problem } from '../failure.ts';
import { digestOfBytes, type Digest } from '../identity/digest.ts';
import { Database, type DatabaseLimits } from './duckdb/database.ts';
import { openSource } from './duckdb/openSource.ts';
import { readOnce } from './onnx/modelFile.ts';

export interface PredictionsSource {
  /** Absolute path of a CSV or Parquet file; its name tells which. */
  readonly file: string;
  /** How messages name it; the path unless given. */
  readonly where?: string;
  /** Refused where the bytes have another one. */
  readonly digest?: Digest;
}

export interface PredictionsOptions {
  /** Labels of the task where neither the config nor a probability column names them, such as the baseline's classes. */
  readonly classes?: readonly string[];
  readonly database?: DatabaseLimits;
}

export interface PredictionsPredictor extends Predictor {
  readonly digest: Digest;
  readonly notes: readonly string[];
  /** Rows of the file for ids that the holdout has not: allowed, and not looked at. */
  readonly extraRows: number;
}

const MAX_BYTES = 2 ** 30;
const DEFAULT_LIMITS: DatabaseLimits = { memoryMiB: 1024 };

/**
 * Reads a predictions file (columns `id`, `prediction`, and `probability[CLASS]` for each class) and joins it to the
 * holdout's rows.
 *
 * @param holdoutIds ids of all evaluation rows, in batches.
 * @throws UserMistake with everything that is wrong: columns, ids, labels, numbers, each with its count and examples.
 */
export async function openPredictionsFile(
  source: PredictionsSource,
  model: Pick<ModelConfig, 'task'>,
  holdoutIds: AsyncIterable<readonly string[]>,
  options: PredictionsOptions = {},
): Promise<PredictionsPredictor> {
  const where = source.where ?? source.file;
  const bytes = await readOnce(source.file, where, MAX_BYTES);
  const digest = digestOfBytes(bytes);
  if (source.digest !== undefined && digest !== source.digest) {
    throw new UserMistake('model-digest', {
      where,
      found: `the bytes have the digest ${digest}`,
      expected: source.digest,
      remedy: 'The file changed after it was trained; train again, or restore it',
    });
  }
  const ids: string[] = [];
  for await (const batch of holdoutIds) ids.push(...batch);
  // The engine reads a path, so it is given a copy of the very bytes that were digested.
  const folder = await mkdtemp(join(tmpdir(), 'touchstone-predictions-'));
  try {
    const copy = join(folder, basename(source.file));
    await writeFile(copy, bytes);
    const limits = options.database ?? DEFAULT_LIMITS;
    const file = await openTable(copy, where, limits);
    return await joined(file, where, digest, model.task, ids, { ...options, database: limits });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function openTable(path: string, where: string, limits: DatabaseLimits): Promise<DatasetSource> {
  const problems: Problem[] = [];
  const table = await openSource([{ path, shown: where }], limits, problems);
  const [first, ...rest] = problems;
  if (first !== undefined) throw new UserMistake('predictions-unreadable', first, ...rest);
  if (table === undefined) throw new Error('A predictions file was neither read nor refused.');
  return table;
}

interface Columns {
  readonly id: string;
  readonly prediction: string;
  /** Label to the SQL of its probability column, in the order of the file. */
  readonly probabilities: ReadonlyMap<string, string>;
  /** SQL of the prediction as a number. */
  readonly value: string;
}

async function joined(
  table: DatasetSource,
  where: string,
  digest: Digest,
  task: ModelConfig['task'],
  ids: readonly string[],
  options: PredictionsOptions & { readonly database: DatabaseLimits },
): Promise<PredictionsPredictor> {
  const columns = columnsOf(table, where);
  const database = await Database.open({ reads: table.files.map((file) => file.path) }, options.database);
  try {
    const rows = storedRows(table);
    const output = await outputOf(task, columns, options.classes, where, () =>
      database.rows(`SELECT DISTINCT ${columns.prediction} FROM (${rows}) WHERE ${columns.prediction} IS NOT NULL`),
    );
    const predictions = new JoinedPredictions(ids, output);
    const ofClass = output.kind === 'classes' && output.probabilities ? output.classes : [];
    const sqlOfClass = ofClass.map((label) => columns.probabilities.get(label));
    const selected = [columns.id, columns.prediction, columns.value, ...sqlOfClass.filter((sql) => sql !== undefined)];
    for await (const chunk of database.chunks(`SELECT ${selected.join(', ')} FROM (${rows})`)) {
      predictions.add(rowsOf(chunk, sqlOfClass));
    }
    const [first, ...rest] = predictions.problems(where);
    if (first !== undefined) throw new UserMistake('predictions-unusable', first, ...rest);
    return new PredictorOnFile(digest, { inputs: [], output }, predictions);
  } finally {
    database.close();
  }
}

const PROBABILITY = /^probability\[(.*)\]$/s;

function columnsOf(table: DatasetSource, where: string): Columns {
  const names = table.columns.map(({ name }) => name);
  const missing = ['id', 'prediction'].filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new UserMistake('predictions-columns', {
      where,
      found: `the columns are ${names.slice(0, 20).join(', ')}`,
      expected: '"id", "prediction" and, where probabilities are needed, "probability[CLASS]" for each class',
      remedy: `Add or rename: ${missing.join(', ')}`,
    });
  }
  const sql = columnsSql(table);
  const of = (name: string): string => sql.get(name)?.canonical ?? 'NULL';
  const number = (name: string): string => {
    const column = table.columns.find((one) => one.name === name);
    const expressions = sql.get(name);
    return column === undefined || expressions === undefined ? 'NULL' : `(${numberSql(column, expressions)})::DOUBLE`;
  };
  const probabilities = names.flatMap((name) => {
    const label = PROBABILITY.exec(name)?.[1];
    return label === undefined ? [] : [[canonicalLabel(label), number(name)] as const];
  });
  return {
    id: of('id'),
    prediction: of('prediction'),
    value: number('prediction'),
    probabilities: new Map(probabilities),
  };
}

async function outputOf(
  task: ModelConfig['task'],
  columns: Columns,
  known: readonly string[] | undefined,
  where: string,
  distinctLabels: () => Promise<readonly (readonly unknown[])[]>,
): Promise<OutputSignature> {
  if (task.kind === 'regression') return { kind: 'values' };
  const named = [...columns.probabilities.keys()];
  const oneOfTwo = task.kind === 'binary' && named.length === 1;
  const listed = task.classes ?? (named.length === 0 || oneOfTwo ? known : named);
  const labels = async (): Promise<string[]> => {
    const found = (await distinctLabels()).map(([label]) => canonicalLabel(String(label)));
    return [...new Set([...named, ...found])].toSorted(inLabelOrder);
  };
  const classes = listed?.map(canonicalLabel) ?? (await labels());
  const unlike = named.filter((label) => !classes.includes(label));
  const absent = classes.filter((label) => !named.includes(label));
  if (named.length > 0 && !oneOfTwo && (unlike.length > 0 || absent.length > 0)) {
    throw new UserMistake('predictions-columns', {
      where,
      found: `there are probability columns for ${named.join(', ')}`,
      expected: `one for each class: ${classes.join(', ')}`,
      remedy: 'Write a column probability[CLASS] for every class, or none, or correct classes in touchstone.yml',
    });
  }
  const two = task.kind === 'binary' && classes.length !== 2;
  if (two || classes.length < 2) {
    throw new UserMistake('model-classes', {
      where,
      found: `the classes are ${classes.join(', ')}`,
      expected: two ? 'two classes for a binary task' : 'two or more classes',
      remedy: 'List them as classes in touchstone.yml',
    });
  }
  return { kind: 'classes', classes, probabilities: named.length > 0 };
}

/** Numbers by value, then texts. */
function inLabelOrder(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @param sqlOfClass by class; absent for the one of two whose probability is what is left. */
function rowsOf(chunk: DuckDBDataChunk, sqlOfClass: readonly (string | undefined)[]): PredictionRows {
  const texts = (index: number): (string | null)[] =>
    chunk.getColumnValues(index).map((value) => (typeof value === 'string' ? value : null));
  const numbers = (index: number): Float64Array =>
    Float64Array.from(chunk.getColumnValues(index), (value) => (typeof value === 'number' ? value : NaN));
  let next = 3;
  const columns = sqlOfClass.map((sql) => (sql === undefined ? undefined : numbers(next++)));
  const only = columns.find((column) => column !== undefined);
  return {
    ids: texts(0),
    predicted: texts(1),
    values: numbers(2),
    probabilities: columns.map((column) => column ?? (only ?? new Float64Array()).map((value) => 1 - value)),
  };
}

class PredictorOnFile implements PredictionsPredictor {
  readonly digest: Digest;
  readonly signature: ModelSignature;
  readonly notes: readonly string[];
  readonly extraRows: number;
  readonly busyMs = 0;
  readonly #predictions: JoinedPredictions;

  constructor(digest: Digest, signature: ModelSignature, predictions: JoinedPredictions) {
    this.digest = digest;
    this.signature = signature;
    this.#predictions = predictions;
    this.extraRows = predictions.extraRows;
    const extra = predictions.extraRows.toLocaleString('en');
    this.notes =
      predictions.extraRows > 0 ? [`${extra} predictions are for ids outside the holdout; they do not count.`] : [];
  }

  predict(_batch: FeatureBatch, ids?: readonly string[]): Promise<Predictions> {
    if (ids === undefined) return Promise.reject(new Error('Predictions on file need the ids of the rows.'));
    return Promise.resolve(this.#predictions.predictionsFor(ids));
  }

  latencyMs(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
