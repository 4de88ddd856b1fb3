import type { ClassRows } from './evaluationRows.ts';
import { slicesOfPatterns } from './rowSlices.ts';

/**
 * Rows counted by (truth, candidate's class, baseline's class), for each slice. Every metric that counts right and wrong
 * answers is a function of it. Only cells that occur are held: some hundreds of classes make millions that do not.
 */
export interface JointTable {
  /** By cell. */
  readonly truth: Uint16Array;
  readonly candidate: Uint16Array;
  readonly baseline: Uint16Array | undefined;
  /** By slice, `overall` first: rows by cell. */
  readonly counts: readonly Float64Array[];
  /** The cell of a row. */
  readonly cellOf: (row: number) => number;
}

/** Above this, cells are found through a map instead of a table of all that there could be. */
const MOST_DENSE_CELLS = 2 ** 22;

export function jointTable(rows: ClassRows): JointTable {
  const { truth, count } = rows;
  const candidate = predictedBy(rows.candidate);
  const baseline = rows.baseline && predictedBy(rows.baseline);
  const classes = rows.classes.labels.length;
  const keyOf = (row: number): number =>
    ((truth[row] ?? 0) * classes + (candidate[row] ?? 0)) * classes + (baseline?.[row] ?? 0);
  const cells = indexCells(keyOf, count, classes ** 3);

  const lists = slicesOfPatterns(rows);
  const counts = Array.from({ length: rows.sliceNames.length + 1 }, () => new Float64Array(cells.keys.length));
  for (let row = 0; row < count; row += 1) {
    const cell = cells.find(keyOf(row));
    const list = lists[rows.pattern[row] ?? 0] ?? [];
    for (let i = 0; i < list.length; i += 1) {
      const slice = counts[list[i] ?? 0];
      if (slice !== undefined) slice[cell] = (slice[cell] ?? 0) + 1;
    }
  }
  return {
    truth: Uint16Array.from(cells.keys, (key) => Math.floor(key / (classes * classes))),
    candidate: Uint16Array.from(cells.keys, (key) => Math.floor(key / classes) % classes),
    baseline: baseline && Uint16Array.from(cells.keys, (key) => key % classes),
    counts,
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

function predictedBy(answers: ClassRows['candidate']): Uint8Array | Uint16Array {
  if (answers.predicted === undefined) throw new Error('Predicted classes were not kept.');
  return answers.predicted;
}
