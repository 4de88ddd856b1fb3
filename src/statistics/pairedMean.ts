import type { Contrast } from './contrast.ts';
import type { DifferenceEstimate } from './estimate.ts';
import { RAREST_LOSS } from './minimumRows.ts';
import { type RowDistribution, summarise } from './rowDistribution.ts';
import { scoreInterval } from './scoreInterval.ts';

/** What one row's loss can be: from 0 to `largest`. */
export interface LossRange {
  /** Of the Brier score 1 or 2, of log loss -ln(clip), of an absolute error the range of the target. */
  readonly largest: number;
  /**
   * Whether no row can pass `largest`, ever, and all losses up to it are common enough to matter (Brier). Otherwise
   * losses are reckoned with that come in one row of a thousand or more often; `largest` caps those never seen.
   */
  readonly bounded: boolean;
}

/**
 * Mean over rows of `contrast.candidate * loss(candidate) + contrast.baseline * loss(baseline)`, whose distribution is
 * given: log loss, Brier score, absolute error. A score interval, so a rare large loss counts in full, seen or not.
 */
export function pairedMean(distribution: RowDistribution, contrast: Contrast, range: LossRange): DifferenceEstimate {
  const { rows, mean, variance, points } = summarise(distribution);
  return scoreInterval({
    estimate: mean,
    points,
    unseen: {
      least: Math.min(0, contrast.candidate * range.largest) + Math.min(0, contrast.baseline * range.largest),
      ...(range.bounded ? {} : { rarest: RAREST_LOSS }),
    },
    standardError: Math.sqrt(variance / (rows - 1)),
    degreesOfFreedom: rows - 1,
    method: 'paired-score',
  });
}
