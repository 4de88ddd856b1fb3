import type { SourceColumn } from './source.ts';
import { literal } from './sqlText.ts';

/**
 * What the values of a text column look like, over all of its rows: the union of these bits.
 *
 * The rules are Touchstone's own, since digests hang on them, and deliberately narrow: a date in any but the ISO form is
 * text, so that no 01/02 is guessed wrong, and a number with a leading zero is text, so that a postcode stays one.
 */
const LOOKS = {
  integer: 1,
  float: 2,
  boolean: 4,
  date: 8,
  timestamp: 16,
  nanoseconds: 32,
  /** Digits beyond 64 bits: a float among floats, text among integers. */
  longInteger: 64,
  text: 128,
  /** `1.0`: how many tools write an integer once a column has gaps. */
  wholeFloat: 256,
} as const;

const NUMBER = ' *[+-]?((0|[1-9][0-9]*)(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]{1,3})? *';
const INTEGER = ' *[+-]?(0|[1-9][0-9]*) *';
const WHOLE = ' *[+-]?(0|[1-9][0-9]*)\\.0* *';
const DATE = '[0-9]{4}-[0-9]{2}-[0-9]{2}';
const TIME = '[0-9]{2}:[0-9]{2}(:[0-9]{2}';
const ZONE = '([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)?';
const TIMESTAMP = `${DATE}[T ]${TIME}(\\.[0-9]{1,6})?)?${ZONE}`;
const NANOSECONDS = `${DATE}[T ]${TIME}\\.[0-9]{7,9})${ZONE}`;

/** Words that other tools write where there is no value. They, and blanks, mean that among numbers, dates and booleans; in text they are text. */
const MISSING_WORDS = ['na', 'n/a', '#n/a', '<na>', 'nan', '-nan', 'null', 'none'];
const INFINITIES = ['inf', '+inf', '-inf', 'infinity', '+infinity', '-infinity'];

/** SQL aggregate over a text expression: the union of {@link LOOKS} over its rows. */
export function looksSql(text: string): string {
  const matches = (pattern: string): string => `regexp_full_match(${text}, ${literal(pattern)})`;
  const oneOf = (words: readonly string[]): string => `lower(${text}) IN (${words.map(literal).join(', ')})`;
  const parses = (type: string): string => `TRY_CAST(${text} AS ${type}) IS NOT NULL`;
  const integer = `CASE WHEN length(${text}) <= 18 OR ${parses('BIGINT')} THEN ${LOOKS.integer} ELSE ${LOOKS.longInteger} END`;
  const either = (condition: string, look: number): string =>
    `CASE WHEN ${condition} THEN ${look} ELSE ${LOOKS.text} END`;
  return `bit_or(CASE
    WHEN ${text} IS NULL OR trim(${text}) = '' THEN 0
    WHEN ${matches(NUMBER)} THEN CASE WHEN ${matches(INTEGER)} THEN ${integer} WHEN ${matches(WHOLE)} THEN ${LOOKS.wholeFloat} ELSE ${LOOKS.float} END
    WHEN ${oneOf(MISSING_WORDS)} THEN 0
    WHEN ${oneOf(['true', 'false'])} THEN ${LOOKS.boolean}
    WHEN ${oneOf(INFINITIES)} THEN ${LOOKS.float}
    WHEN ${matches(DATE)} THEN ${either(parses('DATE'), LOOKS.date)}
    WHEN ${matches(TIMESTAMP)} THEN ${either(parses('TIMESTAMPTZ'), LOOKS.timestamp)}
    WHEN ${matches(NANOSECONDS)} THEN ${either(parses('TIMESTAMP_NS'), LOOKS.nanoseconds)}
    ELSE ${LOOKS.text} END)::INTEGER`;
}

/** The type of a text column by the looks of its values; a column that holds nothing is a string. */
export function typeOfLooks(looks: number): Pick<SourceColumn, 'type' | 'nanoseconds' | 'whole'> {
  const only = (...allowed: readonly number[]): boolean => (looks & ~allowed.reduce((a, b) => a | b)) === 0;
  const { integer, float, wholeFloat, longInteger, date, timestamp, nanoseconds } = LOOKS;
  if (looks === 0) return { type: 'string' };
  if (looks === integer) return { type: 'integer' };
  if (only(integer, wholeFloat)) return { type: 'float', whole: true };
  if (only(integer, wholeFloat, float)) return { type: 'float' };
  if (only(integer, wholeFloat, float, longInteger) && (looks & (float | wholeFloat)) !== 0) return { type: 'float' };
  if (looks === LOOKS.boolean) return { type: 'boolean' };
  if (looks === date) return { type: 'date' };
  if (only(date, timestamp)) return { type: 'timestamp' };
  if (only(date, timestamp, nanoseconds)) return { type: 'timestamp', nanoseconds: true };
  return { type: 'string' };
}
