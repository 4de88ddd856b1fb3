import { columnSql, type ColumnSql } from './columnSql.ts';
import type { DatasetSource, SourceFile } from './source.ts';
import { withSideSql } from './split.ts';
import { exactly, identifier, literal } from './sqlText.ts';

/** The name that column number `index` of a source bears inside of SQL: no name from a file is ever one there. */
export function storedName(index: number): string {
  return `c${index}`;
}

/**
 * SQL of the rows of a source, in the order of its files, as the files hold them: columns `c0`, `c1`, ... in the order
 * of `source.columns`.
 *
 * @param json keep values of NDJSON as JSON instead of as their text, to write them again.
 */
export function storedRows(source: DatasetSource, json: 'text' | 'json' = 'text'): string {
  const whole = layouts(source.files)
    .map((files) => `SELECT ${selected(source, files[0], json)} FROM ${scan(source, files)}`)
    .join(' UNION ALL ');
  const { part } = source;
  if (part === undefined) return whole;
  // The side is decided on texts, so JSON is asked for its text here.
  const asJson = source.format === 'ndjson' && json === 'json';
  const sql = source.columns.map((column, index) =>
    columnSql(column, asJson ? `(${storedName(index)} ->> '$')` : storedName(index)),
  );
  const sided = withSideSql(whole, part.split, bySource(source, sql));
  const names = source.columns.map((_, index) => storedName(index)).join(', ');
  return `SELECT ${names} FROM (${sided}) WHERE side = ${literal(part.side)}`;
}

/** The expressions of a source's columns over {@link storedRows}, by name. */
export function columnsSql(source: DatasetSource): ReadonlyMap<string, ColumnSql> {
  return bySource(
    source,
    source.columns.map((column, index) => columnSql(column, storedName(index))),
  );
}

function bySource(source: DatasetSource, sql: readonly ColumnSql[]): ReadonlyMap<string, ColumnSql> {
  return new Map(
    source.columns.flatMap(({ name }, index) => {
      const of = sql[index];
      return of === undefined ? [] : [[name, of] as const];
    }),
  );
}

function selected(source: DatasetSource, file: SourceFile, json: 'text' | 'json'): string {
  return source.columns
    .map(({ name }, index) => `${selectedColumn(source, file, name, json)} AS ${storedName(index)}`)
    .join(', ');
}

function selectedColumn(source: DatasetSource, file: SourceFile, name: string, json: 'text' | 'json'): string {
  const at = file.columns.indexOf(name);
  switch (source.format) {
    case 'csv':
      return identifier(`f${at}`);
    case 'parquet':
      return identifier(name);
    case 'ndjson':
      // An object need not have every key that others have.
      if (at < 0) return 'NULL';
      return json === 'json' ? identifier(name) : `(${identifier(name)} ->> '$')`;
  }
}

type Files = readonly [SourceFile, ...SourceFile[]];

/** Neighbouring files that can be read by one scan. */
function layouts(files: readonly SourceFile[]): readonly Files[] {
  const groups: [SourceFile, ...SourceFile[]][] = [];
  for (const file of files) {
    const group = groups.at(-1);
    if (group !== undefined && layoutOf(group[0]) === layoutOf(file)) group.push(file);
    else groups.push([file]);
  }
  return groups;
}

function layoutOf(file: SourceFile): string {
  return JSON.stringify([file.columns, file.delimiter ?? '', file.gzip, file.types ?? []]);
}

function scan(source: DatasetSource, files: Files): string {
  const paths = `[${files.map(({ path }) => literal(exactly(path))).join(', ')}]`;
  const [{ gzip, delimiter, columns, mixedLineEnds }] = files;
  const compression = gzip ? "'gzip'" : "'uncompressed'";
  switch (source.format) {
    case 'csv': {
      const types = columns.map((_, index) => `'f${index}': 'VARCHAR'`).join(', ');
      return `read_csv(${paths}, auto_detect = false, header = true, delim = ${literal(delimiter ?? ',')}, quote = '"', escape = '"', strict_mode = ${mixedLineEnds !== true}, columns = {${types}}, compression = ${compression})`;
    }
    case 'parquet':
      return `read_parquet(${paths}, hive_partitioning = false)`;
    case 'ndjson': {
      const types = columns.map((name) => `${literal(name)}: 'JSON'`).join(', ');
      return `read_json(${paths}, format = 'newline_delimited', columns = {${types}}, compression = ${compression})`;
    }
  }
}
