import { listed, quote, suggestion } from '../../config/complaint.ts';
import { BagDigest } from '../../dataset/canonicalForm.ts';
import {
  MOST_LABELS,
  type Dataset,
  type DatasetRole,
  type ModelData,
  type ModelDatasets,
  type TargetSummary,
} from '../../dataset/dataset.ts';
import { countsSql, duplicateIdsSql, labelsSql, marksSql, valuesSql } from '../../dataset/marks.ts';
import { columnsSql, storedRows } from '../../dataset/relation.ts';
import { keyColumns } from '../../dataset/rowKey.ts';
import { encodeRowKeys } from '../../dataset/rowKeys.ts';
import type { DatasetSource, Split } from '../../dataset/source.ts';
import { sidesOf, splitOf } from '../../dataset/split.ts';
import { literal } from '../../dataset/sqlText.ts';
import { formatProblem, UserMistake, type Problem } from '../../failure.ts';
import { Database, number, text, type DatabaseLimits } from './database.ts';
import { findFiles } from './findFiles.ts';
import { problemOf } from './openFile.ts';
import { openSource } from './openSource.ts';
import { bigEndianWords } from './vectors.ts';

/** How far reading is: each step goes over all rows. */
export interface ReadingWatch {
  readonly onStep?: (step: 'types' | 'rows', fraction: number) => void;
}

/** See {@link DataEngine.inspect}. */
export async function inspectDatasets(
  root: string,
  model: ModelData,
  limits: DatabaseLimits,
  { onStep }: ReadingWatch = {},
): Promise<ModelDatasets> {
  const during = (step: 'types' | 'rows'): DatabaseLimits =>
    onStep === undefined ? limits : { ...limits, onProgress: (fraction) => onStep(step, fraction) };
  const problems: Problem[] = [];
  const sources = new Map<DatasetRole, DatasetSource>();
  for (const role of ['train', 'validation', 'holdout'] as const) {
    const patterns = model.data[role];
    if (patterns.length === 0) continue;
    const files = await findFiles(root, patterns, `models.${model.name}.data.${role}`, problems);
    const source = files.length === 0 ? undefined : await openSource(files, during('types'), problems);
    if (source !== undefined) sources.set(role, source);
  }
  throwAny(problems);

  const datasets = new Map<DatasetRole, Dataset>();
  for (const [role, source] of sources) {
    const config = role === 'train' ? model.data.split : undefined;
    const split =
      config &&
      splitOf(
        config,
        model,
        source.columns.map(({ name }) => name),
      );
    const sides = config === undefined ? [role] : sidesOf(config);
    const parts = await withMarks(source, model, split, role, during('rows'));
    for (const side of sides) {
      const part = parts.get(side);
      if (part !== undefined) datasets.set(side, part);
    }
  }
  const { train, validation, holdout } = Object.fromEntries(datasets) as Partial<Record<DatasetRole, Dataset>>;
  if (holdout === undefined) throw new Error('A configuration without a holdout is refused when it is read.');
  return { ...(train && { train }), holdout, ...(validation && { validation }) };
}

async function withMarks(
  source: DatasetSource,
  model: ModelData,
  split: Split | undefined,
  role: DatasetRole,
  limits: DatabaseLimits,
): Promise<ReadonlyMap<DatasetRole, Dataset>> {
  const database = await Database.open(
    { reads: source.files.map(({ path }) => path), columns: source.columns.length },
    limits,
  );
  try {
    if (split !== undefined) await checkSplit(database, source, split, model);
    await database.run(`CREATE TABLE marks AS ${marksSql(source, model, split, role)}`);
    const parts = new Map<DatasetRole, Dataset>();
    for (const side of split === undefined ? [role] : sidesOf(split.config)) {
      const part = split === undefined ? source : { ...source, part: { split, side } };
      parts.set(side, await summarise(database, part, model, side));
    }
    return parts;
  } catch (error) {
    if (error instanceof UserMistake) throw error;
    throw new UserMistake('data_unreadable', problemOf(error, source.files));
  } finally {
    database.close();
  }
}

async function summarise(
  database: Database,
  source: DatasetSource,
  model: ModelData,
  role: DatasetRole,
): Promise<Dataset> {
  const names = source.columns.map(({ name }) => name);
  const [counts = []] = await database.rows(countsSql('marks', role, names.length));
  const digest = new BagDigest(names);
  const rowsOf = `FROM marks WHERE side = ${literal(role)}`;
  for await (const chunk of database.chunks(`SELECT h0, h1, h2, h3 ${rowsOf} ORDER BY ALL`)) {
    digest.add(bigEndianWords(chunk, 0, 4));
  }
  const keys: Uint8Array[] = [];
  for await (const chunk of database.chunks(`SELECT DISTINCT k0, k1 ${rowsOf} ORDER BY ALL`)) {
    keys.push(bigEndianWords(chunk, 0, 2));
  }
  const id = model.id === undefined ? -1 : names.indexOf(model.id);
  const [[duplicates] = [0]] = id < 0 ? [] : await database.rows(duplicateIdsSql('marks', role, id));
  return {
    role,
    files: source.files.map(({ shown }) => shown),
    rows: number(counts[0]),
    columns: source.columns.map(({ name, type, physical, whole }, index) => ({
      name,
      type,
      missing: number(counts[index + 1]),
      text: physical.kind === 'text',
      whole: type === 'integer' || whole === true,
    })),
    digest: digest.digest(),
    rowKeys: encodeRowKeys(keys),
    target: await summariseTarget(database, model, role, names.indexOf(model.target)),
    duplicateIds: number(duplicates),
    source,
    key: keyColumns(model, names),
  };
}

async function summariseTarget(
  database: Database,
  model: ModelData,
  role: DatasetRole,
  column: number,
): Promise<TargetSummary> {
  if (column < 0) return { kind: 'absent' };
  if (model.task.kind !== 'regression') {
    const rows = await database.rows(labelsSql('marks', role, MOST_LABELS));
    return { kind: 'labels', counts: rows.map(([label, count]) => ({ label: text(label), rows: number(count) })) };
  }
  const [[minimum, maximum, notNumbers] = []] = await database.rows(valuesSql('marks', role, column));
  return {
    kind: 'values',
    ...(typeof minimum === 'number' ? { minimum } : {}),
    ...(typeof maximum === 'number' ? { maximum } : {}),
    notNumbers: number(notNumbers),
  };
}

/** @throws UserMistake where the rows cannot be split: no such column, or a time that is none. */
async function checkSplit(database: Database, source: DatasetSource, split: Split, model: ModelData): Promise<void> {
  const names = source.columns.map(({ name }) => name);
  const by = split.config.by;
  const wanted = by === 'id' ? model.id : split.column;
  const where = `models.${model.name}.data.split`;
  if (wanted === undefined) {
    if (by === 'row') return;
    throw new UserMistake('split_impossible', {
      where,
      found: `the split goes by ${by}, and the model names no column for it`,
      remedy: `Add "${by}: COLUMN" to the model`,
    });
  }
  const column = source.columns.find(({ name }) => name === wanted);
  if (column === undefined) {
    throw new UserMistake('split_impossible', {
      where,
      found: `the split goes by ${quote(wanted)}, and the data have no such column`,
      expected: `one of ${listed(names)}`,
      ...suggestion(wanted, names),
    });
  }
  if (by !== 'time') return;
  const sql = columnsSql(source).get(wanted);
  if (column.type !== 'date' && column.type !== 'timestamp') {
    const [[example] = []] = await database.rows(
      `SELECT ${sql?.text ?? 'NULL'} FROM (${storedRows(source)}) WHERE ${sql?.text ?? 'NULL'} IS NOT NULL LIMIT 1`,
    );
    throw new UserMistake('split_impossible', {
      where,
      found: `the column ${quote(wanted)} holds ${column.type}s, such as ${quote(typeof example === 'string' ? example : '')}`,
      expected: 'dates or times in ISO 8601 in every row: 2024-05-31, 2024-05-31 10:00:00, 2024-05-31T10:00:00Z',
      remedy: 'Write the column so, or split by id, group or row',
    });
  }
  const [[without] = [0]] = await database.rows(
    `SELECT count(*) FROM (${storedRows(source)}) WHERE (${sql?.value ?? 'NULL'}) IS NULL`,
  );
  if (number(without) === 0) return;
  throw new UserMistake('split_impossible', {
    where,
    found: `${number(without)} rows have no ${quote(wanted)}, and a split by time cannot place them`,
    expected: 'a time in every row',
    remedy: 'Fill it in, or take these rows out: on the training side they could come from after the holdout',
  });
}

/** A file that is two datasets has its problems once. */
function throwAny(problems: readonly Problem[]): void {
  const [first, ...rest] = new Map(problems.map((problem) => [formatProblem(problem), problem])).values();
  if (first !== undefined) throw new UserMistake('data_unreadable', first, ...rest);
}
