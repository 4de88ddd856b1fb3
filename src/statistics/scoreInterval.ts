import type { DifferenceEstimate, Method } from './estimate.ts';
import { type InvertibleTest, invertTest, lowerEnd } from './invertTest.ts';
import { type Reweighted, reweightingMultiplier } from './reweighting.ts';
import { type WeightedPoints, meanOf, varianceOf } from './weightedPoints.ts';

/** What a score interval is made of. */
export interface ScoreProblem {
  readonly estimate: number;
  /** What each row adds to the estimate, before it is averaged: their mean belongs to `estimate`, wherever it lies. */
  readonly points: WeightedPoints;
  /** What a row could add, seen or not, on the scale of `points`: taken into the interval. */
  readonly possible?: { readonly least: number; readonly most: number };
  /** What a row could add, where only `lowerWithUnseen` is to reckon with it. */
  readonly unseen?: UnseenLoss;
  /** Of the estimate; where absent, sqrt(variance / total). */
  readonly standardError?: number;
  /** With them the interval is nowhere narrower than Student's; without, it is the score interval of the normal law. */
  readonly degreesOfFreedom?: number;
  readonly method: Method;
}

interface UnseenLoss {
  readonly least: number;
  /** Rows never seen are reckoned with only if they come this often at least; absent: however rare. */
  readonly rarest?: number;
}

/**
 * Score interval for a mean of independent rows of any distribution.
 *
 * To test "the mean is delta", the seen distribution is reweighted to have that mean at the least loss of likelihood:
 * `p_i = w_i / (n (1 + lambda (x_i - delta)))`, and the variance is taken under those weights, not under the seen ones.
 * `sum p_i (x_i - delta) = 0` gives lambda, and `mean - delta = lambda * variance` makes the statistic
 * `z^2 = n lambda (mean - delta)`. (Empirical likelihood: Owen, Biometrika 75 (1988), 237; its score form.)
 *
 * Where `degreesOfFreedom` are given the interval is the wider of this and Student's: the study in docs/calibration.md finds
 * the one too narrow for symmetric heavy tails and the other for rare large losses, and the wider of both right for all.
 *
 * With two possible values this is Wilson's interval (1927), with the three of paired proportions Tango's (Statist. Med.
 * 17 (1998), 891). As there, a value that is possible but was not seen takes part: it bounds lambda, since its weight
 * cannot be negative. So a rare large loss that the sample happens to lack still widens the interval.
 */
export function scoreInterval(problem: ScoreProblem): DifferenceEstimate {
  const { points, estimate, possible, unseen } = problem;
  const degreesOfFreedom = problem.degreesOfFreedom ?? Infinity;
  // Also where NaN: one row, or one positive, says nothing of what others would do.
  if (!(degreesOfFreedom > 0)) return unsettled(estimate, problem.method);
  const variance = varianceOf(points);
  const standardError = problem.standardError ?? Math.sqrt(variance / points.total);
  const sample: Sample = {
    points,
    centre: meanOf(points),
    variance,
    scale: variance > 0 ? variance / standardError ** 2 : points.total,
    student: problem.degreesOfFreedom !== undefined,
  };
  const below = seenFrom('below', sample, possible?.least);
  const above = seenFrom('above', sample, possible?.most);
  const test = {
    estimate,
    score: (bound: number): number =>
      bound <= estimate ? statistic(below, estimate - bound) : -statistic(above, bound - estimate),
    degreesOfFreedom,
    standardError,
  };
  const { interval, pAtLeast } = invertTest(test);
  return {
    difference: estimate,
    interval,
    lowerWithUnseen:
      unseen === undefined ? interval[0] : lowerEnd({ ...test, score: reckoningWith(unseen, sample, test) }),
    pAtLeast,
    standardError,
    method: problem.method,
  };
}

/** An estimate that leaves everything possible. */
function unsettled(estimate: number, method: Method): DifferenceEstimate {
  return {
    difference: estimate,
    interval: [-Infinity, Infinity],
    lowerWithUnseen: -Infinity,
    pAtLeast: () => 0.5,
    standardError: Infinity,
    method,
  };
}

interface Sample {
  readonly points: WeightedPoints;
  readonly centre: number;
  readonly variance: number;
  /** The variance of a row over that of the estimate: the rows, where nothing else is said. */
  readonly scale: number;
  readonly student: boolean;
}

/** The distribution as seen from one side, so that the mean to be tested always lies below its own. */
interface Side extends Reweighted {
  readonly scale: number;
  readonly student: boolean;
}

/** `extreme` is the value farthest out on that side that is possible, on the scale of the points. */
function seenFrom(direction: 'below' | 'above', sample: Sample, extreme?: number): Side {
  const sign = direction === 'below' ? 1 : -1;
  const { points, centre, variance, scale, student } = sample;
  const weight = points.weight.filter((each) => each > 0);
  const value = points.value.filter((_, i) => (points.weight[i] ?? 0) > 0).map((each) => sign * (each - centre));
  const possible = extreme === undefined ? 0 : sign * (extreme - centre);
  return { value, weight, variance, scale, student, lowest: value.reduce((a, b) => Math.min(a, b), possible) };
}

/** The statistic below the estimate where losses not seen are possible too. */
function reckoningWith(unseen: UnseenLoss, sample: Sample, { estimate }: InvertibleTest): (bound: number) => number {
  const seen = seenFrom('below', sample);
  const possible = unseen.least - sample.centre;
  // Where nothing varied, what is possible is all the evidence there is, however rare it be.
  const rarest = sample.variance > 0 ? (unseen.rarest ?? 0) : 0;
  return (bound) => {
    const distance = estimate - bound;
    // A row at `possible` explains the distance alone where it comes with the share distance / -possible. Where that share
    // is below `rarest`, the nearest value that needs no rarer rows stands in for it.
    const standIn = rarest > 0 ? -distance / rarest : -Infinity;
    return statistic({ ...seen, lowest: Math.min(seen.lowest, Math.max(possible, standIn)) }, distance);
  };
}

/** Distance over standard error, both as of a mean that lies `distance` below the one seen; never negative. */
function statistic(side: Side, distance: number): number {
  if (distance <= 0) return 0;
  const lambda = reweightingMultiplier(side, distance);
  // With the variance as seen, lambda = distance / variance makes this Student's t.
  const student = side.student && side.variance > 0 ? distance / side.variance : Infinity;
  return Math.sqrt(side.scale * Math.min(lambda, student) * distance);
}
