import type { DifferenceEstimate } from './estimate.ts';
import { scoreInterval } from './scoreInterval.ts';
import { pointsOf, varianceOf } from './weightedPoints.ts';

/**
 * Groups are few, and the worst of them may be missing: `met` reckons with one this many times as bad as the worst seen.
 * Without it the study (docs/calibration.md) finds `met` up to four times too often where group effects are skewed.
 */
const WORSE_THAN_SEEN = 2.5;

/**
 * Where rows depend on each other within groups (one user, one day): Student's t over the groups' totals of the row
 * influences, G - 1 degrees of freedom (Liang and Zeger, Biometrika 73 (1986), 13; with G / (G - 1)), and the wider score
 * interval where a few groups carry the loss.
 *
 * `totals[g]` is the sum over the group's rows of each row's influence on `estimate`; over all rows they sum to 0 (they
 * are centred here otherwise). `rows` is the number of rows in all. `ofRows` is the estimate that takes rows for
 * independent: groups may widen its interval, never narrow it, so that a few groups that happen to agree prove nothing.
 */
export function groupT(
  estimate: number,
  totals: Float64Array,
  rows: number,
  ofRows?: DifferenceEstimate,
): DifferenceEstimate {
  const groups = totals.length;
  const points = pointsOf(totals.map((total) => (total * groups) / rows));
  const ofGroups = scoreInterval({
    estimate,
    points,
    unseen: { least: WORSE_THAN_SEEN * points.value.reduce((a, b) => Math.min(a, b), 0) },
    standardError: Math.sqrt(varianceOf(points) / (groups - 1)),
    degreesOfFreedom: groups - 1,
    method: 'group-t',
  });
  return ofRows === undefined ? ofGroups : widerOf(ofGroups, ofRows);
}

/** Both intervals' outer ends, under the first one's name. */
function widerOf(ofGroups: DifferenceEstimate, ofRows: DifferenceEstimate): DifferenceEstimate {
  const lower = Math.min(ofGroups.interval[0], ofRows.interval[0]);
  const upper = Math.max(ofGroups.interval[1], ofRows.interval[1]);
  return {
    ...ofGroups,
    interval: [lower, upper],
    lowerWithUnseen: Math.min(ofGroups.lowerWithUnseen, ofRows.lowerWithUnseen),
    pAtLeast: (bound) =>
      (bound > ofGroups.difference ? Math.max : Math.min)(ofGroups.pAtLeast(bound), ofRows.pAtLeast(bound)),
    standardError: Math.max(ofGroups.standardError, ofRows.standardError),
  };
}
