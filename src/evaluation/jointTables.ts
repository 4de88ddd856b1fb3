import type { JointTable } from '../statistics/jointTable.ts';
import type { ClassRows } from './evaluationRows.ts';
import { slicesOfPatterns } from './rowSlices.ts';

/** The joint table of every slice, made in one walk over the rows. */
export interface JointTables {
  /** By slice, `overall` first. All share the list of cells that occur anywhere. */
  readonly ofSlice: readonly JointTable[];
  /** The cell of a row, as an index into each table's arrays. */
  readonly cellOf: (row: number) => number;
}

/** Above this, cells are found through a map instead of an array of all that there could be. */
const MOST_DENSE_CELLS = 2 ** 22;

/**
 * Counts rows by (truth, candidate's class, baseline's class). Without a baseline the candidate stands in for it.
 *
 * Only cells that occur are held: some hundreds of classes make millions that do not.
 */
export function jointTables(rows: ClassRows): JointTables {
  const classes = rows.classes.labels.length;
  const { truth, pattern } = rows;
  const candidate = rows.candidate.predicted;
  const baseline = (rows.baseline ?? rows.candidate).predicted;
  const keyOf = (row: number): number =>
    ((truth[row] ?? 0) * classes + (candidate[row] ?? 0)) * classes + (baseline[row] ?? 0);

  const cells = indexCells(keyOf, rows.count, classes ** 3);
  const counts = Array.from({ length: rows.sliceNames.length + 1 }, () => new Float64Array(cells.keys.length));
  const countsOfPattern = slicesOfPatterns(rows).map((list) =>
    list.map((slice) => counts[slice] ?? new Float64Array()),
  );
  for (let row = 0; row < rows.count; row += 1) {
    const cell = cells.find(keyOf(row));
    const list = countsOfPattern[pattern[row] ?? 0] ?? [];
    for (let i = 0; i < list.length; i += 1) {
      const count = list[i];
      if (count !== undefined) count[cell] = (count[cell] ?? 0) + 1;
    }
  }

  const shared = {
    classes,
    truth: Uint16Array.from(cells.keys, (key) => Math.floor(key / classes ** 2)),
    candidate: Uint16Array.from(cells.keys, (key) => Math.floor(key / classes) % classes),
    baseline: Uint16Array.from(cells.keys, (key) => key % classes),
  };
  return {
    ofSlice: counts.map((count) => ({ ...shared, count, rows: count.reduce((sum, cell) => sum + cell, 0) })),
    cellOf: (row) => cells.find(keyOf(row)),
  };
}

interface CellIndex {
  readonly keys: readonly number[];
  readonly find: (key: number) => number;
}

function indexCells(keyOf: (row: number) => number, rows: number, possible: number): CellIndex {
  const keys: number[] = [];
  if (possible <= MOST_DENSE_CELLS) {
    const dense = new Int32Array(possible).fill(-1);
    for (let row = 0; row < rows; row += 1) {
      const key = keyOf(row);
      if (dense[key] === -1) dense[key] = keys.push(key) - 1;
    }
    return { keys, find: (key) => dense[key] ?? -1 };
  }
  const sparse = new Map<number, number>();
  for (let row = 0; row < rows; row += 1) {
    const key = keyOf(row);
    if (!sparse.has(key)) sparse.set(key, keys.push(key) - 1);
  }
  return { keys, find: (key) => sparse.get(key) ?? -1 };
}
