import { groupT } from '../statistics/groupT.ts';
import type { DifferenceEstimate } from '../statistics/estimate.ts';
import type { EvaluationRows, RowGroups } from './evaluationRows.ts';
import { membership } from './rowSlices.ts';

/** Groups that have at least one row of the slice that a metric hangs on. */
export function countGroups(
  rows: EvaluationRows,
  groups: RowGroups,
  slice: number,
  counts: (row: number) => boolean,
): number {
  const member = membership(rows, slice);
  const seen = new Uint8Array(groups.count);
  let count = 0;
  for (let row = 0; row < rows.count; row += 1) {
    if (member[rows.pattern[row] ?? 0] !== 1) continue;
    const group = groups.of[row] ?? 0;
    if (seen[group] === 1 || !counts(row)) continue;
    seen[group] = 1;
    count += 1;
  }
  return count;
}

/**
 * The estimate with the interval that its groups give it.
 *
 * @param ofRows the estimate that takes rows for independent.
 * @param influence of a row of the slice on the estimate, before it is averaged; `undefined` where it has none.
 */
export function groupedEstimate(
  rows: EvaluationRows,
  groups: RowGroups,
  slice: number,
  ofRows: DifferenceEstimate,
  influence: (row: number) => number | undefined,
): DifferenceEstimate | undefined {
  const member = membership(rows, slice);
  const totals = new Float64Array(groups.count);
  const seen = new Uint8Array(groups.count);
  let inSlice = 0;
  for (let row = 0; row < rows.count; row += 1) {
    if (member[rows.pattern[row] ?? 0] !== 1) continue;
    inSlice += 1;
    const bearing = influence(row);
    if (bearing === undefined) continue;
    const group = groups.of[row] ?? 0;
    totals[group] = (totals[group] ?? 0) + bearing;
    seen[group] = 1;
  }
  const taking = totals.filter((_, group) => seen[group] === 1);
  return taking.length < 2 ? undefined : groupT(ofRows.difference, taking, inSlice, ofRows);
}
