import type { Margin } from './config.ts';
import type { Reading } from './reading.ts';

// Quantities as people write them. Each reader is strict: what could be read in two ways is refused with the way to say
// it, and the message is a clause for `Complaint.expected`.

const DECIMAL = '(?:[0-9]+(?:\\.[0-9]+)?|\\.[0-9]+)';
const PERCENT = new RegExp(`^(-?)(${DECIMAL})\\s*%$`);

/** `0.01` in the metric's unit, or `2%` of |baseline|. Never negative. */
export function readMargin(written: number | string): Reading<Margin> {
  const expected = 'a number of at least 0, such as 0.01, or a share of the baseline, such as 2%';
  if (typeof written === 'number') {
    return written >= 0
      ? { kind: 'read', value: { kind: 'absolute', value: written } }
      : { kind: 'refused', expected, remedy: `A margin is never negative: write ${-written}` };
  }
  const fraction = readPercent(written);
  if (fraction === undefined) return { kind: 'refused', expected };
  return fraction >= 0
    ? { kind: 'read', value: { kind: 'relative', fraction } }
    : { kind: 'refused', expected, remedy: `A margin is never negative: write ${written.replace('-', '')}` };
}

/** The hash that puts rows aside tells 10,000 buckets apart: a share is at least one of them. */
const LEAST_SHARE = 0.0001;

/** A share of rows: `20%`, or the fraction 0.2. */
export function readShare(written: number | string): Reading<number> {
  const expected = 'a share between 0.01% and 100%, such as 20% or 0.2';
  const share = typeof written === 'number' ? written : readPercent(written);
  if (share !== undefined && share >= LEAST_SHARE && share < 1) return { kind: 'read', value: share };
  const meantPercent = typeof written === 'number' && written >= 1 && written < 100;
  return { kind: 'refused', expected, ...(meantPercent ? { remedy: `Write ${written}%, if that is meant` } : {}) };
}

/** The fraction that `2%` stands for. The decimal point is moved in the text: 0.7 / 100 is not 0.007. */
function readPercent(written: string): number | undefined {
  const match = PERCENT.exec(written.trim());
  return match === null ? undefined : Number(`${match[1]}${match[2]}e-2`);
}

const SECONDS = { d: 86_400, h: 3_600, m: 60, s: 1 } as const;
const LONGEST_SECONDS = 7 * SECONDS.d;

/** `90s`, `30m`, `1h30m`, `2d`, in seconds. At most 7 days. */
export function readDuration(written: number | string): Reading<number> {
  const expected = 'a time such as 90s, 30m, 1h30m or 2d, at most 7d';
  if (typeof written === 'number')
    return { kind: 'refused', expected, remedy: `Say the unit: ${written}s or ${written}m` };
  const match = /^(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?$/.exec(written.trim());
  const [, d, h, m, s] = match ?? [];
  const seconds = Number(d ?? 0) * SECONDS.d + Number(h ?? 0) * SECONDS.h + Number(m ?? 0) * SECONDS.m + Number(s ?? 0);
  return seconds > 0 && seconds <= LONGEST_SECONDS ? { kind: 'read', value: seconds } : { kind: 'refused', expected };
}

/**
 * An instant of ISO 8601 in one form, `2024-07-01T00:00:00.000Z`. A day alone is its midnight, UTC; a time needs its
 * offset, since without one it is another instant on every machine.
 */
export function readInstant(written: string): Reading<string> {
  const expected = 'an instant such as 2024-07-01 or 2024-07-01T06:00:00Z';
  const match =
    /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,3})?)?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?)?$/.exec(
      written.trim(),
    );
  if (match === null) return { kind: 'refused', expected };
  const [, year, month, day, hour, , , offset] = match;
  // JavaScript moves 30 February to March; a calendar has no such day.
  const lastDay = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > lastDay) {
    return { kind: 'refused', expected: `${expected}, on a day that the calendar has` };
  }
  if (hour !== undefined && offset === undefined) {
    return { kind: 'refused', expected, remedy: `Say in which time zone: write ${written.trim()}Z for UTC` };
  }
  const instant = new Date(written.trim());
  return Number.isNaN(instant.getTime())
    ? { kind: 'refused', expected }
    : { kind: 'read', value: instant.toISOString() };
}
