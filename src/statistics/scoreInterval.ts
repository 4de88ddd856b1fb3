import type { DifferenceEstimate, Method } from './estimate.ts';
import { criticalValue, lowerTail } from './studentT.ts';
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

export interface UnseenLoss {
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
  const variance = varianceOf(points);
  const standardError = problem.standardError ?? Math.sqrt(variance / points.total);
  const degreesOfFreedom = problem.degreesOfFreedom ?? Infinity;
  const critical = criticalValue(degreesOfFreedom);
  const sample: Sample = {
    points,
    centre: meanOf(points),
    variance,
    scale: variance > 0 ? variance / standardError ** 2 : points.total,
    student: problem.degreesOfFreedom !== undefined,
  };
  const below = seenFrom('below', sample, possible?.least);
  const above = seenFrom('above', sample, possible?.most);
  const score = (bound: number): number =>
    bound <= estimate ? statistic(below, estimate - bound) : -statistic(above, bound - estimate);
  const lower = solveDown(score, estimate, critical, standardError);
  const upper = -solveDown((bound) => -score(-bound), -estimate, critical, standardError);
  // Where nothing varied, what is possible is all the evidence there is, however rare it be.
  const rarest = variance > 0 ? unseen?.rarest : 0;
  const belowUnseen = unseen && seenFrom('below', sample, unseen.least, rarest);
  return {
    difference: estimate,
    interval: [lower, upper],
    lowerWithUnseen:
      belowUnseen === undefined
        ? lower
        : solveDown((bound) => statistic(belowUnseen, estimate - bound), estimate, critical, standardError),
    pAtLeast: (bound) => lowerTail(score(bound), degreesOfFreedom),
    standardError,
    method: problem.method,
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

/** The centred distribution as seen from one side, so that the mean to be tested always lies below 0. */
interface Side extends Sample {
  readonly value: Float64Array;
  readonly weight: Float64Array;
  /** The least value seen. */
  readonly lowest: number;
  /** The least value possible, where more is known than was seen. */
  readonly possible: number | undefined;
  readonly rarest: number;
}

function seenFrom(direction: 'below' | 'above', sample: Sample, extreme: number | undefined, rarest = 0): Side {
  const sign = direction === 'below' ? 1 : -1;
  const { points, centre } = sample;
  const weight = points.weight.filter((each) => each > 0);
  const value = points.value.filter((_, i) => (points.weight[i] ?? 0) > 0).map((each) => sign * (each - centre));
  return {
    ...sample,
    value,
    weight,
    lowest: value.reduce((a, b) => Math.min(a, b), 0),
    possible: extreme === undefined ? undefined : sign * (extreme - centre),
    rarest,
  };
}

/** Distance over standard error, both as of a mean that lies `distance` below the one seen; never negative. */
function statistic(side: Side, distance: number): number {
  if (distance <= 0) return 0;
  const lambda = multiplier(side, distance);
  // With the variance as seen, lambda = distance / variance makes this Student's t.
  const student = side.student && side.variance > 0 ? distance / side.variance : Infinity;
  return Math.sqrt(side.scale * Math.min(lambda, student) * distance);
}

/** Lambda for a mean that lies `distance` below the seen one; infinite where no reweighting reaches so far. */
function multiplier(side: Side, distance: number): number {
  // A row at `possible` explains the distance alone where it comes with the share distance / -possible. Where that share
  // is below `rarest`, the nearest value that needs no rarer rows stands in for it.
  let lowest = side.lowest;
  if (side.possible !== undefined) {
    const standIn = side.rarest > 0 ? -distance / side.rarest : -Infinity;
    lowest = Math.min(lowest, Math.max(side.possible, standIn));
  }
  const room = -(lowest + distance);
  if (room <= 0) return Infinity;
  const limit = 1 / room;
  if (excess(side, distance, limit * (1 - 1e-12)).value >= 0) return limit;
  // Newton's method, held between ends that enclose the root.
  let low = 0;
  let high = limit;
  let lambda = side.variance > 0 ? Math.min(limit / 2, distance / side.variance) : limit / 2;
  for (let step = 0; step < 200; step++) {
    const { value, slope } = excess(side, distance, lambda);
    if (value > 0) low = lambda;
    else high = lambda;
    const newton = lambda - value / slope;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - lambda) <= 1e-14 * next) return next;
    lambda = next;
  }
  return lambda;
}

/** Sum of v / (1 + lambda v) for v = value + distance, which falls from `total * distance` at lambda = 0, and its slope. */
function excess(side: Side, distance: number, lambda: number): { readonly value: number; readonly slope: number } {
  const { value, weight } = side;
  let sum = 0;
  let slope = 0;
  for (let i = 0; i < value.length; i++) {
    const v = (value[i] ?? 0) + distance;
    const denominator = 1 + lambda * v;
    if (denominator <= 0) return { value: -Infinity, slope: -Infinity };
    const share = v / denominator;
    sum += (weight[i] ?? 0) * share;
    slope -= (weight[i] ?? 0) * share * share;
  }
  return { value: sum, slope };
}

/** The bound below `estimate` at which the statistic reaches `critical`; -Infinity where it never does. */
function solveDown(
  score: (bound: number) => number,
  estimate: number,
  critical: number,
  standardError: number,
): number {
  let step = standardError > 0 ? critical * standardError : 1e-9 * (1 + Math.abs(estimate));
  let inside = { bound: estimate, excess: -critical };
  let outside = { bound: estimate - step, excess: score(estimate - step) - critical };
  for (let doubling = 0; outside.excess < 0; doubling++) {
    if (doubling > 200) return -Infinity;
    inside = outside;
    step *= 2;
    outside = { bound: inside.bound - step, excess: score(inside.bound - step) - critical };
  }
  // False position with the Illinois rule; a halving every third step bounds the number of steps.
  const tolerance = 1e-13 * Math.max(Math.abs(inside.bound), Math.abs(outside.bound), step);
  let weightInside = 1;
  let weightOutside = 1;
  for (let turn = 1; turn < 200 && inside.bound - outside.bound > tolerance; turn++) {
    const a = weightInside * inside.excess;
    const b = weightOutside * outside.excess;
    const position = turn % 3 === 0 || !Number.isFinite(b) ? 0.5 : a / (a - b);
    const bound = inside.bound - position * (inside.bound - outside.bound);
    const excess = score(bound) - critical;
    if (excess < 0) {
      inside = { bound, excess };
      weightInside = 1;
      weightOutside /= 2;
    } else {
      outside = { bound, excess };
      weightOutside = 1;
      weightInside /= 2;
    }
  }
  // The inner side of the last bracket: the statistic there is still within the critical value, so the end and the
  // p-value never disagree.
  return inside.bound;
}
