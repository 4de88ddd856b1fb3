import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import type { DifferenceEstimate } from './estimate.ts';
import { Z_UPPER } from './studentT.ts';

const Z_80 = 0.8416212335729143;

/** What an interval's ends move with, known from an earlier estimate on `rows` rows (or groups). */
export interface Precision {
  readonly rows: number;
  /** Of the difference. */
  readonly standardError: number;
  /**
   * From the difference down to what `met` is decided on (`lowerWithUnseen`), or to the end of the interval in question. Never below 1.96 standard errors in effect: what
   * goes beyond them (rows possible but not seen) shrinks with the rows, they with the root of the rows.
   */
  readonly reach: number;
}

/**
 * How likely a gate is met when the models are truly equal (normal approximation). `margin` is how far below 0 the lower
 * end may lie: what the gate allows, or minus the improvement that it asks for.
 */
export function powerOf(precision: Precision, margin: number): number {
  const { standardError, reach } = precision;
  if (standardError === 0) return margin > reach ? 1 : 0;
  return normalCdf((margin - Math.max(reach, Z_UPPER * standardError)) / standardError, 0, 1);
}

/** The smallest margin that an equal model meets 80 % of the time on as many rows. */
export function marginFor80({ standardError, reach }: Precision): number {
  return Math.max(reach, Z_UPPER * standardError) + Z_80 * standardError;
}

/** The rows on which an equal model meets the gate 80 % of the time; undefined where no number would do. */
export function rowsFor80(precision: Precision, margin: number): number | undefined {
  return rowsWhere(precision, Z_UPPER + Z_80, margin);
}

/** The rows on which the same difference would be settled against `bound`; undefined where no number would do. */
export function rowsToSettle(estimate: DifferenceEstimate, bound: number, rows: number): number | undefined {
  const { difference, standardError, interval, lowerWithUnseen } = estimate;
  const reach = difference > bound ? difference - lowerWithUnseen : interval[1] - difference;
  return rowsWhere({ rows, standardError, reach }, Z_UPPER, Math.abs(difference - bound));
}

/** Where `z SE + (reach beyond 1.96 SE)` falls to `distance`: a quadratic in s = sqrt(rows now / rows then). */
function rowsWhere({ rows, standardError, reach }: Precision, z: number, distance: number): number | undefined {
  if (distance <= 0 || !Number.isFinite(reach)) return undefined;
  const root = z * standardError;
  const whole = Math.max(0, reach - Z_UPPER * standardError);
  const s = (2 * distance) / (root + Math.sqrt(root ** 2 + 4 * whole * distance));
  return Math.ceil(rows / s ** 2);
}

/** At least this likely are all gates met together, however they depend on each other (Bonferroni). */
export function powerOfAll(powers: readonly number[]): number {
  return Math.max(0, 1 - powers.reduce((missed, power) => missed + (1 - power), 0));
}
