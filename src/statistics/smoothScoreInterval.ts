import type { DifferenceEstimate, Method } from './estimate.ts';
import { invertTest } from './invertTest.ts';
import { reweightingMultiplier } from './reweighting.ts';

/**
 * A smooth function of the shares of a table's cells: its value where cell i has the weight `weight[i]`, whatever the
 * weights sum to. Into `influence` it writes how one more row in each cell bears on it: the derivative by that cell's
 * share, less its mean over the weights, so that the weighted mean of the influences is 0.
 */
export type SmoothFunction = (weight: Float64Array, influence: Float64Array) => number;

/** The study (docs/calibration.md) tells two rounds from one where few rows carry the metric, and not from more. */
const ROUNDS = 2;

/**
 * Score interval for a smooth function of multinomial shares (a difference of precisions, of F1).
 *
 * To test "the difference is delta" the likeliest shares with that difference are found, by reweighting along the
 * function's influence and taking the influence anew at the shares found; distance and standard error are those of the
 * shares found. For a linear function this is {@link scoreInterval}. Cells of count 0 in `count` take part as possible.
 */
export function smoothScoreInterval(
  count: Float64Array,
  difference: SmoothFunction,
  method: Method,
): DifferenceEstimate {
  const rows = count.reduce((a, b) => a + b, 0);
  const influence = new Float64Array(count.length);
  const estimate = difference(count, influence);
  const standardError = Math.sqrt(meanSquare(influence, count) / rows ** 2);
  const seen = count.filter((each) => each > 0);

  const score = (bound: number): number => {
    // So near, the weight that a cell without rows would take is lost to rounding, and the variance with it.
    if (Math.abs(bound - estimate) < 1e-12) return 0;
    let weight = count;
    for (let round = 0; round < ROUNDS; round++) {
      const reweighted = reweight(count, seen, influence, difference(weight, influence) - bound);
      if (reweighted === undefined) return estimate > bound ? Infinity : -Infinity;
      weight = reweighted;
    }
    difference(weight, influence);
    return (estimate - bound) / Math.sqrt(meanSquare(influence, weight) / rows ** 2);
  };
  const { interval, pAtLeast } = invertTest({ estimate, score, degreesOfFreedom: Infinity, standardError });
  return { difference: estimate, interval, lowerWithUnseen: interval[0], pAtLeast, standardError, method };
}

function meanSquare(influence: Float64Array, weight: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < weight.length; i++) squares += (weight[i] ?? 0) * (influence[i] ?? 0) ** 2;
  return squares;
}

/** The likeliest weights under which the mean of `influence + shift` is 0; undefined where there are none. */
function reweight(
  count: Float64Array,
  seen: Float64Array,
  influence: Float64Array,
  shift: number,
): Float64Array | undefined {
  let rows = 0;
  let mean = 0;
  for (let i = 0; i < count.length; i++) {
    rows += count[i] ?? 0;
    mean += (count[i] ?? 0) * (influence[i] ?? 0);
  }
  mean /= rows;
  const distance = mean + shift;
  if (distance === 0) return count;
  const sign = distance > 0 ? 1 : -1;
  const value = new Float64Array(seen.length);
  let variance = 0;
  let lowest = Infinity;
  let lowestCell = 0;
  for (let i = 0, at = 0; i < count.length; i++) {
    const centred = sign * ((influence[i] ?? 0) - mean);
    if (centred < lowest) {
      lowest = centred;
      lowestCell = i;
    }
    if ((count[i] ?? 0) === 0) continue;
    value[at++] = centred;
    variance += ((count[i] ?? 0) * centred ** 2) / rows;
  }
  const lambda = reweightingMultiplier({ value, weight: seen, variance, lowest }, Math.abs(distance));
  if (lambda === Infinity) return undefined;
  const weight = new Float64Array(count.length);
  let left = rows;
  for (let i = 0; i < count.length; i++) {
    if ((count[i] ?? 0) === 0) continue;
    const own = (count[i] ?? 0) / (1 + lambda * (sign * ((influence[i] ?? 0) - mean) + Math.abs(distance)));
    weight[i] = own;
    left -= own;
  }
  if ((count[lowestCell] ?? 0) === 0) weight[lowestCell] = Math.max(0, left);
  return weight;
}
