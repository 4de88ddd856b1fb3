import { type RankOrder, ROW_MASK } from './rankOrder.ts';

/** The rows of one holdout, ranked by two models for one class. One order per model serves every slice. */
interface RankedRows {
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

/** Rows of one score, in places `from` to `to - 1` of arrays that are reused: their numbers, and their marks. */
export interface Tie {
  rows: Uint32Array;
  marks: Uint8Array;
  from: number;
  to: number;
  positives: number;
  negatives: number;
}

const CHUNK = 8192;

/**
 * The rows that are meant, as runs of equal scores, from the lowest or from the highest on. `visit` gets the same object
 * each time, filled anew.
 *
 * Rows are first gathered without a branch, then grouped: whether a row is meant is not to be foreseen, and a branch on it
 * costs more than all the rest.
 */
export function forEachTie(
  order: RankOrder,
  marks: Uint8Array,
  direction: 'ascending' | 'descending',
  visit: (tie: Tie) => void,
): void {
  const gathered = new Gathered(order, marks, direction === 'ascending');
  const tie: Tie = { rows: gathered.rows, marks: gathered.marks, from: 0, to: 0, positives: 0, negatives: 0 };
  while (gathered.more()) {
    tie.rows = gathered.rows;
    tie.marks = gathered.marks;
    const { runs, size } = gathered;
    const unfinished = gathered.unfinishedRun();
    let from = 0;
    while (from < size && runs[from] !== unfinished) {
      const run = runs[from];
      let to = from;
      let positives = 0;
      do {
        positives += (tie.marks[to] ?? 0) >>> 1;
        to++;
      } while (to < size && runs[to] === run);
      tie.from = from;
      tie.to = to;
      tie.positives = positives;
      tie.negatives = to - from - positives;
      visit(tie);
      from = to;
    }
    gathered.keepFrom(from);
  }
}

/** Walks an order in chunks and holds the rows that are meant, each with the number of its run of equal scores. */
class Gathered {
  rows = new Uint32Array(2 * CHUNK);
  marks = new Uint8Array(2 * CHUNK);
  runs = new Uint32Array(2 * CHUNK);
  size = 0;
  readonly #order: RankOrder;
  readonly #markOf: Uint8Array;
  readonly #ascending: boolean;
  #done = 0;
  #run = 0;

  constructor(order: RankOrder, markOf: Uint8Array, ascending: boolean) {
    this.#order = order;
    this.#markOf = markOf;
    this.#ascending = ascending;
  }

  /** Gathers the next chunk. False where there was none. */
  more(): boolean {
    const { entries, kinds } = this.#order;
    const markOf = this.#markOf;
    const end = Math.min(entries.length, this.#done + CHUNK);
    if (this.#done === end) return false;
    this.#makeRoom();
    const { rows, marks, runs } = this;
    const ascending = this.#ascending;
    const last = entries.length - 1;
    let size = this.size;
    let run = this.#run;
    for (let step = this.#done; step < end; step++) {
      const place = ascending ? step : last - step;
      const entry = entries[place] ?? 0;
      const row = entry & ROW_MASK;
      const mark = markOf[kinds === undefined ? row : (kinds[place] ?? 0)] ?? NOT_MEANT;
      // A tied entry follows the one that it is tied to: upwards an untied one begins a run, downwards it ends one.
      const untied = (entry >>> 31) ^ 1;
      run += ascending ? untied : 0;
      rows[size] = row;
      marks[size] = mark;
      runs[size] = run;
      run += ascending ? 0 : untied;
      size += (mark + 1) >>> 1;
    }
    this.#done = end;
    this.#run = run;
    this.size = size;
    return true;
  }

  /** The run that the next chunk may go on with; none at the end. */
  unfinishedRun(): number {
    return this.#done === this.#order.entries.length ? -1 : this.#run;
  }

  keepFrom(from: number): void {
    this.rows.copyWithin(0, from, this.size);
    this.marks.copyWithin(0, from, this.size);
    this.runs.copyWithin(0, from, this.size);
    this.size -= from;
  }

  /** A run of equal scores may be longer than a chunk. */
  #makeRoom(): void {
    if (this.size + CHUNK <= this.rows.length) return;
    const [rows, marks, runs] = [this.rows, this.marks, this.runs];
    const room = 2 * rows.length;
    this.rows = new Uint32Array(room);
    this.marks = new Uint8Array(room);
    this.runs = new Uint32Array(room);
    this.rows.set(rows);
    this.marks.set(marks);
    this.runs.set(runs);
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
