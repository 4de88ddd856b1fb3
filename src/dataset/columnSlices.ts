import { listed, quote, suggestion } from '../config/complaint.ts';
import type { Slice } from '../evaluation/holdout.ts';
import type { Problem } from '../failure.ts';
import type { ColumnSql } from './columnSql.ts';
import type { SourceColumn } from './source.ts';
import { identifier, literal } from './sqlText.ts';

/** A column with more values than this makes no slices: nobody reads, and no test survives, thousands of them. */
const MOST_SLICES_A_COLUMN = 50;

/** SQL of the distinct values of a column as text, in their own order, those without one (NULL) last; one more than allowed. */
export function distinctValuesSql(rows: string, column: SourceColumn, sql: ColumnSql): string {
  return `SELECT shown FROM (SELECT DISTINCT ${sql.value} AS value, ${shownValueSql(column, sql)} AS shown FROM (${rows}))
    ORDER BY value NULLS LAST LIMIT ${MOST_SLICES_A_COLUMN + 1}`;
}

/** SQL of a value as a person names it: a text as it is, a number without `.0`. */
export function shownValueSql(column: SourceColumn, { value, canonical }: ColumnSql): string {
  return column.type === 'string' ? value : canonical;
}

/** One slice for each value of a column: `sex=Male`; the rows without one are `sex=(missing)`. */
export function slicesOfValues(column: string, values: readonly (string | null)[]): readonly Slice[] | Problem {
  if (values.length > MOST_SLICES_A_COLUMN) {
    return {
      where: `slice ${quote(column)}`,
      found: `the column has more than ${MOST_SLICES_A_COLUMN} values`,
      expected: 'a column of a few categories',
      remedy: `Name slices by a condition instead: {name: ${column}-low, where: '${identifier(column)} < 10'}`,
    };
  }
  return values.map((value) =>
    value === null
      ? { name: `${column}=(missing)`, where: `${identifier(column)} IS NULL` }
      : { name: `${column}=${value}`, where: `${identifier(column)} = ${literal(value)}` },
  );
}

export function noSliceColumn(column: string, columns: readonly string[]): Problem {
  return {
    where: `slice ${quote(column)}`,
    found: `the holdout has no column ${quote(column)}`,
    expected: `one of ${listed(columns)}`,
    ...suggestion(column, columns),
  };
}
