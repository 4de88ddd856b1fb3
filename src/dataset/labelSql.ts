import { canonicalNumber, type ColumnSql } from './columnSql.ts';
import type { SourceColumn } from './source.ts';
import { literal } from './sqlText.ts';

/*
 * Labels are compared by their canonical text, since a model may say `1`, `1.0` or `True` of what the data call `true`
 * or `1.0`. Where a column holds text, a text that reads as a number or as true or false counts as that.
 */

const NUMBER = /^ *[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})? *$/;

const INTEGER = /^ *[+-]?[0-9]+ *$/;

/** The canonical text of a label as a model or a config writes it. */
export function canonicalLabel(label: string): string {
  const lower = label.toLowerCase();
  if (lower === 'true' || lower === 'false') return lower;
  const number = Number(label);
  if (!NUMBER.test(label) || !Number.isFinite(number)) return label;
  if (INTEGER.test(label))
    return label.length <= 18 ? String(number === 0 ? 0 : BigInt(label.trim().replace(/^\+/, ''))) : label;
  return Number.isInteger(number) && Math.abs(number) < 1e38 ? String(BigInt(number)) : canonicalFraction(number);
}

// As the engine prints a double: an exponent has two digits or more and stands below 1e-4.
function canonicalFraction(value: number): string {
  const [digits = '', exponent] = value.toExponential().split('e');
  if (Math.abs(value) >= 1e-4) return String(value);
  return `${digits}e-${String(exponent ?? '')
    .replace('-', '')
    .padStart(2, '0')}`;
}

/** SQL for the canonical text of a label; NULL where there is none. */
export function labelSql(column: SourceColumn, { value, canonical }: ColumnSql): string {
  if (column.type !== 'string') return canonical;
  const double = `TRY_CAST(${value} AS DOUBLE)`;
  const matches = (pattern: RegExp): string => `regexp_full_match(${value}, ${literal(pattern.source.slice(1, -1))})`;
  return `CASE WHEN lower(${value}) IN ('true', 'false') THEN lower(${value})
    WHEN ${matches(INTEGER)} AND length(${value}) > 18 THEN ${value}
    WHEN ${matches(NUMBER)} AND isfinite(${double}) THEN ${canonicalNumber(double)}
    ELSE ${value} END`;
}
