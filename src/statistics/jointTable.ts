/**
 * How many rows have a truth, a candidate's and a baseline's class: the occupied cells of a classes x classes x classes
 * table, parallel arrays. Every count metric of both models, and all that ties them together, is in it.
 */
export interface JointTable {
  readonly classes: number;
  readonly rows: number;
  readonly truth: Uint16Array;
  readonly candidate: Uint16Array;
  readonly baseline: Uint16Array;
  readonly count: Float64Array;
}

/** Where a cell lies in a dense table: the truth varies slowest, the baseline fastest. Exact up to 200,000 classes. */
export function cellIndex(classes: number, truth: number, candidate: number, baseline: number): number {
  return (truth * classes + candidate) * classes + baseline;
}

/** Of a dense array of `classes ** 3` counts, or of the entries of a map by {@link cellIndex} for many classes. */
export function jointTable(
  classes: number,
  counts: Uint32Array | Float64Array | Iterable<readonly [cell: number, count: number]>,
): JointTable {
  const entries = ArrayBuffer.isView(counts) ? counts.entries() : counts;
  const occupied = [...filled(entries)];
  return {
    classes,
    rows: occupied.reduce((rows, [, count]) => rows + count, 0),
    truth: Uint16Array.from(occupied, ([cell]) => Math.floor(cell / classes ** 2)),
    candidate: Uint16Array.from(occupied, ([cell]) => Math.floor(cell / classes) % classes),
    baseline: Uint16Array.from(occupied, ([cell]) => cell % classes),
    count: Float64Array.from(occupied, ([, count]) => count),
  };
}

function* filled(entries: Iterable<readonly [number, number]>): Generator<readonly [number, number]> {
  for (const entry of entries) if (entry[1] > 0) yield entry;
}
