import { type Contrast, valueOf } from './contrast.ts';
import type { DifferenceEstimate } from './estimate.ts';
import type { JointTable } from './jointTable.ts';
import { type PairedCounts, pairedProportions } from './pairedProportions.ts';
import { type SmoothFunction, smoothScoreInterval } from './smoothScoreInterval.ts';

/** A metric that the joint table determines. `of` is a class index, or `macro`: the mean over classes with rows. */
export type CountMetric = { readonly family: 'accuracy' } | RatioMetric;

interface RatioMetric {
  readonly family: 'recall' | 'precision' | 'f1';
  readonly of: number | 'macro';
}

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
  const margins = marginsOf(table, table.count);
  const classes = classesOf(metric.of, margins);
  const hangsOn = classes.map((k) => rowsBehind(metric.family, margins, k));
  return {
    candidate: ratioOf(metric, margins, margins.candidate, classes),
    baseline: ratioOf(metric, margins, margins.baseline, classes),
    effectiveRows: hangsOn.length === 0 ? 0 : Math.min(...hangsOn),
  };
}

/**
 * The contrast of a count metric; undefined where it does not exist for one of the models. Accuracy and the recall of a
 * class are paired proportions; the others are smooth functions of the table.
 */
export function countDifference(
  table: JointTable,
  metric: CountMetric,
  contrast: Contrast,
): DifferenceEstimate | undefined {
  if (metric.family === 'accuracy')
    return table.rows === 0 ? undefined : pairedProportions(rightCounts(table), contrast);
  if (metric.family === 'recall' && metric.of !== 'macro') {
    const counts = rightCounts(table, metric.of);
    return counts.rows === 0 ? undefined : pairedProportions(counts, contrast);
  }
  const { candidate, baseline } = countValues(table, metric);
  if (candidate === undefined || baseline === undefined) return undefined;
  const margins = marginsOf(table, table.count);
  const cells = withExtremes(table, ratioInfluence(margins, classesOf(metric.of, margins), metric, contrast));
  return smoothScoreInterval(cells.count, contrastOf(cells, metric, contrast), 'delta');
}

/** The influence of a row in each possible cell of the table; undefined where the metric exists for neither model. */
export function cellInfluence(
  table: JointTable,
  metric: CountMetric,
  contrast: Contrast,
): { readonly of: CellInfluence } | undefined {
  if (metric.family === 'accuracy') {
    const { candidate = 0, baseline = 0 } = countValues(table, metric);
    return {
      of: (truth, ofCandidate, ofBaseline) =>
        valueOf(contrast, (ofCandidate === truth ? 1 : 0) - candidate, (ofBaseline === truth ? 1 : 0) - baseline),
    };
  }
  const margins = marginsOf(table, table.count);
  const classes = classesOf(metric.of, margins);
  return classes.length === 0 ? undefined : ratioInfluence(margins, classes, metric, contrast);
}

/** The metric's contrast as a function of the weights of the table's cells. Classes without a row stay without one. */
function contrastOf(cells: JointTable, metric: RatioMetric, contrast: Contrast): SmoothFunction {
  const classes = classesOf(metric.of, marginsOf(cells, cells.count));
  return (weight, influence) => {
    const margins = marginsOf(cells, weight);
    const { of } = ratioInfluence(margins, classes, metric, contrast);
    for (let i = 0; i < influence.length; i++) {
      influence[i] = of(cells.truth[i] ?? 0, cells.candidate[i] ?? 0, cells.baseline[i] ?? 0);
    }
    const candidate = ratioOf(metric, margins, margins.candidate, classes) ?? 0;
    return valueOf(contrast, candidate, ratioOf(metric, margins, margins.baseline, classes) ?? 0);
  };
}

/** The table with the two cells added that a row would bear on the contrast most in, though no row lies there. */
function withExtremes(table: JointTable, influence: RatioInfluence): JointTable {
  const extremes = [influence.least, influence.most];
  return {
    classes: table.classes,
    rows: table.rows,
    truth: Uint16Array.from([...table.truth, ...extremes.map(({ truth }) => truth)]),
    candidate: Uint16Array.from([...table.candidate, ...extremes.map(({ candidate }) => candidate)]),
    baseline: Uint16Array.from([...table.baseline, ...extremes.map(({ baseline }) => baseline)]),
    count: Float64Array.from([...table.count, 0, 0]),
  };
}

interface Margins {
  readonly rows: number;
  readonly truth: Float64Array;
  readonly candidate: ModelMargins;
  readonly baseline: ModelMargins;
}

interface ModelMargins {
  readonly predicted: Float64Array;
  readonly right: Float64Array;
}

function marginsOf(table: JointTable, weight: Float64Array): Margins {
  const zeros = (): Float64Array => new Float64Array(table.classes);
  const truth = zeros();
  const candidate = { predicted: zeros(), right: zeros() };
  const baseline = { predicted: zeros(), right: zeros() };
  let rows = 0;
  for (let i = 0; i < weight.length; i++) {
    const count = weight[i] ?? 0;
    const t = table.truth[i] ?? 0;
    const c = table.candidate[i] ?? 0;
    const b = table.baseline[i] ?? 0;
    rows += count;
    add(truth, t, count);
    add(candidate.predicted, c, count);
    add(baseline.predicted, b, count);
    if (c === t) add(candidate.right, t, count);
    if (b === t) add(baseline.right, t, count);
  }
  return { rows, truth, candidate, baseline };
}

/** Classes without a row are left out of an average: they say nothing of either model. */
function classesOf(of: number | 'macro', margins: Margins): readonly number[] {
  if (of !== 'macro') return [of];
  return Array.from(margins.truth.keys()).filter((k) => (margins.truth[k] ?? 0) > 0);
}

function rowsBehind(family: RatioMetric['family'], margins: Margins, k: number): number {
  if (family !== 'precision') return margins.truth[k] ?? 0;
  return Math.min(margins.candidate.predicted[k] ?? 0, margins.baseline.predicted[k] ?? 0);
}

/** The ratio's lower part; its upper part is the right ones, or for F1 twice the right ones. */
function denominator(family: RatioMetric['family'], margins: Margins, model: ModelMargins, k: number): number {
  const rows = margins.truth[k] ?? 0;
  const predicted = model.predicted[k] ?? 0;
  return family === 'recall' ? rows : family === 'precision' ? predicted : rows + predicted;
}

/**
 * One class's ratio, or the mean over `classes`. A share of nothing does not exist; within a mean it counts as 0, as is
 * usual: of a class that is never predicted nothing is found.
 */
function ratioOf(
  { family }: RatioMetric,
  margins: Margins,
  model: ModelMargins,
  classes: readonly number[],
): number | undefined {
  let sum = 0;
  for (const k of classes) {
    const below = denominator(family, margins, model, k);
    if (below > 0) sum += ((family === 'f1' ? 2 : 1) * (model.right[k] ?? 0)) / below;
    else if (classes.length === 1) return undefined;
  }
  return classes.length === 0 ? undefined : sum / classes.length;
}

interface CellOfTable {
  readonly truth: number;
  readonly candidate: number;
  readonly baseline: number;
}

interface RatioInfluence {
  readonly of: CellInfluence;
  /** Where it is least and most, of all cells that could be. */
  readonly least: CellOfTable;
  readonly most: CellOfTable;
}

/** The influence is a sum of a part by (truth, candidate) and one by (truth, baseline): two small tables hold it. */
function ratioInfluence(
  margins: Margins,
  averaged: readonly number[],
  metric: RatioMetric,
  contrast: Contrast,
): RatioInfluence {
  const classes = margins.truth.length;
  const ofCandidate = new Float64Array(classes * classes);
  const ofBaseline = new Float64Array(classes * classes);
  for (const k of averaged) {
    addInfluence(metric, margins, margins.candidate, k, contrast.candidate / averaged.length, ofCandidate);
    addInfluence(metric, margins, margins.baseline, k, contrast.baseline / averaged.length, ofBaseline);
  }
  const of: CellInfluence = (truth, candidate, baseline) =>
    (ofCandidate[truth * classes + candidate] ?? 0) + (ofBaseline[truth * classes + baseline] ?? 0);
  return {
    of,
    get least() {
      return extremeCell(classes, ofCandidate, ofBaseline, 1);
    },
    get most() {
      return extremeCell(classes, ofCandidate, ofBaseline, -1);
    },
  };
}

/** For a ratio R = A / B of sums over rows, a row that adds a to A and b to B bears on R with (a - R b) n / B. */
function addInfluence(
  { family }: RatioMetric,
  margins: Margins,
  model: ModelMargins,
  k: number,
  factor: number,
  into: Float64Array,
): void {
  const below = denominator(family, margins, model, k);
  if (below === 0) return;
  const ratio = ((family === 'f1' ? 2 : 1) * (model.right[k] ?? 0)) / below;
  const scale = (factor * margins.rows) / below;
  const classes = margins.truth.length;
  const ofRow = family === 'precision' ? 0 : scale * ratio;
  const ofPrediction = family === 'recall' ? 0 : scale * ratio;
  for (let other = 0; other < classes; other++) {
    add(into, k * classes + other, -ofRow);
    add(into, other * classes + k, -ofPrediction);
  }
  add(into, k * classes + k, (family === 'f1' ? 2 : 1) * scale);
}

/** `sign` 1: the least, -1: the most. */
function extremeCell(classes: number, ofCandidate: Float64Array, ofBaseline: Float64Array, sign: 1 | -1): CellOfTable {
  let found = { truth: 0, candidate: 0, baseline: 0 };
  let extreme = Infinity;
  for (let truth = 0; truth < classes; truth++) {
    const candidate = leastIndex(ofCandidate, truth * classes, classes, sign);
    const baseline = leastIndex(ofBaseline, truth * classes, classes, sign);
    const value =
      sign * ((ofCandidate[truth * classes + candidate] ?? 0) + (ofBaseline[truth * classes + baseline] ?? 0));
    if (value < extreme) {
      extreme = value;
      found = { truth, candidate, baseline };
    }
  }
  return found;
}

function leastIndex(values: Float64Array, from: number, length: number, sign: 1 | -1): number {
  let found = 0;
  for (let i = 1; i < length; i++) if (sign * ((values[from + i] ?? 0) - (values[from + found] ?? 0)) < 0) found = i;
  return found;
}

/** Rows by which model was right; of one class alone where `of` is given. */
function rightCounts(table: JointTable, of?: number): PairedCounts {
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

function add(into: Float64Array, i: number, amount: number): void {
  into[i] = (into[i] ?? 0) + amount;
}
