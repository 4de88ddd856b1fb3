import { digestOfJson, type Digest } from '../identity/digest.ts';
import { storedName, storedRows } from './relation.ts';
import type { DatasetSource, FileFormat } from './source.ts';
import { identifier, literal } from './sqlText.ts';

/** The ending of a file that holds rows of a source: `.csv.gz`. */
export function endingOf(source: DatasetSource): string {
  const gzip = source.files.some((file) => file.gzip) ? '.gz' : '';
  const [first] = source.files;
  const tabs = source.format === 'csv' && first?.delimiter === '\t' && /\.tsv(\.gz)?$/i.test(first.shown);
  const ending: Record<FileFormat, string> = { csv: tabs ? '.tsv' : '.csv', parquet: '.parquet', ndjson: '.ndjson' };
  return ending[source.format] + gzip;
}

/** Whether the rows of a source are exactly one file, which then need not be written again. */
export function isOneWholeFile(source: DatasetSource): boolean {
  return source.part === undefined && source.files.length === 1;
}

/**
 * SQL that writes the rows of a source to a file in their own format and order: the text of each CSV value as it
 * stands, the types of Parquet, the JSON of each NDJSON value.
 *
 * @param columns which columns to write.
 */
export function copySql(source: DatasetSource, columns: readonly string[], file: string): string {
  const selected = source.columns
    .flatMap(({ name }, index) => (columns.includes(name) ? [`${storedName(index)} AS ${identifier(name)}`] : []))
    .join(', ');
  return `COPY (SELECT ${selected} FROM (${storedRows(source, 'json')})) TO ${literal(file)} (${options(source)})`;
}

/**
 * One digest for equal bytes of such a file: of the SQL that writes it, and of what it reads. Of a file that need not be
 * written, its own.
 *
 * @param digests of the source's files, by the names that they are shown by.
 * @returns `undefined` where one of them is not known.
 */
export function digestOfCopy(
  source: DatasetSource,
  columns: readonly string[],
  digests: ReadonlyMap<string, Digest>,
): Digest | undefined {
  const read = source.files.map(({ shown }) => digests.get(shown)).filter((digest) => digest !== undefined);
  const [first] = read;
  if (first === undefined || read.length < source.files.length) return undefined;
  const all = columns.length === source.columns.length;
  if (isOneWholeFile(source) && all) return first;
  // A folder that moves changes no byte of what is written.
  const anywhere = { ...source, files: source.files.map((file) => ({ ...file, path: file.shown })) };
  return digestOfJson({ written: copySql(anywhere, columns, 'copy'), read });
}

function options(source: DatasetSource): string {
  const gzip = source.files.some((file) => file.gzip);
  switch (source.format) {
    case 'csv': {
      const delimiter = literal(source.files[0]?.delimiter ?? ',');
      return `FORMAT csv, HEADER true, DELIMITER ${delimiter}, QUOTE '"', ESCAPE '"', NULLSTR ''${gzip ? ', COMPRESSION gzip' : ''}`;
    }
    case 'parquet':
      return 'FORMAT parquet';
    case 'ndjson':
      return `FORMAT json${gzip ? ', COMPRESSION gzip' : ''}`;
  }
}

/** The source that a written file is: the same columns with the same types, so that its rows keep their digest. */
export function sourceOfCopy(source: DatasetSource, file: string, shown: string): DatasetSource {
  const [first] = source.files;
  return {
    format: source.format,
    columns: source.columns,
    files: [
      {
        path: file,
        shown,
        gzip: source.files.some(({ gzip }) => gzip),
        columns: source.columns.map(({ name }) => name),
        ...(first?.delimiter === undefined ? {} : { delimiter: first.delimiter }),
      },
    ],
  };
}
