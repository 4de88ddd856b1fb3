import type { Contrast } from './contrast.ts';
import { valueOf } from './contrast.ts';
import type { DifferenceEstimate } from './estimate.ts';
import type { JointTable } from './jointTable.ts';
import { pairedProportions } from './pairedProportions.ts';
import { scoreInterval } from './scoreInterval.ts';
import { weightedPoints } from './weightedPoints.ts';

/** A metric that the joint table determines. `of` is a class index, or `macro`: the mean over classes with rows. */
export type CountMetric =
  { readonly family: 'accuracy' } | { readonly family: 'recall' | 'precision' | 'f1'; readonly of: number | 'macro' };

/** The metric of both models; undefined where it does not exist (no row of the class, none predicted as it). */
export interface CountValues {
  readonly candidate: number | undefined;
  readonly baseline: number | undefined;
  /** The rows that the metric hangs on; for precision and macro averages the fewest of any model or class. */
  readonly effectiveRows: number;
}

/** How each row bears on one contrast of a count metric, by its cell, to first order (delta method). Mean 0. */
export type CellInfluence = (truth: number, candidate: number, baseline: number) => number;

/** Both models' values, and the rows behind them. */
export function countValues(table: JointTable, metric: CountMetric): CountValues {
  if (metric.family === 'accuracy') {
    const { bothRight, candidateOnly, baselineOnly, rows } = rightCounts(table);
    if (rows === 0) return { candidate: undefined, baseline: undefined, effectiveRows: 0 };
    return {
      candidate: (bothRight + candidateOnly) / rows,
      baseline: (bothRight + baselineOnly) / rows,
      effectiveRows: rows,
    };
  }
  const counts = margins(table);
  const classes = classesOf(metric.of, counts);
  const hangsOn = classes.map((k) => rowsBehind(metric.family, counts, k));
  return {
    candidate: average(classes.map((k) => ofModel(metric.family, counts, counts.candidate, k))),
    baseline: average(classes.map((k) => ofModel(metric.family, counts, counts.baseline, k))),
    effectiveRows: hangsOn.length === 0 ? 0 : Math.min(...hangsOn),
  };
}

/** The contrast of a count metric; undefined where it does not exist for one of the models. */
export function countDifference(
  table: JointTable,
  metric: CountMetric,
  contrast: Contrast,
): DifferenceEstimate | undefined {
  if (metric.family === 'accuracy') return pairedProportions(rightCounts(table), contrast);
  if (metric.family === 'recall' && metric.of !== 'macro') {
    const counts = rightCounts(table, metric.of);
    return counts.rows === 0 ? undefined : pairedProportions(counts, contrast);
  }
  const { candidate, baseline } = countValues(table, metric);
  const influence = cellInfluence(table, metric, contrast);
  if (candidate === undefined || baseline === undefined || influence === undefined) return undefined;
  const value = new Float64Array(table.count.length);
  for (let i = 0; i < value.length; i++) {
    value[i] = influence.of(table.truth[i] ?? 0, table.candidate[i] ?? 0, table.baseline[i] ?? 0);
  }
  const points = weightedPoints(value, table.count);
  return scoreInterval({
    estimate: valueOf(contrast, candidate, baseline),
    points,
    possible: { least: influence.least, most: influence.most },
    method: 'delta',
  });
}

/** The influence of a row in each possible cell, and its extremes over all cells, seen or not. */
export function cellInfluence(
  table: JointTable,
  metric: CountMetric,
  contrast: Contrast,
): { readonly of: CellInfluence; readonly least: number; readonly most: number } | undefined {
  const { classes } = table;
  const counts = margins(table);
  const ofCandidate = new Float64Array(classes * classes);
  const ofBaseline = new Float64Array(classes * classes);
  if (metric.family === 'accuracy') {
    const { candidate, baseline } = countValues(table, metric);
    if (candidate === undefined || baseline === undefined) return undefined;
    for (let t = 0; t < classes; t++) {
      for (let p = 0; p < classes; p++) {
        ofCandidate[t * classes + p] = contrast.candidate * ((t === p ? 1 : 0) - candidate);
        ofBaseline[t * classes + p] = contrast.baseline * ((t === p ? 1 : 0) - baseline);
      }
    }
  } else {
    const averaged = classesOf(metric.of, counts);
    if (averaged.length === 0) return undefined;
    for (const k of averaged) {
      addInfluence(
        metric.family,
        counts,
        counts.candidate,
        k,
        contrast.candidate / averaged.length,
        ofCandidate,
        table,
      );
      addInfluence(metric.family, counts, counts.baseline, k, contrast.baseline / averaged.length, ofBaseline, table);
    }
  }
  let least = Infinity;
  let most = -Infinity;
  for (let t = 0; t < classes; t++) {
    const c = ofCandidate.subarray(t * classes, (t + 1) * classes);
    const b = ofBaseline.subarray(t * classes, (t + 1) * classes);
    least = Math.min(least, lowest(c) + lowest(b));
    most = Math.max(most, highest(c) + highest(b));
  }
  return {
    of: (truth, candidate, baseline) =>
      (ofCandidate[truth * classes + candidate] ?? 0) + (ofBaseline[truth * classes + baseline] ?? 0),
    least,
    most,
  };
}

interface Margins {
  readonly truth: Float64Array;
  readonly candidate: ModelMargins;
  readonly baseline: ModelMargins;
}

interface ModelMargins {
  readonly predicted: Float64Array;
  readonly right: Float64Array;
}

function margins(table: JointTable): Margins {
  const zeros = (): Float64Array => new Float64Array(table.classes);
  const found = {
    truth: zeros(),
    candidate: { predicted: zeros(), right: zeros() },
    baseline: { predicted: zeros(), right: zeros() },
  };
  for (let i = 0; i < table.count.length; i++) {
    const count = table.count[i] ?? 0;
    const truth = table.truth[i] ?? 0;
    add(found.truth, truth, count);
    for (const [model, predicted] of [
      [found.candidate, table.candidate[i] ?? 0],
      [found.baseline, table.baseline[i] ?? 0],
    ] as const) {
      add(model.predicted, predicted, count);
      if (predicted === truth) add(model.right, truth, count);
    }
  }
  return found;
}

/** Classes without a row are left out of an average: they say nothing of either model. */
function classesOf(of: number | 'macro', counts: Margins): readonly number[] {
  if (of !== 'macro') return [of];
  return Array.from(counts.truth.keys()).filter((k) => (counts.truth[k] ?? 0) > 0);
}

function rowsBehind(family: 'recall' | 'precision' | 'f1', counts: Margins, k: number): number {
  if (family !== 'precision') return counts.truth[k] ?? 0;
  return Math.min(counts.candidate.predicted[k] ?? 0, counts.baseline.predicted[k] ?? 0);
}

/** Twice the right ones over rows plus predictions is F1; a share with an empty denominator does not exist. */
function denominator(family: 'recall' | 'precision' | 'f1', counts: Margins, model: ModelMargins, k: number): number {
  const rows = counts.truth[k] ?? 0;
  const predicted = model.predicted[k] ?? 0;
  return family === 'recall' ? rows : family === 'precision' ? predicted : rows + predicted;
}

function ofModel(
  family: 'recall' | 'precision' | 'f1',
  counts: Margins,
  model: ModelMargins,
  k: number,
): number | undefined {
  const below = denominator(family, counts, model, k);
  return below === 0 ? undefined : ((family === 'f1' ? 2 : 1) * (model.right[k] ?? 0)) / below;
}

/** For a ratio R = A / B of sums over rows, a row that adds a and b bears on R with (a - R b) n / B. */
function addInfluence(
  family: 'recall' | 'precision' | 'f1',
  counts: Margins,
  model: ModelMargins,
  k: number,
  factor: number,
  into: Float64Array,
  table: JointTable,
): void {
  const ratio = ofModel(family, counts, model, k);
  if (ratio === undefined) return;
  const scale = (factor * table.rows) / denominator(family, counts, model, k);
  const { classes } = table;
  for (let t = 0; t < classes; t++) {
    for (let p = 0; p < classes; p++) {
      if (t !== k && p !== k) continue;
      const right = t === k && p === k ? 1 : 0;
      const below = (family === 'precision' ? 0 : t === k ? 1 : 0) + (family === 'recall' ? 0 : p === k ? 1 : 0);
      add(into, t * classes + p, scale * ((family === 'f1' ? 2 : 1) * right - ratio * below));
    }
  }
}

/** Rows by which model was right; of one class alone where `of` is given. */
function rightCounts(
  table: JointTable,
  of?: number,
): {
  readonly rows: number;
  readonly bothRight: number;
  readonly candidateOnly: number;
  readonly baselineOnly: number;
} {
  let rows = 0;
  let bothRight = 0;
  let candidateOnly = 0;
  let baselineOnly = 0;
  for (let i = 0; i < table.count.length; i++) {
    const count = table.count[i] ?? 0;
    const truth = table.truth[i];
    if (of !== undefined && truth !== of) continue;
    rows += count;
    const candidate = table.candidate[i] === truth;
    const baseline = table.baseline[i] === truth;
    if (candidate && baseline) bothRight += count;
    else if (candidate) candidateOnly += count;
    else if (baseline) baselineOnly += count;
  }
  return { rows, bothRight, candidateOnly, baselineOnly };
}

/** A class whose predictions are missing makes the average 0 for it, as is usual: nothing of it was found. */
function average(values: readonly (number | undefined)[]): number | undefined {
  if (values.length === 1) return values[0];
  if (values.length === 0) return undefined;
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0) / values.length;
}

function add(into: Float64Array, i: number, amount: number): void {
  into[i] = (into[i] ?? 0) + amount;
}

function lowest(values: Float64Array): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}

function highest(values: Float64Array): number {
  return values.reduce((a, b) => Math.max(a, b), -Infinity);
}
