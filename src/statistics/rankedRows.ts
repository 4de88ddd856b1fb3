import { type RankOrder, ROW_MASK } from './rankOrder.ts';

/** The rows of one holdout, ranked by two models for one class. One order per model serves every slice. */
export interface RankedRows {
  readonly candidate: RankOrder;
  readonly baseline: RankOrder;
}

/** What a row is to a ranking. The numbers are such that sums of marks need no branch: which row is which is a coin flip. */
export const NOT_MEANT = 0;
export const NEGATIVE = 1;
export const POSITIVE = 2;

/** Dense group index of every row. */
export interface Grouping {
  readonly of: Uint32Array;
  readonly groups: number;
}

/** What ranking metrics ask of a set of rows. */
export interface RankingRequest {
  readonly rows: RankedRows;
  /** By row, or by kind where the orders say kinds: {@link NOT_MEANT}, {@link NEGATIVE} or {@link POSITIVE}. */
  readonly marks: Uint8Array;
  /** With it, intervals count groups. */
  readonly groups?: Grouping;
  /** Four bytes a row of working memory, to be reused from slice to slice. */
  readonly scratch?: Float32Array<ArrayBuffer>;
}

/** Marks of the rows for which `isMeant` holds: positive where the truth is that class. */
export function markRows(
  truth: ArrayLike<number>,
  positive: number,
  isMeant: (row: number) => boolean = () => true,
): Uint8Array {
  return Uint8Array.from(truth, (label, row) => (!isMeant(row) ? NOT_MEANT : label === positive ? POSITIVE : NEGATIVE));
}

/**
 * The rows that are meant, as runs of equal scores, from the lowest or from the highest on. `visit` gets where a run lies
 * in the order (rows that are not meant lie there too) and how many positives and negatives it holds.
 */
export function forEachTie(
  { entries, kinds }: RankOrder,
  marks: Uint8Array,
  direction: 'ascending' | 'descending',
  visit: (from: number, to: number, positives: number, negatives: number) => void,
): void {
  const rows = entries.length;
  let done = 0;
  while (done < rows) {
    // Tied entries follow the one that they are tied to.
    let from = direction === 'ascending' ? done : rows - 1 - done;
    let to = from + 1;
    if (direction === 'ascending') while (to < rows && (entries[to] ?? 0) > ROW_MASK) to++;
    else while ((entries[from] ?? 0) > ROW_MASK) from--;
    done += to - from;
    let positives = 0;
    let negatives = 0;
    for (let i = from; i < to; i++) {
      const mark = marks[kinds === undefined ? (entries[i] ?? 0) & ROW_MASK : (kinds[i] ?? 0)] ?? NOT_MEANT;
      positives += mark >>> 1;
      negatives += mark & 1;
    }
    if (positives + negatives > 0) visit(from, to, positives, negatives);
  }
}

/** Rows of each class among those that are meant. */
export function countClasses({ rows, marks }: RankingRequest): {
  readonly positives: number;
  readonly negatives: number;
} {
  let positives = 0;
  let negatives = 0;
  // By row the order does not matter, by kind it is the order that says how many rows there are of each.
  const { entries, kinds } = rows.candidate;
  for (let i = 0; i < entries.length; i++) {
    const mark = marks[kinds === undefined ? i : (kinds[i] ?? 0)] ?? NOT_MEANT;
    positives += mark >>> 1;
    negatives += mark & 1;
  }
  return { positives, negatives };
}
