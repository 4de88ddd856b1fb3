import { canonicalSql } from '../dataset/columnSql.ts';
import { shownValueSql } from '../dataset/columnSlices.ts';
import { columnsSql, storedRows } from '../dataset/relation.ts';
import type { DatasetSource, SourceColumn } from '../dataset/source.ts';

/*
 * The rows are read once into a table of typed values, `v0`, `v1`, ... in the order of the source's columns, and counted
 * there: no name of a file's column is ever inside of a query. Columns are asked for by the batch, so that thousands of
 * them make neither thousands of queries nor a plan that takes longer than the work.
 */

/** A column of the table: its number, and what it holds. */
export interface TableColumn {
  readonly index: number;
  readonly column: SourceColumn;
}

const MOST_COMMON = 60;
const MOST_DAYS = 400;

/** SQL of the table's rows. Nested values and bytes come as their text. */
export function tableSql(source: DatasetSource): string {
  const sql = columnsSql(source);
  const values = source.columns.map(({ name, type }, index) => {
    const value = sql.get(name)?.value ?? 'NULL';
    return `${type === 'other' ? `(${value})::VARCHAR` : value} AS ${valueName(index)}`;
  });
  return `SELECT ${values.join(', ')} FROM (${storedRows(source)})`;
}

export function valueName(index: number): string {
  return `v${index}`;
}

export function isNumeric({ type }: Pick<SourceColumn, 'type'>): boolean {
  return type === 'integer' || type === 'float';
}

export function isTemporal({ type }: Pick<SourceColumn, 'type'>): boolean {
  return type === 'date' || type === 'timestamp';
}

/** SQL of one row: the number of rows, then six values a column: present, whole, minimum, maximum, first, last, mean length. */
export function summarySql(table: string, columns: readonly TableColumn[]): string {
  const values = columns.flatMap(({ index, column }) => {
    const value = valueName(index);
    const numeric = isNumeric(column);
    const instant = (aggregate: string): string =>
      isTemporal(column) ? canonicalSql(column, `${aggregate}(${value})`) : 'NULL';
    return [
      `count(${value})`,
      column.type === 'float' ? `coalesce(bool_and(${value} = trunc(${value})), true)` : `${numeric}`,
      numeric ? `min(${value})::DOUBLE` : 'NULL',
      numeric ? `max(${value})::DOUBLE` : 'NULL',
      instant('min'),
      instant('max'),
      column.type === 'string' ? `avg(length(${value}))::DOUBLE` : 'NULL',
    ];
  });
  return `SELECT count(*), ${values.join(', ')} FROM ${table}`;
}

export const SUMMARY_WIDTH = 7;

/** SQL of a row a column, in any order: its number, its different values, the frequent ones and how often they come. */
export function valuesSql(table: string, columns: readonly TableColumn[]): string {
  const counted = columns.map(({ index }) => {
    const value = valueName(index);
    return `g${index} AS MATERIALIZED (SELECT ${value} AS value, count(*) AS n FROM ${table} WHERE ${value} IS NOT NULL GROUP BY ${value})`;
  });
  const asked = columns.map(({ index, column }) => {
    const canonical = canonicalSql(column, 'value');
    const shown = shownValueSql(column, { value: 'value', text: 'value', canonical });
    return `SELECT ${index} AS index, (SELECT count(*) FROM g${index}) AS different,
      (SELECT list(shown) FROM top${index}) AS shown, (SELECT list(n) FROM top${index}) AS n
      FROM (SELECT 1)`.replaceAll(
      `top${index}`,
      `(SELECT ${shown} AS shown, n FROM (SELECT value, n FROM g${index} ORDER BY n DESC, value LIMIT ${MOST_COMMON}))`,
    );
  });
  return `WITH ${counted.join(', ')} ${asked.join(' UNION ALL ')}`;
}

/** SQL of one row: of each column, whether no value is below the one in the row before. */
export function ascendingSql(table: string, columns: readonly TableColumn[]): string {
  const steps = columns.map(
    ({ index }) => `${valueName(index)} >= lag(${valueName(index)}) OVER (ORDER BY rowid) AS a${index}`,
  );
  const all = columns.map(({ index }) => `coalesce(bool_and(a${index}), true)`);
  return `SELECT ${all.join(', ')} FROM (SELECT ${steps.join(', ')} FROM ${table})`;
}

/** SQL of one row: of each column, the largest share of rows without a value that a tenth of the rows in some order has. */
export function worstGapsSql(table: string, columns: readonly TableColumn[], order: string): string {
  const shares = columns.map(({ index }) => `1 - count(${valueName(index)}) / count(*) AS s${index}`);
  const worst = columns.map(({ index }) => `max(s${index})::DOUBLE`);
  const values = columns.map(({ index }) => valueName(index)).join(', ');
  return `SELECT ${worst.join(', ')} FROM (SELECT ${shares.join(', ')}
    FROM (SELECT ${values}, ntile(10) OVER (ORDER BY ${order}) AS tenth FROM ${table}) GROUP BY tenth)`;
}

/** SQL of days, ascending: the number of all days, the day, and the rows from its midnight on. */
export function daysSql(table: string, { index }: TableColumn): string {
  const value = valueName(index);
  const counted = `SELECT ${value}::DATE AS day, count(*) AS n FROM ${table} WHERE ${value} IS NOT NULL GROUP BY day`;
  const summed = `SELECT day, sum(n) OVER (ORDER BY day DESC) AS rows, count(*) OVER () AS days, sum(n) OVER () AS total FROM (${counted})`;
  return `SELECT days, day::VARCHAR, rows::BIGINT FROM (SELECT *, row_number() OVER (PARTITION BY floor((rows - 1) * ${MOST_DAYS} / total) ORDER BY day) AS place FROM (${summed}))
    WHERE place = 1 ORDER BY day`;
}
