import { type Grouping, NEGATIVE, NOT_MEANT, POSITIVE, type RankingRequest } from '../statistics/rankedRows.ts';
import { type RankOrder, rankOrder, ROW_MASK } from '../statistics/rankOrder.ts';
import type { ClassAnswers, ClassRows, RowGroups } from './evaluationRows.ts';
import { membership } from './rowSlices.ts';

/** The rows by ascending score of one class. */
interface ClassOrders {
  readonly candidate: RankOrder;
  /** The candidate's where there is no baseline. */
  readonly baseline: RankOrder;
}

/** What the ranking statistics ask of the rows. The orders of one class are held at a time: twelve bytes a row. */
export class Ranking {
  readonly #rows: ClassRows;
  #held: (ClassOrders & { readonly of: number }) | undefined;
  #work: Uint32Array<ArrayBuffer> | undefined;

  constructor(rows: ClassRows) {
    this.#rows = rows;
  }

  request(of: number, slice: number): RankingRequest {
    const rows = this.#rows;
    const { candidate, baseline } = this.orders(of);
    return {
      rows: { candidate, baseline },
      marks: marksOfKinds(rows, slice),
      ...(rows.groups && { groups: groupsOfSlice(rows, rows.groups, slice) }),
      // Nothing is being sorted while rows are compared.
      scratch: new Float32Array(this.#room().buffer),
    };
  }

  orders(of: number): ClassOrders {
    if (this.#held?.of !== of) {
      this.#held = undefined;
      const work = this.#room();
      const candidate = orderOf(this.#rows.candidate, of, work);
      const baseline = this.#rows.baseline === undefined ? candidate : orderOf(this.#rows.baseline, of, work);
      this.#held = {
        of,
        candidate: withKinds(this.#rows, candidate, of),
        baseline: withKinds(this.#rows, baseline, of),
      };
    }
    return this.#held;
  }

  #room(): Uint32Array<ArrayBuffer> {
    this.#work ??= new Uint32Array(this.#rows.count);
    return this.#work;
  }
}

/** Rows are of one kind where they lie in the same slices and are of the class, or of another, alike. */
function withKinds(rows: ClassRows, { entries }: RankOrder, of: number): RankOrder {
  const kindsThereAre = 2 * rows.patterns.count;
  const kinds = kindsThereAre <= 2 ** 16 ? new Uint16Array(rows.count) : new Uint32Array(rows.count);
  for (let place = 0; place < entries.length; place += 1) {
    const row = (entries[place] ?? 0) & ROW_MASK;
    kinds[place] = 2 * (rows.pattern[row] ?? 0) + (rows.truth[row] === of ? 1 : 0);
  }
  return { entries, kinds };
}

/** By the kind of a row: what it is to a ranking of one slice. */
export function marksOfKinds(rows: ClassRows, slice: number): Uint8Array {
  const member = membership(rows, slice);
  return Uint8Array.from({ length: 2 * member.length }, (_, kind) =>
    member[kind >>> 1] !== 1 ? NOT_MEANT : (kind & 1) === 1 ? POSITIVE : NEGATIVE,
  );
}

function orderOf(answers: ClassAnswers, of: number, work: Uint32Array<ArrayBuffer>): RankOrder {
  const scores = answers.scores.get(of);
  if (scores === undefined) throw new Error('The scores that a ranking needs were not kept.');
  return rankOrder(scores, work);
}

/** Groups that the slice does not touch must not count as groups that agree. */
function groupsOfSlice(rows: ClassRows, groups: RowGroups, slice: number): Grouping {
  const member = membership(rows, slice);
  const indexOf = new Int32Array(groups.count).fill(-1);
  const of = new Uint32Array(rows.count);
  let count = 0;
  for (let row = 0; row < rows.count; row += 1) {
    if (member[rows.pattern[row] ?? 0] !== 1) continue;
    const group = groups.of[row] ?? 0;
    if (indexOf[group] === -1) {
      indexOf[group] = count;
      count += 1;
    }
    of[row] = indexOf[group] ?? 0;
  }
  return { of, groups: count };
}
