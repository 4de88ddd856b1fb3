import { differenceContrast, relativeContrast, valueOf } from '../../src/statistics/contrast.ts';
import { addRow, rowDistribution } from '../../src/statistics/rowDistribution.ts';
import { r2Influence, rmseInfluence, squaredErrorDifference } from '../../src/statistics/squaredErrors.ts';
import type { Cell } from './cell.ts';
import { randomSource } from './random.ts';

/** Rows of a regression as finitely many kinds: truth, and both models' errors. */
interface Population {
  readonly name: string;
  readonly truth: Float64Array;
  readonly candidate: Float64Array;
  readonly baseline: Float64Array;
  readonly share: Float64Array;
}

const KINDS = 400;
/** Of the truth: the size that a large error has. */
const RANGE = 6;

/** The candidate's errors are those of the baseline times `factor`, with noise; a share `rate` of rows errs by the range. */
function population(name: string, factor: number, tail: number, rate: number): Population {
  const random = randomSource(4);
  const truth = Float64Array.from({ length: 2 * KINDS }, () => Math.max(-3, Math.min(3, random.normal())));
  const heavy = (): number => random.normal() * Math.exp(tail * random.normal());
  const baseline = truth.map(() => 0.4 * heavy());
  const candidate = baseline.map((error, i) => (i < KINDS ? factor * error + 0.1 * heavy() : RANGE));
  const share = truth.map((_, i) => (i < KINDS ? 1 - rate : rate) / KINDS);
  return { name, truth, candidate, baseline, share };
}

function cellOf(metric: 'rmse' | 'r2', kinds: Population, rows: number, relative: boolean): Cell {
  const { truth, candidate, baseline, share } = kinds;
  const weightedMean = (values: Float64Array, weight: Float64Array): number =>
    values.reduce((sum, each, i) => sum + each * (weight[i] ?? 0), 0) / weight.reduce((a, b) => a + b, 0);
  const square = (values: Float64Array): Float64Array => values.map((each) => each ** 2);
  const moments = (weight: Float64Array): { candidate: number; baseline: number; spread: number; mean: number } => {
    const mean = weightedMean(truth, weight);
    return {
      candidate: weightedMean(square(candidate), weight),
      baseline: weightedMean(square(baseline), weight),
      spread: weightedMean(square(truth.map((each) => each - mean)), weight),
      mean,
    };
  };
  const true_ = moments(share);
  const valueOfModel = (error: number): number => (metric === 'rmse' ? Math.sqrt(error) : 1 - error / true_.spread);
  const c = valueOfModel(true_.candidate);
  const b = valueOfModel(true_.baseline);
  const sign = metric === 'rmse' ? -1 : 1;
  const worse = sign * (c - b);
  const contrast = relative ? relativeContrast(sign, worse / Math.abs(b), b) : differenceContrast(sign);
  const drawn = new Float64Array(share.length);
  return {
    metric,
    family: metric,
    scenario: relative ? `${kinds.name}, relative margin` : kinds.name,
    rows,
    margin: -valueOf(contrast, c, b),
    cost: 20,
    sample: (random) => {
      random.multinomial(rows, share, drawn);
      const seen = moments(drawn);
      const influence = metric === 'rmse' ? rmseInfluence(seen, contrast) : r2Influence(seen, contrast);
      if (influence === undefined) return { estimate: undefined, effectiveRows: rows };
      const distribution = rowDistribution();
      for (let i = 0; i < drawn.length; i++) {
        if ((drawn[i] ?? 0) === 0) continue;
        const value =
          influence.candidate * (candidate[i] ?? 0) ** 2 +
          influence.baseline * (baseline[i] ?? 0) ** 2 +
          influence.spread * ((truth[i] ?? 0) - seen.mean) ** 2 +
          influence.constant;
        addRow(distribution, value, drawn[i] ?? 0);
      }
      return { estimate: squaredErrorDifference(influence, distribution, RANGE ** 2), effectiveRows: rows };
    },
  };
}

export function squaredErrorCells(): readonly Cell[] {
  const kinds = [
    population('normal', 1.03, 0, 0),
    population('heavy tails', 1.03, 0.6, 0),
    population('1 % large errors', 1, 0, 0.01),
    population('0.1 % large errors', 1, 0, 0.001),
  ];
  const sizes = [50, 200, 1_000, 2_000, 4_000, 10_000, 100_000];
  return (['rmse', 'r2'] as const).flatMap((metric) => [
    ...kinds.flatMap((each) => sizes.map((rows) => cellOf(metric, each, rows, false))),
    ...[1_000, 10_000].flatMap((rows) => kinds.slice(0, 2).map((each) => cellOf(metric, each, rows, true))),
  ]);
}
