/** Enough to place the edges of some ten bins; what is counted in them is counted over all rows. */
const ENOUGH_FOR_EDGES = 2 ** 16;

/** At most `most` row numbers, evenly through all rows, ascending; all of them where there are no more. */
export function evenRows(count: number, most = ENOUGH_FOR_EDGES): readonly number[] {
  if (count <= most) return Array.from({ length: count }, (_, row) => row);
  return Array.from({ length: most }, (_, index) => Math.floor(((index + 0.5) * count) / most));
}
