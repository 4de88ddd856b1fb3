import { shownValueSql } from '../dataset/columnSlices.ts';
import { canonicalSql } from '../dataset/columnSql.ts';
import { formulaSql, type Formula } from './formula.ts';
import { isNumeric, isTemporal, valueName, type TableColumn } from './surveySql.ts';

/** Most values that are looked at, over all columns. */
const MOST_CELLS = 10_000_000;
const MOST_ROWS = 20_000;
const LEAST_ROWS = 2_000;

/** Rows that a sample of so many columns has, at most. */
export function sampledRows(columns: number): number {
  return Math.max(LEAST_ROWS, Math.min(MOST_ROWS, Math.floor(MOST_CELLS / Math.max(1, columns))));
}

/**
 * SQL of the rows of a sample and their places in it: no more than `most`, of classes about as many rows each, in an
 * order that hangs on nothing but the number of a row.
 */
export function pickedSql(table: string, target: TableColumn, classes: number | undefined, most: number): string {
  const value = valueName(target.index);
  const drawn = 'hash(rowid)';
  const picked =
    classes === undefined
      ? `SELECT rowid AS picked FROM ${table} WHERE ${value} IS NOT NULL ORDER BY ${drawn} LIMIT ${most}`
      : `SELECT picked FROM (SELECT rowid AS picked, row_number() OVER (PARTITION BY ${value} ORDER BY ${drawn}) AS place
          FROM ${table} WHERE ${value} IS NOT NULL) WHERE place <= ${Math.max(1, Math.ceil(most / classes))}`;
  return `SELECT picked, row_number() OVER (ORDER BY hash(picked)) AS place FROM (${picked})`;
}

/** SQL of the sampled rows in their order: each value as a double, NaN where nothing is. */
export function sampleSql(table: string, picked: string, columns: readonly TableColumn[]): string {
  const values = columns.map(({ index, column }) => `coalesce(${codeSql(valueName(index), column)}, 'nan'::DOUBLE)`);
  return `SELECT ${values.join(', ')} FROM ${picked} JOIN ${table} ON ${table}.rowid = picked ORDER BY place`;
}

function codeSql(value: string, column: TableColumn['column']): string {
  if (column.type === 'float') return `CASE WHEN isfinite((${value})::DOUBLE) THEN (${value})::DOUBLE END`;
  if (isNumeric(column)) return `(${value})::DOUBLE`;
  if (isTemporal(column)) return `epoch((${value})::TIMESTAMP)::DOUBLE`;
  // 52 bits of the hash are a double without a loss.
  return `CASE WHEN ${value} IS NOT NULL THEN (hash(${value}) >> 12)::DOUBLE END`;
}

/** SQL of a row a class: its label, its rows, and in how many of them each column holds something. */
export function filledSql(table: string, target: TableColumn, columns: readonly TableColumn[]): string {
  const canonical = canonicalSql(target.column, 'value');
  const label = shownValueSql(target.column, { value: 'value', text: 'value', canonical });
  return filledBy(table, `${valueName(target.index)}`, `${label}`, columns);
}

/** As {@link filledSql}, of a number: the rows in which it is one value, and the others. */
export function filledAtSql(
  table: string,
  target: TableColumn,
  common: number,
  columns: readonly TableColumn[],
): string {
  return filledBy(table, `${valueName(target.index)} = (${common}::DOUBLE)`, 'value::VARCHAR', columns);
}

function filledBy(table: string, by: string, label: string, columns: readonly TableColumn[]): string {
  const counts = columns.map(({ index }) => `count(${valueName(index)}) AS f${index}`);
  const names = columns.map(({ index }) => `f${index}`);
  return `SELECT ${[label, 'n', ...names].join(', ')} FROM (SELECT ${by} AS value, count(*) AS n, ${counts.join(', ')}
    FROM ${table} WHERE ${by} IS NOT NULL GROUP BY value) ORDER BY n DESC, value`;
}

/** SQL of one row: the rows that meet a formula, and those in which it can be reckoned. */
export function formulaCountSql(
  table: string,
  target: TableColumn,
  columns: readonly TableColumn[],
  formula: Formula,
): string {
  const sqlOf = (name: string): string => {
    const found = columns.find(({ column }) => column.name === name);
    if (found === undefined) throw new Error(`The table has no column ${name}.`);
    return valueName(found.index);
  };
  const { absolute, relative } = formula.tolerance;
  return `SELECT count(*) FILTER (abs(told - truth) <= greatest(${absolute}::DOUBLE, ${relative}::DOUBLE * abs(truth))), count(*)
    FROM (SELECT ${formulaSql(formula, sqlOf)} AS told, (${valueName(target.index)})::DOUBLE AS truth FROM ${table})
    WHERE told IS NOT NULL AND truth IS NOT NULL`;
}

/** SQL of the mean distance of a number from its median. */
export function deviationSql(table: string, target: TableColumn): string {
  const value = `(${valueName(target.index)})::DOUBLE`;
  return `SELECT avg(abs(${value} - middle)) FROM ${table}, (SELECT median(${value}) AS middle FROM ${table})`;
}
