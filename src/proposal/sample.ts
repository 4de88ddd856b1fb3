/**
 * Some rows of a target and the columns beside it, in an order that has nothing to do with that of the file. All rows
 * where they are few; of classes about as many rows each.
 */
export interface Sample {
  readonly target: Float64Array;
  readonly columns: readonly SampledColumn[];
}

export interface SampledColumn {
  readonly name: string;
  /** A number a row: itself, the seconds of a time, or a code of the text or boolean. NaN: nothing is there. */
  readonly values: Float64Array;
  /** Whether the numbers have an order that means something. */
  readonly ordered: boolean;
}

/** Values or bins of a column: of each row the number of its cell. */
export interface Cells {
  readonly of: Int32Array;
  readonly count: number;
}

/** A column of more values is cut into bins where it has an order, and tells nothing where it has none. */
const MOST_VALUES = 100;
const LEAST_ROWS_A_BIN = 5;
const MOST_BINS = 200;

/** One cell for each value, or for each bin of neighbouring ones; the rows without a value are a cell too. */
export function cellsOf({ values, ordered }: SampledColumn): Cells | undefined {
  const known = new Map<number, number>();
  for (const value of values) {
    if (!known.has(value)) known.set(value, known.size);
    if (known.size > MOST_VALUES) return ordered ? bins(values) : undefined;
  }
  return { of: Int32Array.from(values, (value) => known.get(value) ?? 0), count: known.size };
}

function bins(values: Float64Array): Cells {
  const order = ascending(values);
  const size = Math.max(LEAST_ROWS_A_BIN, Math.ceil(values.length / MOST_BINS));
  const of = new Int32Array(values.length);
  let bin = 0;
  let begun = 0;
  for (const [place, row] of order.entries()) {
    const before = order[place - 1];
    // Equal values, missing ones among them, stay in one bin.
    const differs = before !== undefined && !Object.is(values[before], values[row]);
    if (differs && (place - begun >= size || Number.isNaN(values[row]))) {
      bin += 1;
      begun = place;
    }
    of[row] = bin;
  }
  return { of, count: bin + 1 };
}

/** Row numbers by value, missing ones last. */
export function ascending(values: Float64Array): Uint32Array {
  const order = Uint32Array.from(values.keys());
  const rank = (row: number): number => {
    const value = values[row] ?? NaN;
    return Number.isNaN(value) ? Infinity : value;
  };
  return order.sort((a, b) => {
    const difference = rank(a) - rank(b);
    return Number.isNaN(difference) ? 0 : difference;
  });
}

/** Ranks from 1 on, equal values sharing the mean of theirs. */
export function ranksOf(values: Float64Array): Float64Array {
  const order = ascending(values);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to += 1;
    for (let at = from; at < to; at++) ranks[order[at] ?? 0] = (from + to + 1) / 2;
    from = to;
  }
  return ranks;
}

/**
 * Which half of the rows a row is in, as if drawn (the finaliser of MurmurHash3). Not every other one: cases and their
 * controls often stand by turns.
 */
export function halfOf(row: number): number {
  const mixed = Math.imul(row ^ (row >>> 16), 0x85ebca6b);
  return (Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) >>> 16) & 1;
}
