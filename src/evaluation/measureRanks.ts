import type { MetricName } from '../config/config.ts';
import { compareAuc } from '../statistics/auc.ts';
import { compareAveragePrecision } from '../statistics/averagePrecision.ts';
import { relativeContrast } from '../statistics/contrast.ts';
import { MINIMUM_GROUPS, MINIMUM_ROWS } from '../statistics/minimumRows.ts';
import { type Grouping, NEGATIVE, NOT_MEANT, POSITIVE, type RankingRequest } from '../statistics/rankedRows.ts';
import { type RankOrder, rankOrder, ROW_MASK } from '../statistics/rankOrder.ts';
import type { RankingComparison } from '../statistics/rankingComparison.ts';
import type { ClassAnswers, ClassRows, RowGroups } from './evaluationRows.ts';
import { type Measurement, notMeasured, value } from './measurement.ts';
import { countGroups } from './rowGroups.ts';
import { countSliceRows, membership, sliceName } from './rowSlices.ts';

export interface RankMetric {
  readonly name: MetricName;
  readonly family: 'auc' | 'averagePrecision';
  /** The class whose scores rank the rows, against all others. */
  readonly of: number;
}

const DIFFERENCE = relativeContrast(1, 0, 1);

/** AUC and average precision in every slice: one sort per model and class serves them all. */
export function measureRanks(rows: ClassRows, metrics: readonly RankMetric[]): readonly Measurement[] {
  const sliceRows = countSliceRows(rows);
  const ranking = new Ranking(rows);
  // By class, so that each sort is made once although only the last is held.
  const byClass = [...metrics].sort((a, b) => a.of - b.of);
  return byClass.flatMap((metric) => sliceRows.map((count, slice) => measureRank(rows, ranking, metric, slice, count)));
}

function measureRank(rows: ClassRows, ranking: Ranking, metric: RankMetric, slice: number, count: number): Measurement {
  const compare = metric.family === 'auc' ? compareAuc : compareAveragePrecision;
  const found = compare(ranking.request(metric.of, slice), rows.baseline === undefined ? [] : [DIFFERENCE]);
  const common = { metric: metric.name, slice: sliceName(rows, slice), rows: count };
  if (found === undefined || found.negatives === 0) {
    const nothing = notMeasured(missingClass(rows, metric, slice, count));
    return {
      ...common,
      effectiveRows: 0,
      least: rows.groups === undefined ? MINIMUM_ROWS[metric.family] : MINIMUM_GROUPS,
      candidate: nothing,
      ...(rows.baseline && { baseline: nothing }),
    };
  }
  return {
    ...common,
    ...evidence(rows, metric, slice, found),
    candidate: value(found.candidate),
    ...(rows.baseline && {
      baseline: value(found.baseline),
      compare: (share: number) => {
        if (share === 0) return found.estimates[0];
        const contrast = relativeContrast(1, share, found.baseline);
        return compare(ranking.request(metric.of, slice), [contrast])?.estimates[0];
      },
    }),
  };
}

function evidence(
  rows: ClassRows,
  metric: RankMetric,
  slice: number,
  found: RankingComparison,
): Pick<Measurement, 'effectiveRows' | 'least'> {
  const { groups, truth } = rows;
  if (groups === undefined) {
    return { effectiveRows: Math.min(found.positives, found.negatives), least: MINIMUM_ROWS[metric.family] };
  }
  const withPositives = countGroups(rows, groups, slice, (row) => truth[row] === metric.of);
  const withNegatives = countGroups(rows, groups, slice, (row) => truth[row] !== metric.of);
  return { effectiveRows: Math.min(withPositives, withNegatives), least: MINIMUM_GROUPS };
}

function missingClass(rows: ClassRows, metric: RankMetric, slice: number, count: number): string {
  if (count === 0) return 'no row lies in the slice';
  const member = membership(rows, slice);
  const label = rows.classes.labels[metric.of] ?? '';
  for (let row = 0; row < rows.count; row += 1) {
    if (member[rows.pattern[row] ?? 0] === 1 && rows.truth[row] === metric.of) {
      return `every row of the slice is of class ${label}`;
    }
  }
  return `no row of the slice is of class ${label}`;
}

/** What the ranking statistics ask of the rows. The orders of one class are held at a time: twelve bytes a row. */
class Ranking {
  readonly #rows: ClassRows;
  #held: { readonly of: number; readonly candidate: RankOrder; readonly baseline: RankOrder } | undefined;
  readonly #work: Uint32Array<ArrayBuffer>;

  constructor(rows: ClassRows) {
    this.#rows = rows;
    this.#work = new Uint32Array(rows.count);
  }

  request(of: number, slice: number): RankingRequest {
    const rows = this.#rows;
    const { candidate, baseline } = this.#orders(of);
    return {
      rows: { candidate, baseline },
      marks: marksOfKinds(rows, slice),
      ...(rows.groups && { groups: groupsOfSlice(rows, rows.groups, slice) }),
      // Nothing is being sorted while rows are compared.
      scratch: new Float32Array(this.#work.buffer),
    };
  }

  #orders(of: number): { readonly candidate: RankOrder; readonly baseline: RankOrder } {
    if (this.#held?.of !== of) {
      this.#held = undefined;
      const candidate = orderOf(this.#rows.candidate, of, this.#work);
      const baseline = this.#rows.baseline === undefined ? candidate : orderOf(this.#rows.baseline, of, this.#work);
      this.#held = {
        of,
        candidate: withKinds(this.#rows, candidate, of),
        baseline: withKinds(this.#rows, baseline, of),
      };
    }
    return this.#held;
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

function marksOfKinds(rows: ClassRows, slice: number): Uint8Array {
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
