import { problemsOfNames, readCsvHeader } from '../../dataset/csvHeader.ts';
import { formatOfName, problemOfHead, problemOfText, unknownFormat } from '../../dataset/fileName.ts';
import { longLine, problemOfReading } from '../../dataset/readingMistake.ts';
import type { FormattedFile } from '../../dataset/sameColumns.ts';
import type { FileFormat, SourceFile } from '../../dataset/source.ts';
import { exactly, literal } from '../../dataset/sqlText.ts';
import { UserMistake, type Problem } from '../../failure.ts';
import { Database, type DatabaseLimits } from './database.ts';
import { gunzippedHead, rawHead, textHead } from './fileHead.ts';
import type { FoundFile } from './findFiles.ts';

// Names of columns fill at most this much of a file.
const HEAD_BYTES = 4 * 1024 * 1024;

/**
 * Looks into one file: format, names of its columns, delimiter.
 *
 * @returns `undefined` where it cannot be read; why goes to `problems`.
 */
export async function openFile(
  { path, shown }: FoundFile,
  limits: DatabaseLimits,
  problems: Problem[],
): Promise<FormattedFile | undefined> {
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
    if (bytes.length === 0) {
      const remedy = 'Write the file again';
      return complain({ where: shown, found: 'the file is empty', expected: 'rows of data', remedy });
    }
    if (format === 'ndjson') {
      if (firstCharacter(bytes) !== '{') return complain(notObjects(shown));
      return checked(format, { path, shown, gzip, columns: await keysOf(path, shown, gzip, limits) }, shown, problems);
    }
    const header = readCsvHeader(shown, bytes, head.whole);
    if ('found' in header) return complain(header);
    if (head.longLine) return complain({ where: shown, ...longLine });
    return checked(format, { path, shown, gzip, ...header }, `${shown}:1`, problems);
  } catch (error) {
    return complain(problemOf(error, [{ path, shown, gzip, columns: [] }]));
  }
}

function checked(format: FileFormat, file: SourceFile, where: string, problems: Problem[]): FormattedFile | undefined {
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

/** What the engine's error says of the person's files; where it speaks of none of them, it is thrown again. */
export function problemOf(error: unknown, files: readonly SourceFile[]): Problem {
  if (error instanceof UserMistake && error.problems[0] !== undefined) return error.problems[0];
  // The person ended it: that says nothing of the files.
  if (error instanceof DOMException && error.name === 'AbortError') throw error;
  const message = error instanceof Error ? error.message : String(error);
  const denied = /EACCES|EPERM|EISDIR|ENOENT|ELOOP/.exec(message)?.[0];
  if (denied !== undefined && files[0] !== undefined) {
    const remedy = /ENOENT|ELOOP/.test(denied) ? 'See that it stays where it is while it is read' : 'Allow reading it';
    return { where: files[0].shown, found: `the file cannot be opened (${denied})`, remedy };
  }
  const problem = problemOfReading(message, files);
  if (problem === undefined) throw error;
  return problem;
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
