import { type Contrast, valueOf } from './contrast.ts';
import type { DifferenceEstimate } from './estimate.ts';
import { RAREST_LOSS } from './minimumRows.ts';
import { type RowDistribution, summarise } from './rowDistribution.ts';
import { scoreInterval } from './scoreInterval.ts';

/** Means over the rows. */
export interface SquaredErrors {
  /** Mean of (truth - prediction)^2. */
  readonly candidate: number;
  readonly baseline: number;
  /** Mean of (truth - mean truth)^2; R2 alone needs it. */
  readonly spread: number;
}

/**
 * How a row bears on RMSE or R2, to first order (delta method): `candidate * (truth - prediction)^2` of the candidate,
 * plus `baseline` times that of the baseline, plus `spread * (truth - mean truth)^2`, plus `constant`. Its mean is 0.
 */
export interface RowInfluence {
  readonly estimate: number;
  readonly candidate: number;
  readonly baseline: number;
  readonly spread: number;
  readonly constant: number;
}

/** RMSE = sqrt(mean square): d RMSE = d(mean square) / (2 RMSE). Undefined where a model has no error at all. */
export function rmseInfluence(errors: SquaredErrors, contrast: Contrast): RowInfluence | undefined {
  if (errors.candidate === 0 || errors.baseline === 0) return undefined;
  const candidate = Math.sqrt(errors.candidate);
  const baseline = Math.sqrt(errors.baseline);
  const estimate = valueOf(contrast, candidate, baseline);
  return {
    estimate,
    candidate: contrast.candidate / (2 * candidate),
    baseline: contrast.baseline / (2 * baseline),
    spread: 0,
    constant: -estimate / 2,
  };
}

/** R2 = 1 - mean square / spread, both of the rows at hand. Undefined where the truth does not vary. */
export function r2Influence(errors: SquaredErrors, contrast: Contrast): RowInfluence | undefined {
  if (errors.spread === 0) return undefined;
  const unexplained = valueOf(contrast, errors.candidate / errors.spread, errors.baseline / errors.spread);
  return {
    estimate: contrast.candidate + contrast.baseline - unexplained,
    candidate: -contrast.candidate / errors.spread,
    baseline: -contrast.baseline / errors.spread,
    spread: unexplained / errors.spread,
    constant: 0,
  };
}

/**
 * RMSE or R2 from the distribution of its row influences. `largest` is the largest squared error to reckon with where
 * none was seen: the square of the target's range.
 */
export function squaredErrorDifference(
  influence: RowInfluence,
  distribution: RowDistribution,
  largest: number,
): DifferenceEstimate {
  const { rows, variance, points } = summarise(distribution);
  return scoreInterval({
    estimate: influence.estimate,
    points,
    unseen: {
      least:
        influence.constant + Math.min(0, influence.candidate * largest) + Math.min(0, influence.baseline * largest),
      rarest: RAREST_LOSS,
    },
    standardError: Math.sqrt(variance / (rows - 1)),
    degreesOfFreedom: rows - 1,
    method: 'delta',
  });
}
