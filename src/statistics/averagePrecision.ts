import { type Contrast, valueOf } from './contrast.ts';
import { groupT } from './groupT.ts';
import { type RankingRequest, countClasses, forEachTie, POSITIVE } from './rankedRows.ts';
import type { RankingComparison } from './rankingComparison.ts';
import { type RowDistribution, addRow, rowDistribution, summarise } from './rowDistribution.ts';
import { scoreInterval } from './scoreInterval.ts';

/**
 * Average precision of both models and the contrasts asked for; undefined where no row is positive. AP is the mean over
 * positives of the precision at their score, ties taken together (the step sum of recall, as in scikit-learn).
 *
 * With a(t), b(t) the shares of rows that are positive, negative and score at least t, and pi the share of positives,
 * `AP = (1/pi) E[a / (a + b); positive]`. Its first-order response to a row of score s (the influence function; van der
 * Vaart, Asymptotic Statistics (1998), ch. 20) is, with the integrals over positives that score at most s,
 *
 *     positive: (1/pi) (a(s) / (a(s) + b(s)) - AP + integral of b / (a + b)^2)
 *     negative: (1/pi) (- integral of a / (a + b)^2)
 *
 * which running sums over the sorted order give for all rows at once.
 */
export function compareAveragePrecision(
  request: RankingRequest,
  contrasts: readonly Contrast[],
): RankingComparison | undefined {
  const { positives, negatives } = countClasses(request);
  if (positives === 0) return undefined;
  const rows = positives + negatives;
  const candidate = totalsOf(request, 'candidate');
  const baseline = totalsOf(request, 'baseline');
  const values = { positives, negatives, candidate: candidate.value, baseline: baseline.value };
  const influences = request.scratch ?? new Float32Array(request.rows.candidate.entries.length);
  forEachInfluence(request, 'candidate', candidate, rows, (row, influence) => {
    influences[row] = influence;
  });
  const distributions = contrasts.map(rowDistribution);
  forEachInfluence(request, 'baseline', baseline, rows, (row, influence) => {
    for (let c = 0; c < contrasts.length; c++) {
      const contrast = contrasts[c] as Contrast;
      const value = contrast.candidate * (influences[row] ?? 0) + contrast.baseline * influence;
      addRow(distributions[c] as RowDistribution, value);
    }
  });
  const perPositive = rows / positives;
  const ofRows = contrasts.map((contrast, c) => {
    const { variance, points } = summarise(distributions[c] as RowDistribution);
    const extremes = (own: ModelTotals, factor: number): readonly [positive: number, negative: number] => [
      factor * perPositive * (factor > 0 ? -own.value : 1 - own.value + own.lost),
      factor * perPositive * (factor > 0 ? -own.gained : 0),
    ];
    const ofCandidate = extremes(candidate, contrast.candidate);
    const ofBaseline = extremes(baseline, contrast.baseline);
    return scoreInterval({
      estimate: valueOf(contrast, candidate.value, baseline.value),
      points,
      unseen: { least: Math.min(ofCandidate[0] + ofBaseline[0], ofCandidate[1] + ofBaseline[1]) },
      standardError: Math.sqrt(variance / (rows - 1)),
      degreesOfFreedom: Math.min(positives, negatives) - 1,
      method: 'delta',
    });
  });
  const { groups } = request;
  if (groups === undefined) return { ...values, estimates: ofRows };
  const totals = contrasts.map(() => new Float64Array(groups.groups));
  for (const [model, own] of [
    ['candidate', candidate],
    ['baseline', baseline],
  ] as const) {
    forEachInfluence(request, model, own, rows, (row, influence) => {
      const g = groups.of[row] ?? 0;
      for (let c = 0; c < contrasts.length; c++) {
        const total = totals[c] as Float64Array;
        total[g] = (total[g] ?? 0) + (contrasts[c] as Contrast)[model] * influence;
      }
    });
  }
  const estimates = ofRows.map((estimate, c) => groupT(estimate.difference, totals[c] as Float64Array, rows, estimate));
  return { ...values, estimates };
}

interface ModelTotals {
  readonly value: number;
  readonly positives: number;
  /** Sum over positives of FP / (TP + FP)^2 at their score: what a positive above them all would add. */
  readonly lost: number;
  /** Sum over positives of TP / (TP + FP)^2: what a negative above them all would take. */
  readonly gained: number;
}

function totalsOf(request: RankingRequest, model: 'candidate' | 'baseline'): ModelTotals {
  let truePositives = 0;
  let falsePositives = 0;
  let precisions = 0;
  let lost = 0;
  let gained = 0;
  forEachTie(request.rows[model], request.marks, 'descending', ({ positives, negatives }) => {
    truePositives += positives;
    falsePositives += negatives;
    const predicted = truePositives + falsePositives;
    precisions += (positives * truePositives) / predicted;
    lost += (positives * falsePositives) / predicted ** 2;
    gained += (positives * truePositives) / predicted ** 2;
  });
  return { value: precisions / truePositives, positives: truePositives, lost, gained };
}

function forEachInfluence(
  request: RankingRequest,
  model: 'candidate' | 'baseline',
  totals: ModelTotals,
  rows: number,
  visit: (row: number, influence: number) => void,
): void {
  const perPositive = rows / totals.positives;
  let truePositives = 0;
  let falsePositives = 0;
  // Sums over the positives that score at most as high as the run at hand.
  let { lost, gained } = totals;
  forEachTie(request.rows[model], request.marks, 'descending', (tie) => {
    const { positives, negatives } = tie;
    truePositives += positives;
    falsePositives += negatives;
    const predicted = truePositives + falsePositives;
    const ofPositive = perPositive * (truePositives / predicted - totals.value + lost);
    const ofNegative = -perPositive * gained;
    for (let i = tie.from; i < tie.to; i++) {
      visit(tie.rows[i] ?? 0, tie.marks[i] === POSITIVE ? ofPositive : ofNegative);
    }
    lost -= (positives * falsePositives) / predicted ** 2;
    gained -= (positives * truePositives) / predicted ** 2;
  });
}
