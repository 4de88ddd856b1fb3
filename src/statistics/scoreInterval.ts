import type { DifferenceEstimate, Method } from './estimate.ts';
import { criticalValue, lowerTail } from './studentT.ts';
import { type WeightedPoints, meanOf, varianceOf } from './weightedPoints.ts';

/** What a score interval is made of. */
export interface ScoreProblem {
  readonly estimate: number;
  /** What each row adds to the estimate, before it is averaged: their mean belongs to `estimate`, wherever it lies. */
  readonly points: WeightedPoints;
  /** The least that a row could add, seen or not, on the scale of `points`. Absent: nothing beyond what was seen. */
  readonly least?: number;
  /** The most that a row could add. */
  readonly most?: number;
  /** Rows never seen are reckoned with only if they come this often at least; absent: however rare. */
  readonly rarest?: number;
  /** Of the estimate; where absent, sqrt(variance / total). */
  readonly standardError?: number;
  /** Infinite, the default, for the normal distribution. */
  readonly degreesOfFreedom?: number;
  readonly method: Method;
}

/**
 * Score interval for a mean of independent rows of any distribution.
 *
 * To test "the mean is delta", the seen distribution is reweighted to have that mean at the least loss of likelihood:
 * `p_i = w_i / (n (1 + lambda (x_i - delta)))`, and the variance is taken under those weights, not under the seen ones.
 * `sum p_i (x_i - delta) = 0` gives lambda, and `mean - delta = lambda * variance` makes the statistic
 * `z^2 = n lambda (mean - delta)`. (Empirical likelihood: Owen, Biometrika 75 (1988), 237; its score form.)
 *
 * With two possible values this is Wilson's interval (1927), with the three of paired proportions Tango's (Statist. Med.
 * 17 (1998), 891). As there, a value that is possible but was not seen takes part: it bounds lambda, since its weight
 * cannot be negative. So a rare large loss that the sample happens to lack still widens the interval.
 */
export function scoreInterval(problem: ScoreProblem): DifferenceEstimate {
  const score = scoreStatistic(problem);
  const degreesOfFreedom = problem.degreesOfFreedom ?? Infinity;
  const critical = criticalValue(degreesOfFreedom);
  const standardError = problem.standardError ?? Math.sqrt(varianceOf(problem.points) / problem.points.total);
  return {
    difference: problem.estimate,
    interval: [
      solveDown(score, problem.estimate, critical, standardError),
      -solveDown((bound) => -score(-bound), -problem.estimate, critical, standardError),
    ],
    pAtLeast: (bound) => lowerTail(score(bound), degreesOfFreedom),
    standardError,
    method: problem.method,
  };
}

/** Signed: positive where `bound` lies below the estimate. Falls as the bound rises. */
function scoreStatistic(problem: ScoreProblem): (bound: number) => number {
  const { points, estimate } = problem;
  const centre = meanOf(points);
  const variance = varianceOf(points);
  const scale =
    variance > 0 && problem.standardError !== undefined ? variance / problem.standardError ** 2 : points.total;
  const least = problem.least === undefined ? undefined : problem.least - centre;
  const most = problem.most === undefined ? undefined : problem.most - centre;
  const rarest = variance > 0 ? (problem.rarest ?? 0) : 0;
  return (bound) => {
    const distance = estimate - bound;
    if (distance === 0) return 0;
    return distance > 0
      ? Math.sqrt(scale * multiplier(points, centre, 1, distance, least, rarest) * distance)
      : -Math.sqrt(
          scale * multiplier(points, centre, -1, -distance, most === undefined ? undefined : -most, rarest) * -distance,
        );
  };
}

/**
 * Lambda for a mean that lies `distance` below the seen one (`sign` -1: above it). `worst` is the least value possible
 * on that side, centred. Infinite where no reweighting reaches the mean asked for.
 */
function multiplier(
  points: WeightedPoints,
  centre: number,
  sign: 1 | -1,
  distance: number,
  worst: number | undefined,
  rarest: number,
): number {
  // A row at `worst` that comes with the share distance / -worst explains the distance alone; where that share would be
  // below `rarest`, the nearest value that needs no rarer rows stands in for it.
  const reach =
    worst === undefined && rarest === 0
      ? 0
      : Math.min(-(worst ?? -Infinity), rarest > 0 ? distance / rarest : Infinity);
  let lowest = -reach;
  for (let i = 0; i < points.value.length; i++) {
    if ((points.weight[i] ?? 0) > 0) lowest = Math.min(lowest, sign * ((points.value[i] ?? 0) - centre));
  }
  const room = -(lowest + distance);
  if (room <= 0) return Infinity;
  const limit = 1 / room;
  // g(lambda) = mean of v / (1 + lambda v), v = value - bound, falls from `distance` at 0; its root lies in (0, limit].
  const g = (lambda: number): number => {
    let total = 0;
    for (let i = 0; i < points.value.length; i++) {
      const v = sign * ((points.value[i] ?? 0) - centre) + distance;
      const denominator = 1 + lambda * v;
      total += denominator > 0 ? ((points.weight[i] ?? 0) * v) / denominator : -Infinity;
    }
    return total;
  };
  if (g(limit * (1 - 1e-12)) >= 0) return limit;
  let below = 0;
  let above = limit;
  for (let step = 0; step < 100 && above - below > 1e-13 * above; step++) {
    const middle = (below + above) / 2;
    if (g(middle) > 0) below = middle;
    else above = middle;
  }
  return (below + above) / 2;
}

/** The bound below `estimate` at which the statistic reaches `critical`; -Infinity where it never does. */
function solveDown(
  score: (bound: number) => number,
  estimate: number,
  critical: number,
  standardError: number,
): number {
  let step = standardError > 0 ? critical * standardError : 1e-9 * (1 + Math.abs(estimate));
  let inside = estimate;
  let outside = estimate - step;
  for (let doubling = 0; score(outside) < critical; doubling++) {
    if (doubling > 200) return -Infinity;
    inside = outside;
    step *= 2;
    outside -= step;
  }
  for (
    let halving = 0;
    halving < 100 && inside - outside > 1e-14 * Math.max(Math.abs(inside), Math.abs(outside), step);
    halving++
  ) {
    const middle = (inside + outside) / 2;
    if (score(middle) < critical) inside = middle;
    else outside = middle;
  }
  // The inner side of the last bracket: the statistic there is still within the critical value, so that the end and the
  // p-value never disagree.
  return inside;
}
