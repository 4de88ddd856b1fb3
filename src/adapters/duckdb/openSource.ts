import { parsePhysical, typeOfPhysical, type Physical } from '../../dataset/columnType.ts';
import { CsvCheck } from '../../dataset/csvCheck.ts';
import { looksSql, typeOfLooks } from '../../dataset/inferType.ts';
import { storedName, storedRows } from '../../dataset/relation.ts';
import { mismatch, type FormattedFile } from '../../dataset/sameColumns.ts';
import type { DatasetSource, SourceColumn, SourceFile } from '../../dataset/source.ts';
import type { Problem } from '../../failure.ts';
import { Database, number, type DatabaseLimits } from './database.ts';
import { eachPiece } from './fileHead.ts';
import type { FoundFile } from './findFiles.ts';
import { openFile, problemOf } from './openFile.ts';

/**
 * Looks into the files of one dataset: format, columns, and the type of each column over all rows.
 *
 * @returns `undefined` where a file cannot be read; why goes to `problems`.
 */
export async function openSource(
  found: readonly FoundFile[],
  limits: DatabaseLimits,
  problems: Problem[],
): Promise<DatasetSource | undefined> {
  const before = problems.length;
  const files: FormattedFile[] = [];
  for (const [index, each] of found.entries()) {
    if (problems.length - before >= MOST_FILES_TOLD) {
      problems.push(notLookedAt(each, found.length - index));
      return undefined;
    }
    const opened = await openFile(each, limits, problems);
    if (opened !== undefined) files.push(opened);
  }
  const [first, ...others] = files;
  if (first === undefined || problems.length > before) return undefined;
  for (const [index, { format, file }] of others.entries()) {
    if (problems.length - before >= MOST_FILES_TOLD) {
      problems.push(notLookedAt(file, others.length - index));
      break;
    }
    const problem = mismatch(first, { format, file });
    if (problem !== undefined) problems.push(problem);
  }
  if (problems.length > before) return undefined;
  return typed({ format: first.format, files: files.map(({ file }) => file) }, limits, problems);
}

// A glob that matches too much names thousands; the first ones say what is wrong.
const MOST_FILES_TOLD = 10;

function notLookedAt({ shown }: Pick<FoundFile, 'shown'>, files: number): Problem {
  return {
    where: shown,
    found: files === 1 ? 'this file was not looked at' : `this file and ${files - 1} after it were not looked at`,
    remedy: 'Correct the ones before, or the pattern that names them',
  };
}

async function typed(
  source: Omit<DatasetSource, 'columns'>,
  limits: DatabaseLimits,
  problems: Problem[],
): Promise<DatasetSource | undefined> {
  try {
    return { ...source, columns: await typedColumns(source, limits) };
  } catch (error) {
    const checked = source.files.some((file) => file.mixedLineEnds === true);
    if (source.format !== 'csv' || checked || !/CSV/.test(String(error))) {
      problems.push(problemOf(error, source.files));
      return undefined;
    }
    const before = problems.length;
    for (const file of source.files) {
      const problem = await checkCsv(file);
      if (problem !== undefined) problems.push(problem);
    }
    if (problems.length > before) return undefined;
    // Nothing is wrong that the check looks for; what is left to the engine is line ends of both kinds, and encodings.
    const files = source.files.map((file) => ({ ...file, mixedLineEnds: true as const }));
    return typed({ ...source, files }, limits, problems);
  }
}

async function checkCsv(file: SourceFile): Promise<Problem | undefined> {
  const check = new CsvCheck(file.shown, file.delimiter ?? ',', file.columns.length);
  await eachPiece(file.path, file.gzip, (bytes) => check.push(bytes));
  check.finish();
  return check.problem;
}

async function typedColumns(
  source: Omit<DatasetSource, 'columns'>,
  limits: DatabaseLimits,
): Promise<readonly SourceColumn[]> {
  const names = [...new Set(source.files.flatMap(({ columns }) => columns))];
  const untyped: DatasetSource = {
    ...source,
    columns: names.map((name) => ({ name, type: 'string', physical: { kind: 'text' } })),
  };
  const database = await Database.open({ reads: source.files.map(({ path }) => path) }, limits);
  try {
    const rows = storedRows(untyped);
    const stored = source.format === 'parquet' ? await database.describe(rows) : undefined;
    const physical = names.map((_, index) => parsePhysical(stored?.[index]?.type ?? 'VARCHAR'));
    const [looks, whole] = [await looksOf(physical, rows, database), await wholeOf(physical, rows, database)];
    return names.map((name, index): SourceColumn => {
      const kind = physical[index] ?? { kind: 'text' };
      if (kind.kind === 'text') return { name, physical: kind, ...typeOfLooks(looks.get(index) ?? 0) };
      return { name, physical: kind, type: typeOfPhysical(kind), ...(whole.has(index) && { whole: true }) };
    });
  } finally {
    database.close();
  }
}

/** What the values of each text column look like, by its index. */
async function looksOf(
  physical: readonly Physical[],
  rows: string,
  database: Database,
): Promise<ReadonlyMap<number, number>> {
  const texts = physical.flatMap(({ kind }, index) => (kind === 'text' ? [index] : []));
  if (texts.length === 0) return new Map();
  // One expression over the values of all columns: an expression for each of thousands takes minutes to plan.
  const values = `[${texts.map((index) => `${storedName(index)}::VARCHAR`).join(', ')}]`;
  const each = `SELECT unnest(${values}) AS value, unnest([${texts.join(', ')}]) AS place FROM (${rows})`;
  const found = await database.rows(`SELECT place, ${looksSql('value')} FROM (${each}) GROUP BY place`);
  return new Map(found.map(([place, looks]) => [number(place), Number(looks ?? 0)]));
}

/** The columns of fractions in which every number is whole. */
async function wholeOf(physical: readonly Physical[], rows: string, database: Database): Promise<ReadonlySet<number>> {
  const floats = physical.flatMap((kind, index) =>
    kind.kind !== 'text' && typeOfPhysical(kind) === 'float' ? [index] : [],
  );
  if (floats.length === 0) return new Set();
  const whole = floats.map((index) => {
    const stored = storedName(index);
    return `bool_and(${stored} = trunc(${stored})) FILTER (NOT isnan(${stored}::DOUBLE))`;
  });
  const [found = []] = await database.rows(`SELECT ${whole.join(', ')} FROM (${rows})`);
  return new Set(floats.filter((_, at) => found[at] === true));
}
