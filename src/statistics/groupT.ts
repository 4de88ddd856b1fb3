import type { DifferenceEstimate } from './estimate.ts';
import { scoreInterval } from './scoreInterval.ts';
import { pointsOf, varianceOf } from './weightedPoints.ts';

/**
 * Where rows depend on each other within groups (one user, one day): Student's t over the groups' totals of the row
 * influences, G - 1 degrees of freedom (Liang and Zeger, Biometrika 73 (1986), 13; with G / (G - 1)), and the wider score
 * interval where a few groups carry the loss.
 *
 * `totals[g]` is the sum over the group's rows of each row's influence on `estimate`; over all rows they sum to 0 (they
 * are centred here otherwise). `rows` is the number of rows in all.
 */
export function groupT(estimate: number, totals: Float64Array, rows: number): DifferenceEstimate {
  const groups = totals.length;
  const points = pointsOf(totals.map((total) => (total * groups) / rows));
  return scoreInterval({
    estimate,
    points,
    standardError: Math.sqrt(varianceOf(points) / (groups - 1)),
    degreesOfFreedom: groups - 1,
    method: 'group-t',
  });
}
