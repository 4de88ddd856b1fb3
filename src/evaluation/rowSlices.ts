import type { EvaluationRows } from './evaluationRows.ts';

/** Index of `overall` wherever slices are numbered; the slice `sliceNames[i]` is number i + 1. */
export const OVERALL_INDEX = 0;
export const OVERALL = 'overall';

/** By pattern: the numbers of the slices that its rows lie in, `overall` first. */
export function slicesOfPatterns(rows: EvaluationRows): readonly (readonly number[])[] {
  const { patterns } = rows;
  return Array.from({ length: patterns.count }, (_, pattern) => {
    const list = [OVERALL_INDEX];
    for (let slice = 0; slice < patterns.slices; slice += 1) if (patterns.has(pattern, slice)) list.push(slice + 1);
    return list;
  });
}

/** Rows in each slice, `overall` first. */
export function countSliceRows(rows: EvaluationRows): readonly number[] {
  const ofPattern = new Float64Array(rows.patterns.count);
  for (let row = 0; row < rows.count; row += 1) {
    const pattern = rows.pattern[row] ?? 0;
    ofPattern[pattern] = (ofPattern[pattern] ?? 0) + 1;
  }
  const counts = new Array<number>(rows.sliceNames.length + 1).fill(0);
  slicesOfPatterns(rows).forEach((list, pattern) => {
    for (const slice of list) counts[slice] = (counts[slice] ?? 0) + (ofPattern[pattern] ?? 0);
  });
  return counts;
}

/** By pattern: 1 where its rows lie in the slice of that number. */
export function membership(rows: EvaluationRows, slice: number): Uint8Array {
  return rows.patterns.membership(slice === OVERALL_INDEX ? undefined : slice - 1);
}

export function sliceName(rows: EvaluationRows, slice: number): string {
  return slice === OVERALL_INDEX ? OVERALL : (rows.sliceNames[slice - 1] ?? '');
}
