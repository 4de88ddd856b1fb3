import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import { compareAuc } from '../../src/statistics/auc.ts';
import { compareAveragePrecision } from '../../src/statistics/averagePrecision.ts';
import { differenceContrast, relativeContrast, valueOf } from '../../src/statistics/contrast.ts';
import { NEGATIVE, POSITIVE } from '../../src/statistics/rankedRows.ts';
import { rankOrder } from '../../src/statistics/rankOrder.ts';
import type { Cell } from './cell.ts';
import type { RandomSource } from './random.ts';

/** Scores are normal within each class, rounded to steps, so that both models' true values are finite sums. */
interface Population {
  readonly name: string;
  /** How far the positives' mean lies above that of the negatives. */
  readonly candidate: number;
  readonly baseline: number;
  /** Of the two models' scores, within a class. */
  readonly correlation: number;
  /** Steps per standard deviation. */
  readonly steps: number;
  /** Share of positives that the candidate puts below all, and of negatives that it puts above all. */
  readonly sunk: number;
  readonly raised: number;
}

const REACH = 8;

function shares(mean: number, steps: number, lowest: number, highest: number): Float64Array {
  const levels = 2 * REACH * steps + 1;
  const share = Float64Array.from({ length: levels }, (_, i) => {
    const low = i === 0 ? -Infinity : (i - 0.5) / steps - REACH;
    const high = i === levels - 1 ? Infinity : (i + 0.5) / steps - REACH;
    return (1 - lowest - highest) * (normalCdf(high, mean, 1) - normalCdf(low, mean, 1));
  });
  share[0] = (share[0] ?? 0) + lowest;
  share[levels - 1] = (share[levels - 1] ?? 0) + highest;
  return share;
}

function trueValue(
  metric: 'auc' | 'averagePrecision',
  positive: Float64Array,
  negative: Float64Array,
  prior: number,
): number {
  let above = 0;
  let negativesAbove = 0;
  let value = 0;
  for (let i = positive.length - 1; i >= 0; i--) {
    const p = positive[i] ?? 0;
    const q = negative[i] ?? 0;
    above += p;
    negativesAbove += q;
    value +=
      metric === 'auc'
        ? p * (1 - negativesAbove + q / 2)
        : (p * prior * above) / (prior * above + (1 - prior) * negativesAbove || 1);
  }
  return value;
}

function cellOf(
  metric: 'auc' | 'averagePrecision',
  kind: Population,
  positives: number,
  negatives: number,
  relative: boolean,
): Cell {
  const rows = positives + negatives;
  const of = (mean: number, sunk: number, raised: number): number =>
    trueValue(metric, shares(mean, kind.steps, sunk, 0), shares(0, kind.steps, 0, raised), positives / rows);
  const c = of(kind.candidate, kind.sunk, kind.raised);
  const b = of(kind.baseline, 0, 0);
  const contrast = relative ? relativeContrast(1, (c - b) / b, b) : differenceContrast(1);
  const compare = metric === 'auc' ? compareAuc : compareAveragePrecision;
  const scores = { candidate: new Float32Array(rows), baseline: new Float32Array(rows) };
  const marks = Uint8Array.from({ length: rows }, (_, row) => (row < positives ? POSITIVE : NEGATIVE));
  const level = (score: number): number =>
    Math.max(-REACH, Math.min(REACH, Math.round(score * kind.steps) / kind.steps));
  const own = Math.sqrt(1 - kind.correlation);
  const draw = (random: RandomSource, row: number): void => {
    const isPositive = row < positives;
    const shared = Math.sqrt(kind.correlation) * random.normal();
    scores.candidate[row] = level((isPositive ? kind.candidate : 0) + shared + own * random.normal());
    scores.baseline[row] = level((isPositive ? kind.baseline : 0) + shared + own * random.normal());
    if (random.uniform() < (isPositive ? kind.sunk : kind.raised)) scores.candidate[row] = isPositive ? -REACH : REACH;
  };
  return {
    metric,
    family: metric,
    scenario: `${kind.name}, ${positives} positives${relative ? ', relative margin' : ''}`,
    rows,
    margin: -valueOf(contrast, c, b),
    cost: 10 + rows / 100,
    sample: (random) => {
      for (let row = 0; row < rows; row++) draw(random, row);
      const ranked = { candidate: rankOrder(scores.candidate), baseline: rankOrder(scores.baseline) };
      return {
        estimate: compare({ rows: ranked, marks }, [contrast])?.estimates[0],
        effectiveRows: Math.min(positives, negatives),
      };
    },
  };
}

export function rankCells(): readonly Cell[] {
  const alike = { correlation: 0.9, steps: 40, sunk: 0, raised: 0 };
  const kinds: readonly Population[] = [
    { name: 'good', candidate: 1.4, baseline: 1.6, ...alike },
    { name: 'very good', candidate: 2.6, baseline: 2.8, ...alike },
    { name: 'coarse scores', candidate: 1.4, baseline: 1.6, ...alike, steps: 1 },
    { name: 'little alike', candidate: 1.2, baseline: 1.6, ...alike, correlation: 0.3 },
    { name: '1 % of positives sunk', candidate: 1.6, baseline: 1.6, ...alike, correlation: 0.999, sunk: 0.01 },
    { name: '1 % of negatives raised', candidate: 1.6, baseline: 1.6, ...alike, correlation: 0.999, raised: 0.01 },
  ];
  const sizes: readonly (readonly [number, number])[] = [
    [5, 200],
    [20, 200],
    [20, 2_000],
    [50, 50],
    [50, 1_000],
    [100, 100],
    [100, 2_000],
    [500, 5_000],
    [1_000, 99_000],
  ];
  return (['auc', 'averagePrecision'] as const).flatMap((metric) =>
    kinds.flatMap((kind, k) => [
      ...sizes.map(([positives, negatives]) => cellOf(metric, kind, positives, negatives, false)),
      ...(k < 2 ? [cellOf(metric, kind, 200, 1_000, true)] : []),
    ]),
  );
}
