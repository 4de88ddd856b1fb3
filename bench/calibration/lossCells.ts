import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { type Contrast, differenceContrast, relativeContrast, valueOf } from '../../src/statistics/contrast.ts';
import { type LossRange, pairedMean } from '../../src/statistics/pairedMean.ts';
import { addRow, rowDistribution } from '../../src/statistics/rowDistribution.ts';
import type { Cell } from './cell.ts';

/** Differences of losses per row, signed so that better is +, as finitely many values with their shares. */
interface Population {
  readonly name: string;
  readonly value: readonly number[];
  readonly share: readonly number[];
}

const POINTS = 400;
const QUANTILES = Array.from({ length: POINTS }, (_, i) => normalQuantile((i + 0.5) / POINTS, 0, 1));
const LARGER_IS_WORSE: Contrast = differenceContrast(-1);

/** Of equal models, noise of the given shape; then a part of the rows loses `loss` more. */
function population(name: string, noise: readonly number[], rate: number, loss: number): Population {
  const mean = noise.reduce((a, b) => a + b, 0) / noise.length;
  const centred = noise.map((each) => each - mean);
  return {
    name,
    value: [...centred, ...centred.map((each) => each - loss)],
    share: [...centred.map(() => (1 - rate) / POINTS), ...centred.map(() => rate / POINTS)],
  };
}

interface LossMetric {
  readonly metric: 'logLoss' | 'brier' | 'mae';
  readonly range: LossRange;
  /** Standard deviation of the noise. */
  readonly noise: number;
  /** The loss of a row that goes badly wrong. */
  readonly large: number;
}

const METRICS: readonly LossMetric[] = [
  { metric: 'logLoss', range: { largest: 16, bounded: false }, noise: 0.2, large: 10 },
  { metric: 'brier', range: { largest: 1, bounded: true }, noise: 0.05, large: 0.9 },
  { metric: 'mae', range: { largest: 10, bounded: false }, noise: 0.5, large: 8 },
];

function populations({ noise, large }: LossMetric): readonly Population[] {
  const normal = QUANTILES.map((z) => noise * z);
  const small = QUANTILES.map((z) => 0.1 * noise * z);
  const skewed = QUANTILES.map((z) => -noise * 0.46 * Math.exp(z));
  const heavy = QUANTILES.map((z) => noise * 0.25 * Math.sign(z) * (Math.exp(1.5 * Math.abs(z)) - 1));
  return [
    population('normal', normal, 1, 0.1 * noise),
    population('skewed', skewed, 1, 0.1 * noise),
    population('heavy tails', heavy, 1, 0.1 * noise),
    population('1 % large errors', normal, 0.01, large),
    population('1 % large errors, else alike', small, 0.01, large),
    population('0.1 % large errors', normal, 0.001, large),
    population('0.1 % large errors, else alike', small, 0.001, large),
  ];
}

function meanCell(metric: LossMetric, { name, value, share }: Population, rows: number): Cell {
  const drawn = new Float64Array(value.length);
  return {
    metric: metric.metric,
    family: metric.metric,
    scenario: name,
    rows,
    margin: -value.reduce((sum, each, i) => sum + each * (share[i] ?? 0), 0),
    cost: 12,
    sample: (random) => {
      random.multinomial(rows, share, drawn);
      const distribution = rowDistribution();
      for (const [i, each] of value.entries()) {
        if ((drawn[i] ?? 0) > 0) addRow(distribution, each, drawn[i] ?? 0);
      }
      return { estimate: pairedMean(distribution, LARGER_IS_WORSE, metric.range), effectiveRows: rows };
    },
  };
}

/** Both losses of a row are skewed and depend on each other; the margin is a share of the baseline's mean. */
function relativeCell(metric: LossMetric, rows: number): Cell {
  const pairs = QUANTILES.map((z, i) => {
    const other = QUANTILES[(i * 197) % POINTS] ?? 0;
    const baseline = Math.min(metric.large, metric.noise * Math.exp(0.7 * z));
    return { baseline, candidate: Math.min(metric.large, baseline * Math.exp(0.2 * other)) };
  });
  const candidate = pairs.reduce((sum, pair) => sum + pair.candidate, 0) / POINTS;
  const baseline = pairs.reduce((sum, pair) => sum + pair.baseline, 0) / POINTS;
  const contrast = relativeContrast(-1, -(candidate - baseline) / baseline, baseline);
  const value = pairs.map((pair) => valueOf(contrast, pair.candidate, pair.baseline));
  const { sample, ...cell } = meanCell(metric, { name: '', value, share: value.map(() => 1 / POINTS) }, rows);
  return { ...cell, scenario: 'skewed, relative margin', margin: -valueOf(contrast, candidate, baseline), sample };
}

export function lossCells(): readonly Cell[] {
  const sizes = [50, 200, 500, 1_000, 2_000, 4_000, 10_000, 100_000];
  return METRICS.flatMap((metric) => [
    ...populations(metric).flatMap((each) => sizes.map((rows) => meanCell(metric, each, rows))),
    ...[200, 2_000, 20_000].map((rows) => relativeCell(metric, rows)),
  ]);
}

/** What no sample of the size can show: errors ten times as large as the target's range. Reported apart. */
export function outsideCells(): readonly Cell[] {
  const metric: LossMetric = { metric: 'mae', range: { largest: 10, bounded: false }, noise: 0.5, large: 100 };
  const noise = QUANTILES.map((z) => metric.noise * z);
  return [500, 1_000, 2_000, 4_000, 10_000].map((rows) =>
    meanCell(metric, population('0.1 % errors of ten ranges', noise, 0.001, metric.large), rows),
  );
}
