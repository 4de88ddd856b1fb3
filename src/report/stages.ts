import { formatNumber } from '../wording/numbers.ts';
import type { StageSummary } from './runReport.ts';

/** `ran, 4.2 s`, or `inputs unchanged, found again from 2026-05-03 10:00 UTC, 0.3 s`. */
export function describeStage({ reused, reusedFrom, seconds }: StageSummary): string {
  const took = `${formatNumber(seconds, seconds < 10 ? 1 : 0)} s`;
  if (!reused) return `ran, ${took}`;
  return `inputs unchanged, found again${reusedFrom === undefined ? '' : ` from ${formatInstant(reusedFrom)}`}, ${took}`;
}

/** An ISO 8601 instant as a person reads it, to the minute; in UTC, so that a report says the same everywhere. */
export function formatInstant(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
