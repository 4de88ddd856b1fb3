import { listed } from '../../config/complaint.ts';
import { parsePhysical, typeOfPhysical, type Physical } from '../../dataset/columnType.ts';
import { CsvCheck } from '../../dataset/csvCheck.ts';
import { problemsOfNames, readCsvHeader } from '../../dataset/csvHeader.ts';
import { formatOfName, problemOfHead, problemOfText, unknownFormat } from '../../dataset/fileName.ts';
import { looksSql, typeOfLooks } from '../../dataset/inferType.ts';
import { problemOfReading } from '../../dataset/readingMistake.ts';
import { storedName, storedRows } from '../../dataset/relation.ts';
import type { DatasetSource, FileFormat, SourceColumn, SourceFile } from '../../dataset/source.ts';
import { exactly, literal } from '../../dataset/sqlText.ts';
import { UserMistake, type Problem } from '../../failure.ts';
import { Database, type DatabaseLimits } from './database.ts';
import { eachPiece, gunzippedHead, rawHead, textHead } from './fileHead.ts';
import type { FoundFile } from './findFiles.ts';

// Names of columns fill at most this much of a file.
const HEAD_BYTES = 4 * 1024 * 1024;

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
  const files: { readonly format: FileFormat; readonly file: SourceFile }[] = [];
  for (const each of found) {
    const opened = await openFile(each, limits, problems);
    if (opened !== undefined) files.push(opened);
  }
  const [first, ...others] = files;
  if (first === undefined || problems.length > before) return undefined;
  for (const { format, file } of others) {
    const problem = mismatch(first, { format, file });
    if (problem !== undefined) problems.push(problem);
  }
  if (problems.length > before) return undefined;
  return typed({ format: first.format, files: files.map(({ file }) => file) }, limits, problems);
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

async function openFile(
  { path, shown }: FoundFile,
  limits: DatabaseLimits,
  problems: Problem[],
): Promise<{ readonly format: FileFormat; readonly file: SourceFile } | undefined> {
  const named = formatOfName(shown);
  const complain = (problem: Problem): undefined => void problems.push(problem);
  if (named === undefined) return complain(unknownFormat(shown));
  const { format, gzip } = named;
  try {
    const wrong = problemOfHead(shown, named, await rawHead(path, 64));
    if (wrong !== undefined) return complain(wrong);
    if (format === 'parquet') {
      const columns = await describeParquet(path, limits);
      const file = {
        path,
        shown,
        gzip,
        columns: columns.map(({ name }) => name),
        types: columns.map(({ type }) => type),
      };
      return checked(format, file, shown, problems);
    }
    const head = gzip ? await gunzippedHead(path, HEAD_BYTES) : await textHead(path, HEAD_BYTES);
    if (head === undefined) return complain(brokenGzip(shown));
    const text = problemOfText(shown, head.bytes);
    if (text !== undefined) return complain(text);
    const bytes = withoutMark(head.bytes);
    if (bytes.length === 0) return complain({ where: shown, found: 'the file is empty', expected: 'rows of data' });
    if (format === 'ndjson') {
      if (firstCharacter(bytes) !== '{') return complain(notObjects(shown));
      return checked(format, { path, shown, gzip, columns: await keysOf(path, shown, gzip, limits) }, shown, problems);
    }
    const header = readCsvHeader(shown, bytes, head.whole);
    if ('found' in header) return complain(header);
    return checked(format, { path, shown, gzip, ...header }, `${shown}:1`, problems);
  } catch (error) {
    return complain(problemOf(error, [{ path, shown, gzip, columns: [] }]));
  }
}

function checked(
  format: FileFormat,
  file: SourceFile,
  where: string,
  problems: Problem[],
): { readonly format: FileFormat; readonly file: SourceFile } | undefined {
  const wrong = problemsOfNames(where, file.columns);
  problems.push(...wrong);
  return wrong.length === 0 ? { format, file } : undefined;
}

async function describeParquet(
  path: string,
  limits: DatabaseLimits,
): Promise<readonly { readonly name: string; readonly type: string }[]> {
  const database = await Database.open({ reads: [path] }, limits);
  try {
    return await database.describe(`SELECT * FROM read_parquet(${literal(exactly(path))}, hive_partitioning = false)`);
  } finally {
    database.close();
  }
}

/** The keys of the objects of a file, in the order in which they first appear. */
async function keysOf(path: string, shown: string, gzip: boolean, limits: DatabaseLimits): Promise<readonly string[]> {
  const database = await Database.open({ reads: [path] }, limits);
  try {
    const compression = gzip ? "'gzip'" : "'uncompressed'";
    const rows = await database.rows(
      `SELECT keys, kind, min(row) FROM (
         SELECT json_keys(json) AS keys, json_type(json) AS kind, row_number() OVER () AS row
         FROM read_ndjson_objects(${literal(exactly(path))}, compression = ${compression})
       ) GROUP BY ALL ORDER BY min(row)`,
    );
    const odd = rows.find(([, kind]) => kind !== 'OBJECT');
    if (odd !== undefined) throw new UserMistake('data_unreadable', notObjects(shown));
    return [...new Set(rows.flatMap(([keys]) => (Array.isArray(keys) ? keys.map(String) : [])))];
  } finally {
    database.close();
  }
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
    const asked = names.flatMap((_, index) => {
      const sql = observedSql(physical[index], storedName(index));
      return sql === undefined ? [] : [{ index, sql }];
    });
    const [found = []] =
      asked.length === 0 ? [] : await database.rows(`SELECT ${asked.map(({ sql }) => sql).join(', ')} FROM (${rows})`);
    const observed = new Map(asked.map(({ index }, at) => [index, found[at]]));
    return names.map((name, index): SourceColumn => {
      const kind = physical[index] ?? { kind: 'text' };
      if (kind.kind === 'text') return { name, physical: kind, ...typeOfLooks(Number(observed.get(index) ?? 0)) };
      return { name, physical: kind, type: typeOfPhysical(kind), ...(observed.get(index) === true && { whole: true }) };
    });
  } finally {
    database.close();
  }
}

/** SQL of what has to be seen of a column's values to know it; `undefined` where the file says all. */
function observedSql(physical: Physical | undefined, stored: string): string | undefined {
  if (physical?.kind === 'text') return looksSql(`${stored}::VARCHAR`);
  if (physical === undefined || typeOfPhysical(physical) !== 'float') return undefined;
  return `bool_and(${stored} = trunc(${stored})) FILTER (NOT isnan(${stored}::DOUBLE))`;
}

/** What the engine's error says of the person's files; where it speaks of none of them, it is thrown again. */
export function problemOf(error: unknown, files: readonly SourceFile[]): Problem {
  if (error instanceof UserMistake && error.problems[0] !== undefined) return error.problems[0];
  const message = error instanceof Error ? error.message : String(error);
  const denied = /EACCES|EPERM|EISDIR/.exec(message)?.[0];
  if (denied !== undefined && files[0] !== undefined) {
    return { where: files[0].shown, found: `the file cannot be opened (${denied})`, remedy: 'Allow reading it' };
  }
  const problem = problemOfReading(message, files);
  if (problem === undefined) throw error;
  return problem;
}

function mismatch(
  first: { readonly format: FileFormat; readonly file: SourceFile },
  other: { readonly format: FileFormat; readonly file: SourceFile },
): Problem | undefined {
  const where = other.file.shown;
  if (first.format !== other.format) {
    return {
      where,
      found: `the file is ${other.format}, and ${first.file.shown} is ${first.format}`,
      expected: 'files of one format in one dataset',
      remedy: 'Convert one of them',
    };
  }
  // An object leaves out the keys that it has no value for.
  if (first.format === 'ndjson') return undefined;
  const lacks = first.file.columns.filter((name) => !other.file.columns.includes(name));
  const adds = other.file.columns.filter((name) => !first.file.columns.includes(name));
  if (lacks.length === 0 && adds.length === 0) return undefined;
  const differences = [
    ...(lacks.length > 0 ? [`it lacks ${listed(lacks)}`] : []),
    ...(adds.length > 0 ? [`it adds ${listed(adds)}`] : []),
  ];
  return {
    where,
    found: `the columns are not those of ${first.file.shown}: ${differences.join(', and ')}`,
    expected: 'the same columns in every file of a dataset',
    remedy: 'Correct the file, or name it in a dataset of its own',
  };
}

function brokenGzip(shown: string): Problem {
  return { where: shown, found: 'the gzip is broken or cut off', remedy: 'Write or download the file again' };
}

function notObjects(shown: string): Problem {
  return {
    where: shown,
    found: 'the file holds something else than objects',
    expected: 'NDJSON: one JSON object a line',
    remedy: 'Write a list as one object a line: jq -c ".[]"',
  };
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function firstCharacter(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, 1000)).trimStart().charAt(0);
}
