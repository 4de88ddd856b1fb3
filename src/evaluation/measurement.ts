import type { MetricName } from '../config/config.ts';
import type { DifferenceEstimate } from '../statistics/estimate.ts';
import type { EvidenceUnit as StatisticsUnit } from '../statistics/minimumRows.ts';

/** What the rows that a metric hangs on are counted in. */
export type EvidenceUnit = StatisticsUnit | 'turns';

/** Fewer than `minimum`, and nothing is concluded. */
interface LeastEvidence {
  readonly minimum: number;
  readonly unit: EvidenceUnit;
}

/** What one metric came to for one model in one slice. What cannot be measured says why, and is never 0. */
export type Measured =
  { readonly kind: 'value'; readonly value: number } | { readonly kind: 'not-measured'; readonly because: string };

/** One metric in one slice, for the candidate and, where there is one, the baseline. */
export interface Measurement {
  readonly metric: MetricName;
  readonly slice: string;
  /** Rows of the slice. */
  readonly rows: number;
  /** What the metric hangs on, in the unit of `least`. */
  readonly effectiveRows: number;
  /** How much of that is needed to conclude anything. */
  readonly least: LeastEvidence;
  readonly candidate: Measured;
  readonly baseline?: Measured;
  readonly compare?: Compare;
}

/**
 * The difference with its interval, signed so that better is +: of `c - b` for a share of 0, and of what is at least 0
 * where `c - b` is at least `share * |b|` for another (-0.02 for "not worse by more than 2 %", 0.02 for "better by 2 %").
 * `undefined` where no interval can be made.
 */
export type Compare = (share: number) => DifferenceEstimate | undefined;

/** NaN and infinity are no measurements, wherever they come from. */
export function value(number: number): Measured {
  return Number.isFinite(number) ? { kind: 'value', value: number } : notMeasured('it is no finite number');
}

export function notMeasured(because: string): Measured {
  return { kind: 'not-measured', because };
}

/** A value that exists only under a condition, which `because` puts into words where it fails. */
export function valueOr(number: number | undefined, because: string): Measured {
  return number === undefined || Number.isNaN(number) ? notMeasured(because) : value(number);
}
