import type { Contrast } from './contrast.ts';
import type { DifferenceEstimate } from './estimate.ts';
import { scoreInterval } from './scoreInterval.ts';
import { weightedPoints } from './weightedPoints.ts';

/** Rows by which of two models was right. */
export interface PairedCounts {
  readonly rows: number;
  readonly bothRight: number;
  readonly candidateOnly: number;
  readonly baselineOnly: number;
}

/**
 * Difference of two proportions measured on the same rows (accuracy, recall, specificity).
 *
 * For c - b: Tango's score interval (Statist. Med. 17 (1998), 891-908), never of width zero, also where the models never
 * disagree. For c - (1 -+ r) b: the same score test with the constrained estimates of the table's four cells.
 */
export function pairedProportions(counts: PairedCounts, contrast: Contrast): DifferenceEstimate {
  const { rows, bothRight, candidateOnly, baselineOnly } = counts;
  const neither = rows - bothRight - candidateOnly - baselineOnly;
  const { candidate, baseline } = contrast;
  const value = Float64Array.of(candidate + baseline, candidate, baseline, 0);
  const points = weightedPoints(value, Float64Array.of(bothRight, candidateOnly, baselineOnly, neither));
  return scoreInterval({
    estimate: ((bothRight + candidateOnly) * candidate + (bothRight + baselineOnly) * baseline) / rows,
    points,
    possible: { least: Math.min(...value), most: Math.max(...value) },
    method: candidate + baseline === 0 ? 'tango' : 'tango-relative',
  });
}
