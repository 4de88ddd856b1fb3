import type { DifferenceEstimate } from './estimate.ts';
import { criticalValue, lowerTail } from './studentT.ts';

/**
 * Where rows depend on each other within groups (one user, one day): Student's t over the groups' totals of the row
 * influences, G - 1 degrees of freedom. (Liang and Zeger, Biometrika 73 (1986), 13; G/(G-1) as usual.)
 *
 * `totals[g]` is the sum over the group's rows of each row's influence on `estimate`; over all rows they sum to 0 (they
 * are centred here otherwise). `rows` is the number of rows in all.
 */
export function groupT(estimate: number, totals: Float64Array, rows: number): DifferenceEstimate {
  const groups = totals.length;
  let mean = 0;
  for (const total of totals) mean += total / groups;
  let squares = 0;
  for (const total of totals) squares += (total - mean) ** 2;
  const standardError = Math.sqrt((squares * groups) / (groups - 1)) / rows;
  const halfWidth = criticalValue(groups - 1) * standardError;
  return {
    difference: estimate,
    interval: [estimate - halfWidth, estimate + halfWidth],
    lowerWithUnseen: estimate - halfWidth,
    pAtLeast: (bound) => lowerTail((estimate - bound) / standardError, groups - 1),
    standardError,
    method: 'group-t',
  };
}
