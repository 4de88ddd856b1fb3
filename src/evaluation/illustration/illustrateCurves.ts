import { forEachTie } from '../../statistics/rankedRows.ts';
import type { RankOrder } from '../../statistics/rankOrder.ts';
import { thinCurve } from '../../statistics/thinCurve.ts';
import type { ClassRows } from '../evaluationRows.ts';
import type { ClassCurves, Point, ScoreCurves } from './illustration.ts';
import { answersProbabilities } from '../obstacle.ts';
import { marksOfKinds, Ranking } from '../ranking.ts';
import { OVERALL_INDEX } from '../rowSlices.ts';

const MOST_POINTS = 200;

/** Curves of the classes whose scores both models were asked for, in the task's order. */
export function illustrateCurves(rows: ClassRows, of: readonly number[], shared: Ranking): readonly ClassCurves[] {
  if (answersProbabilities(rows.candidate) !== undefined) return [];
  const { baseline, ...alone } = rows;
  const compared = baseline !== undefined && answersProbabilities(baseline) === undefined;
  const ranking = compared || baseline === undefined ? shared : new Ranking(alone);
  const marks = marksOfKinds(rows, OVERALL_INDEX);
  const rowsOfClass = new Float64Array(rows.classes.labels.length);
  for (const label of rows.truth) rowsOfClass[label] = (rowsOfClass[label] ?? 0) + 1;
  return of.flatMap((label) => {
    const positives = rowsOfClass[label] ?? 0;
    const negatives = rows.count - positives;
    // One against the rest needs both.
    if (positives === 0 || negatives === 0) return [];
    const orders = ranking.orders(label);
    const curves = (order: RankOrder): ScoreCurves => scoreCurves(order, marks, positives, negatives);
    return [
      {
        of: rows.classes.labels[label] ?? '',
        rows: positives,
        others: negatives,
        candidate: curves(orders.candidate),
        ...(compared && { baseline: curves(orders.baseline) }),
      },
    ];
  });
}

/**
 * The ROC curve and the precision-recall curve: one step for each different score, from the highest on. At no row at all
 * precision counts as 1, as in scikit-learn's `precision_recall_curve`.
 *
 * @param marks by kind of row, see {@link forEachTie}.
 */
function scoreCurves(order: RankOrder, marks: Uint8Array, positives: number, negatives: number): ScoreCurves {
  const steps = stepsOf(order, marks, positives, negatives);
  return {
    roc: thinned(steps, (hits, misses) => [misses / negatives, hits / positives]),
    precisionRecall: thinned(steps, (hits, misses) => [
      hits / positives,
      hits + misses === 0 ? 1 : hits / (hits + misses),
    ]),
  };
}

/** Rows of the class, and others, that score at least as high as the score of each step. */
interface Steps {
  readonly hits: readonly number[];
  readonly misses: readonly number[];
}

// All steps of some thousand rows; of more, one for each 1/2048 of either class and for each percent more rows: early on,
// a few rows decide the precision.
const SHARE_OF_CLASS = 1 / 2048;
const GROWTH = 1.01;

function stepsOf(order: RankOrder, marks: Uint8Array, positives: number, negatives: number): Steps {
  const hits = [0];
  const misses = [0];
  let [hit, missed] = [0, 0];
  let [keptHit, keptMissed] = [0, 0];
  forEachTie(order, marks, 'descending', (tie) => {
    hit += tie.positives;
    missed += tie.negatives;
    const far =
      hit - keptHit >= positives * SHARE_OF_CLASS ||
      missed - keptMissed >= negatives * SHARE_OF_CLASS ||
      hit + missed >= (keptHit + keptMissed) * GROWTH;
    if (!far && hit + missed < positives + negatives) return;
    hits.push(hit);
    misses.push(missed);
    keptHit = hit;
    keptMissed = missed;
  });
  return { hits, misses };
}

function thinned({ hits, misses }: Steps, pointAt: (hits: number, misses: number) => Point): readonly Point[] {
  const points = hits.map((hit, index) => pointAt(hit, misses[index] ?? 0));
  const corners = { x: Float64Array.from(points, ([x]) => x), y: Float64Array.from(points, ([, y]) => y) };
  return thinCurve(corners, MOST_POINTS).map((index) => [corners.x[index] ?? NaN, corners.y[index] ?? NaN]);
}
