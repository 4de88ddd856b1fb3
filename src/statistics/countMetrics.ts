import {
  type CellInfluence,
  classesOf,
  marginsOf,
  ratioInfluence,
  type RatioInfluence,
  type RatioMetric,
  ratioOf,
  rowsBehind,
} from './classRatios.ts';
import { type Contrast, valueOf } from './contrast.ts';
import type { DifferenceEstimate } from './estimate.ts';
import type { JointTable } from './jointTable.ts';
import { type PairedCounts, pairedProportions } from './pairedProportions.ts';
import { type SmoothFunction, smoothScoreInterval } from './smoothScoreInterval.ts';

/** A metric that the joint table determines. `of` is a class index, or `macro`: the mean over classes with rows. */
export type CountMetric = { readonly family: 'accuracy' } | RatioMetric;

/** The metric of both models; undefined where it does not exist (no row of the class, none predicted as it). */
export interface CountValues {
  readonly candidate: number | undefined;
  readonly baseline: number | undefined;
  /** The rows that the metric hangs on; for precision and macro averages the fewest of any model or class. */
  readonly effectiveRows: number;
}

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
