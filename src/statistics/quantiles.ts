/**
 * The quantile of sorted values at the share `part / parts`, between two values by linear interpolation.
 *
 * Definition 7 of Hyndman and Fan, Am. Stat. 50 (1996), 361, numpy's default.
 */
export function quantile(sorted: Float64Array, part: number, parts: number): number {
  // One division at the end: a place that is whole must not come out a hair beside it.
  const place = ((sorted.length - 1) * part) / parts;
  const before = Math.floor(place);
  const share = place - before;
  const low = sorted[before] ?? NaN;
  const high = sorted[Math.min(before + 1, sorted.length - 1)] ?? NaN;
  // From the nearer end, as numpy does, so that both ends are met exactly.
  return share < 0.5 ? low + (high - low) * share : high - (high - low) * (1 - share);
}

/** The inner edges of bins that hold about as many values each: one less than there are bins. */
export function quantileEdges(values: Float64Array, bins: number): Float64Array {
  const sorted = values.slice().sort();
  return Float64Array.from({ length: bins - 1 }, (_, index) => quantile(sorted, index + 1, bins));
}

/** The bin of a value: how many inner edges lie below it. A value that is an edge lies in the bin that ends there. */
export function binOf(edges: Float64Array, value: number): number {
  let from = 0;
  let to = edges.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((edges[middle] ?? NaN) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
