import type { FeatureKind } from '../evaluation/predictor.ts';
import type { ColumnSql } from './columnSql.ts';
import type { SourceColumn } from './source.ts';

/** SQL of a number: NULL where there is none, or none that the value reads as. */
export function numberSql(column: SourceColumn, { value }: ColumnSql): string {
  switch (column.type) {
    case 'integer':
    case 'boolean':
      return `(${value})::DOUBLE`;
    case 'float':
      return column.physical.kind === 'real' ? value : `(${value})::DOUBLE`;
    case 'string':
      return `TRY_CAST(${value} AS DOUBLE)`;
    case 'date':
    case 'timestamp':
    case 'other':
      return 'NULL::DOUBLE';
  }
}

/**
 * SQL of what a model's input asks of a column. NULL where the value cannot be that: a text that is no number, a
 * fraction or nothing at all where an integer is asked. A missing value is NaN for a float and empty for a string.
 */
export function featureSql(column: SourceColumn, sql: ColumnSql, kind: FeatureKind): string {
  switch (kind) {
    case 'float': {
      const number = numberSql(column, sql);
      const nan = column.physical.kind === 'real' ? "'nan'::FLOAT" : "'nan'::DOUBLE";
      if (column.type === 'integer' || column.type === 'float' || column.type === 'boolean') {
        return `coalesce(${number}, ${nan})`;
      }
      return `CASE WHEN ${sql.value} IS NULL THEN ${nan} ELSE ${number} END`;
    }
    case 'integer':
      return integerSql(column, sql);
    case 'string':
      return `CASE WHEN ${sql.value} IS NULL THEN '' ELSE ${sql.text} END`;
  }
}

function integerSql(column: SourceColumn, sql: ColumnSql): string {
  if (column.type === 'integer' || column.type === 'boolean') return `TRY_CAST(${sql.value} AS BIGINT)`;
  const number = numberSql(column, sql);
  // A cast alone would round.
  return `CASE WHEN ${number} = trunc(${number}) THEN TRY_CAST(${number} AS BIGINT) END`;
}

/** Why a model cannot be fed a column whatever its values; `undefined` where it can. */
export function unfit(column: SourceColumn, kind: FeatureKind): string | undefined {
  if (kind === 'string') return column.type === 'other' ? 'it holds nested values or bytes' : undefined;
  if (column.type === 'date' || column.type === 'timestamp') return `it holds ${column.type}s`;
  return column.type === 'other' ? 'it holds nested values or bytes' : undefined;
}
