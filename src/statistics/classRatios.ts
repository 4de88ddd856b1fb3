import type { Contrast } from './contrast.ts';
import type { JointTable } from './jointTable.ts';

/** `of` is a class index, or `macro`: the mean over classes with rows. */
export interface RatioMetric {
  readonly family: 'recall' | 'precision' | 'f1';
  readonly of: number | 'macro';
}

/** How each row bears on one contrast of a count metric, by its cell, to first order (delta method). Mean 0. */
export type CellInfluence = (truth: number, candidate: number, baseline: number) => number;

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

export function marginsOf(table: JointTable, weight: Float64Array): Margins {
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
export function classesOf(of: number | 'macro', margins: Margins): readonly number[] {
  if (of !== 'macro') return [of];
  return Array.from(margins.truth.keys()).filter((k) => (margins.truth[k] ?? 0) > 0);
}

export function rowsBehind(family: RatioMetric['family'], margins: Margins, k: number): number {
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
export function ratioOf(
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

export interface RatioInfluence {
  readonly of: CellInfluence;
  /** Where it is least and most, of all cells that could be. */
  readonly least: CellOfTable;
  readonly most: CellOfTable;
}

/** The influence is a sum of a part by (truth, candidate) and one by (truth, baseline): two small tables hold it. */
export function ratioInfluence(
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

function add(into: Float64Array, i: number, amount: number): void {
  into[i] = (into[i] ?? 0) + amount;
}
