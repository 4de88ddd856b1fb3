import { type RankOrder, ROW_MASK } from './rankOrder.ts';

/** The rows of one holdout, ranked by two models for one class. One order per model serves every slice. */
export interface RankedRows {
  readonly candidate: RankOrder;
  readonly baseline: RankOrder;
  /** Class index of every row; `positive` is the one that the scores speak for. */
  readonly truth: Uint16Array;
  readonly positive: number;
}

/** Which rows are meant: bit `slice` of a row's `wordsPerRow` words. Absent: all rows. */
export interface Membership {
  readonly words: Uint32Array;
  readonly wordsPerRow: number;
  readonly slice: number;
}

/** Dense group index of every row. */
export interface Grouping {
  readonly of: Uint32Array;
  readonly groups: number;
}

/** What ranking metrics ask of a set of rows. */
export interface RankingRequest {
  readonly rows: RankedRows;
  readonly members?: Membership;
  /** With it, intervals count groups. */
  readonly groups?: Grouping;
  /** Four bytes a row of working memory, to be reused from slice to slice. */
  readonly scratch?: Float32Array<ArrayBuffer>;
}

/**
 * The member rows of a ranking, as runs of equal scores: `visit` gets an array that is reused, holding the run's rows in
 * its first `size` places, and how many of them are positive. Ascending, or descending scores.
 */
export function forEachTie(
  request: Omit<RankingRequest, 'rows'> & { readonly rows: Pick<RankedRows, 'truth' | 'positive'> },
  order: RankOrder,
  direction: 'ascending' | 'descending',
  visit: (rows: Uint32Array, size: number, positives: number) => void,
): void {
  const { truth, positive } = request.rows;
  const { entries } = order;
  const words = request.members?.words;
  const wordsPerRow = request.members?.wordsPerRow ?? 0;
  const word = (request.members?.slice ?? 0) >>> 5;
  const bit = 1 << ((request.members?.slice ?? 0) & 31);
  let run = new Uint32Array(1024);
  let size = 0;
  let positives = 0;
  const ascending = direction === 'ascending';
  for (let step = 0; step < entries.length; step++) {
    const entry = entries[ascending ? step : entries.length - 1 - step] ?? 0;
    const tied = entry > ROW_MASK;
    // Ascending, an untied entry begins a run; descending, it ends one.
    if (ascending && !tied && size > 0) {
      visit(run, size, positives);
      size = 0;
      positives = 0;
    }
    const row = entry & ROW_MASK;
    if (words === undefined || ((words[row * wordsPerRow + word] ?? 0) & bit) !== 0) {
      if (size === run.length) {
        const larger = new Uint32Array(2 * size);
        larger.set(run);
        run = larger;
      }
      run[size++] = row;
      if (truth[row] === positive) positives++;
    }
    if (!ascending && !tied && size > 0) {
      visit(run, size, positives);
      size = 0;
      positives = 0;
    }
  }
  if (size > 0) visit(run, size, positives);
}

/** Member rows of each class. */
export function countClasses(request: RankingRequest): { readonly positives: number; readonly negatives: number } {
  let rows = 0;
  let positives = 0;
  forEachTie(request, request.rows.candidate, 'ascending', (_, size, positive) => {
    rows += size;
    positives += positive;
  });
  return { positives, negatives: rows - positives };
}
