import type { SourceColumn } from './source.ts';

/** A column of a relation as SQL expressions over the column that the file holds. */
export interface ColumnSql {
  /** The typed value; NULL where there is none, which NaN and the empty text are too. */
  readonly value: string;
  /** The text of the value: as the file has it, where the file holds text. */
  readonly text: string;
  /** The canonical text of the value, NULL where there is none. Never holds a line feed, nor is it `\N`. */
  readonly canonical: string;
}

export function columnSql(column: SourceColumn, stored: string): ColumnSql {
  const value = valueSql(column, stored);
  const text = column.physical.kind === 'text' ? `${stored}::VARCHAR` : `(${value})::VARCHAR`;
  return { value, text, canonical: canonicalSql(column, value) };
}

function valueSql(column: SourceColumn, stored: string): string {
  const { physical, type } = column;
  switch (physical.kind) {
    case 'text':
      return valueOfText(type, column.nanoseconds === true, `${stored}::VARCHAR`);
    case 'double':
      return `nullif(${stored}::DOUBLE, 'nan'::DOUBLE)`;
    case 'real':
      return `nullif(${stored}, 'nan'::FLOAT)`;
    case 'timestamp':
      // The connection's time zone is UTC.
      return physical.zoned ? `${stored}::TIMESTAMP` : stored;
    case 'integer':
    case 'decimal':
    case 'boolean':
    case 'date':
    case 'other':
      return stored;
  }
}

function valueOfText(type: SourceColumn['type'], nanoseconds: boolean, text: string): string {
  switch (type) {
    case 'integer':
      return `TRY_CAST(${text} AS BIGINT)`;
    case 'float':
      return `nullif(TRY_CAST(${text} AS DOUBLE), 'nan'::DOUBLE)`;
    case 'boolean':
      return `TRY_CAST(${text} AS BOOLEAN)`;
    case 'date':
      return `TRY_CAST(${text} AS DATE)`;
    case 'timestamp':
      // A cast straight to TIMESTAMP would drop a zone's offset instead of applying it.
      return nanoseconds ? `TRY_CAST(${text} AS TIMESTAMP_NS)` : `TRY_CAST(${text} AS TIMESTAMPTZ)::TIMESTAMP`;
    case 'string':
    case 'other':
      return `nullif(${text}, '')`;
  }
}

/** SQL for the canonical text of a typed value of a column. */
export function canonicalSql(column: SourceColumn, value: string): string {
  const { physical } = column;
  switch (column.type) {
    case 'integer':
      return `(${value})::VARCHAR`;
    case 'float':
      return physical.kind === 'decimal' ? canonicalDecimal(value, physical) : canonicalNumber(value);
    case 'boolean':
      return `CASE ${value} WHEN true THEN 'true' WHEN false THEN 'false' END`;
    case 'date':
      return `(${value})::VARCHAR`;
    case 'timestamp':
      return `CASE WHEN ${value} = (${value})::DATE THEN (${value})::DATE::VARCHAR ELSE replace((${value})::VARCHAR, ' ', 'T') || 'Z' END`;
    case 'string':
      return escaped(value);
    case 'other':
      return escaped(`(${value})::VARCHAR`);
  }
}

/**
 * A whole number without a fraction, any other by the shortest digits that name it: 1.0 is `1`, as an integer column
 * writes it, and a 32-bit 0.1 is `0.1`.
 */
export function canonicalNumber(value: string): string {
  return `CASE WHEN ${value} = trunc(${value}) AND abs(${value}) < 1e38
    THEN CASE WHEN abs(${value}) < 1e18 THEN (${value})::BIGINT::VARCHAR ELSE (${value})::HUGEINT::VARCHAR END
    ELSE (${value})::VARCHAR END`;
}

/** As the double nearest to it where that names it exactly; otherwise all its digits, without the zeros at the end. */
function canonicalDecimal(value: string, physical: { readonly width: number; readonly scale: number }): string {
  const double = `(${value})::DOUBLE`;
  return `CASE WHEN TRY_CAST(${double} AS DECIMAL(${physical.width}, ${physical.scale})) = ${value}
    THEN ${canonicalNumber(double)} ELSE rtrim(rtrim((${value})::VARCHAR, '0'), '.') END`;
}

function escaped(text: string): string {
  return `replace(replace(${text}, '\\', '\\\\'), chr(10), '\\n')`;
}
