import { type RankOrder, ROW_MASK } from './rankOrder.ts';

/** The rows of one holdout, ranked by two models for one class. One order per model serves every slice. */
export interface RankedRows {
  readonly candidate: RankOrder;
  readonly baseline: RankOrder;
}

/** What a row is to a ranking, one byte a row: the walks look rows up in the order of scores, and a byte stays cached. */
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
  /** By row: {@link NOT_MEANT}, {@link NEGATIVE} or {@link POSITIVE}. */
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
  { entries }: RankOrder,
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
      const mark = marks[(entries[i] ?? 0) & ROW_MASK];
      if (mark === POSITIVE) positives++;
      else if (mark === NEGATIVE) negatives++;
    }
    if (positives + negatives > 0) visit(from, to, positives, negatives);
  }
}

/** Rows of each class among those that are meant. */
export function countClasses({ marks }: RankingRequest): { readonly positives: number; readonly negatives: number } {
  let positives = 0;
  let negatives = 0;
  for (let row = 0; row < marks.length; row++) {
    if (marks[row] === POSITIVE) positives++;
    else if (marks[row] === NEGATIVE) negatives++;
  }
  return { positives, negatives };
}
