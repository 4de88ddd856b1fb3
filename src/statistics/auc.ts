import { type Contrast, valueOf } from './contrast.ts';
import type { DifferenceEstimate } from './estimate.ts';
import { groupT } from './groupT.ts';
import { type RankingRequest, countClasses, forEachTie } from './rankedRows.ts';
import type { RankingComparison } from './rankingComparison.ts';
import { type RowDistribution, addRow, rowDistribution, summarise } from './rowDistribution.ts';
import { scoreInterval } from './scoreInterval.ts';
import { weightedPoints } from './weightedPoints.ts';

/**
 * Area under the ROC curve of both models and the contrasts asked for; undefined where a class has no row.
 *
 * Variances are those of DeLong, DeLong and Clarke-Pearson (Biometrics 44 (1988), 837): a positive's placement is the
 * share of negatives that score below it (ties half), a negative's the share of positives above it, and
 * `S10 / positives + S01 / negatives` is the variance of a contrast of their means. Placements come from the sorted order
 * (Sun and Xu, IEEE Signal Process. Lett. 21 (2014), 1389). Of the interval see {@link scoreInterval}: with few
 * positives DeLong's own, Wald's, says far too often that all is well.
 */
export function compareAuc(request: RankingRequest, contrasts: readonly Contrast[]): RankingComparison | undefined {
  const { positives, negatives } = countClasses(request);
  if (positives === 0 || negatives === 0) return undefined;
  // Twice a placement's count: whole numbers, so halves for ties stay exact. Float32 holds them to 2^24 rows of a class
  // exactly and to seven digits beyond.
  const placement = request.scratch ?? new Float32Array(request.rows.candidate.entries.length);
  let candidateSum = 0;
  sweep(request, 'candidate', positives, (row, twice, positive) => {
    placement[row] = twice;
    candidateSum += positive * twice;
  });
  let baselineSum = 0;
  // By class, negatives first: indexed, for a branch on the class of the next row cannot be foreseen.
  const distributions = contrasts.map(() => [rowDistribution(), rowDistribution()] as const);
  const opposed = Float64Array.of(2 * positives, 2 * negatives);
  sweep(request, 'baseline', positives, (row, twice, positive) => {
    baselineSum += positive * twice;
    const most = opposed[positive] ?? NaN;
    for (let c = 0; c < contrasts.length; c++) {
      const contrast = contrasts[c] as Contrast;
      const value = (contrast.candidate * (placement[row] ?? 0) + contrast.baseline * twice) / most;
      addRow((distributions[c] as readonly RowDistribution[])[positive] as RowDistribution, value);
    }
  });
  const candidate = candidateSum / (2 * positives * negatives);
  const baseline = baselineSum / (2 * positives * negatives);
  const ofRows = contrasts.map((contrast, c) => {
    const [ofNegatives, ofPositives] = distributions[c] as readonly [RowDistribution, RowDistribution];
    return fromPlacements(valueOf(contrast, candidate, baseline), ofPositives, ofNegatives, contrast);
  });
  const { groups } = request;
  if (groups === undefined) return { positives, negatives, candidate, baseline, estimates: ofRows };
  const rows = positives + negatives;
  const totals = contrasts.map(() => new Float64Array(groups.groups));
  for (const model of ['candidate', 'baseline'] as const) {
    const value = model === 'candidate' ? candidate : baseline;
    sweep(request, model, positives, (row, twice, positive) => {
      const own = positive === 1 ? negatives : positives;
      const influence = ((twice / (2 * own) - value) * rows) / (positive === 1 ? positives : negatives);
      const g = groups.of[row] ?? 0;
      for (let c = 0; c < contrasts.length; c++) {
        const total = totals[c] as Float64Array;
        total[g] = (total[g] ?? 0) + (contrasts[c] as Contrast)[model] * influence;
      }
    });
  }
  const estimates = ofRows.map((estimate, c) => groupT(estimate.difference, totals[c] as Float64Array, rows, estimate));
  return { positives, negatives, candidate, baseline, estimates };
}

function fromPlacements(
  estimate: number,
  ofPositives: RowDistribution,
  ofNegatives: RowDistribution,
  contrast: Contrast,
): DifferenceEstimate {
  const up = summarise(ofPositives);
  const down = summarise(ofNegatives);
  const rows = up.rows + down.rows;
  const s10 = up.variance / (up.rows - 1);
  const s01 = down.variance / (down.rows - 1);
  // A row's influence: its placement less the mean, weighed by what its class counts for.
  const upScale = rows / up.rows;
  const downScale = rows / down.rows;
  const value = Float64Array.from([
    ...up.points.value.map((placement) => (placement - estimate) * upScale),
    ...down.points.value.map((placement) => (placement - estimate) * downScale),
  ]);
  const weight = Float64Array.from([...up.points.weight, ...down.points.weight]);
  const worstPlacement = Math.min(0, contrast.candidate) + Math.min(0, contrast.baseline);
  return scoreInterval({
    estimate,
    points: weightedPoints(value, weight),
    unseen: { least: (worstPlacement - estimate) * Math.max(upScale, downScale) },
    standardError: Math.sqrt(s10 + s01),
    // Welch and Satterthwaite: the smaller class is what counts.
    degreesOfFreedom:
      s10 + s01 > 0
        ? (s10 + s01) ** 2 / (s10 ** 2 / (up.rows - 1) + s01 ** 2 / (down.rows - 1))
        : Math.min(up.rows, down.rows) - 1,
    method: 'delong',
  });
}

/** Twice the placement count of each row that is meant: negatives below a positive, positives above a negative, ties half. */
function sweep(
  request: RankingRequest,
  model: 'candidate' | 'baseline',
  positives: number,
  visit: (row: number, twice: number, positive: number) => void,
): void {
  let positivesBelow = 0;
  let negativesBelow = 0;
  const twice = new Float64Array(2);
  forEachTie(request.rows[model], request.marks, 'ascending', (tie) => {
    twice[0] = 2 * (positives - positivesBelow) - tie.positives;
    twice[1] = 2 * negativesBelow + tie.negatives;
    const { rows, marks } = tie;
    for (let i = tie.from; i < tie.to; i++) {
      const positive = (marks[i] ?? 0) >>> 1;
      visit(rows[i] ?? 0, twice[positive] ?? 0, positive);
    }
    positivesBelow += tie.positives;
    negativesBelow += tie.negatives;
  });
}
