import type { MetricFamily, MetricName } from '../config/config.ts';
import { type Contrast, relativeContrast, valueOf } from '../statistics/contrast.ts';
import { MINIMUM_GROUPS, MINIMUM_ROWS } from '../statistics/minimumRows.ts';
import { type LossRange, pairedMean } from '../statistics/pairedMean.ts';
import { addRow, type RowDistribution, rowDistribution } from '../statistics/rowDistribution.ts';
import type { EvaluationRows } from './evaluationRows.ts';
import { type Compare, type Measurement, valueOr } from './measurement.ts';
import { countGroups, groupedEstimate } from './rowGroups.ts';
import { sliceName, slicesOfPatterns } from './rowSlices.ts';

/** A loss that is averaged over the rows: lower is better. */
export interface RowLoss {
  readonly family: Extract<MetricFamily, 'logLoss' | 'brier' | 'mae'>;
  readonly ofCandidate: (row: number) => number;
  readonly ofBaseline?: (row: number) => number;
  readonly range: LossRange;
}

/** Better is +: a loss of the baseline less that of the candidate. */
const DIFFERENCE = relativeContrast(-1, 0, 1);

/** A mean loss in every slice, out of one walk over the rows (and one more for each relative margin). */
export function measureLoss(rows: EvaluationRows, metric: MetricName, loss: RowLoss): readonly Measurement[] {
  const { ofCandidate, ofBaseline } = loss;
  const first = walk(rows, loss);
  const distributions = remember((contrast: Contrast) =>
    distributionsOfSlices(rows, (row) => valueOf(contrast, ofCandidate(row), ofBaseline?.(row) ?? 0)),
  );
  return first.sums.map(({ count, candidate, baseline }, slice) => {
    const because = 'no row lies in the slice';
    const compare: Compare = (share) => {
      if (count < 2) return undefined;
      const contrast = relativeContrast(-1, share, baseline / count);
      const distribution = (share === 0 ? first.differences : distributions(contrast))[slice];
      const ofRows = distribution && pairedMean(distribution, contrast, loss.range);
      if (rows.groups === undefined || ofRows === undefined) return ofRows;
      const lossOf = (row: number): number => valueOf(contrast, ofCandidate(row), ofBaseline?.(row) ?? 0);
      return groupedEstimate(rows, rows.groups, slice, ofRows, (row) => lossOf(row) - ofRows.difference);
    };
    return {
      metric,
      slice: sliceName(rows, slice),
      rows: count,
      ...evidence(rows, slice, loss.family, count),
      candidate: valueOr(candidate / count, because),
      ...(ofBaseline && { baseline: valueOr(baseline / count, because), compare }),
    };
  });
}

interface Walked {
  readonly sums: readonly SliceSums[];
  /** Of the difference, by slice; empty without a baseline. */
  readonly differences: readonly RowDistribution[];
}

/** Each row's losses are reckoned once, for the means and for the difference. */
function walk(rows: EvaluationRows, { ofCandidate, ofBaseline }: RowLoss): Walked {
  const ofPattern = Array.from({ length: rows.patterns.count }, () => ({ count: 0, candidate: 0, baseline: 0 }));
  const reckon = (row: number): number => {
    const candidate = ofCandidate(row);
    const baseline = ofBaseline?.(row) ?? 0;
    const sums = ofPattern[rows.pattern[row] ?? 0];
    if (sums !== undefined) {
      sums.count += 1;
      sums.candidate += candidate;
      sums.baseline += baseline;
    }
    return valueOf(DIFFERENCE, candidate, baseline);
  };
  if (ofBaseline === undefined) for (let row = 0; row < rows.count; row += 1) reckon(row);
  const differences = ofBaseline === undefined ? [] : distributionsOfSlices(rows, reckon);
  return { sums: foldPatterns(rows, ofPattern), differences };
}

/** What a metric of all rows of a slice hangs on: its rows, or its groups. */
export function evidence(
  rows: EvaluationRows,
  slice: number,
  family: keyof typeof MINIMUM_ROWS,
  count: number,
): Pick<Measurement, 'effectiveRows' | 'least'> {
  if (rows.groups === undefined) return { effectiveRows: count, least: MINIMUM_ROWS[family] };
  return { effectiveRows: countGroups(rows, rows.groups, slice, () => true), least: MINIMUM_GROUPS };
}

/** A distribution of one number a row, for every slice. */
function distributionsOfSlices(rows: EvaluationRows, valueOfRow: (row: number) => number): readonly RowDistribution[] {
  const distributions = Array.from({ length: rows.sliceNames.length + 1 }, rowDistribution);
  const ofPattern = slicesOfPatterns(rows).map((list) => list.flatMap((slice) => distributions[slice] ?? []));
  const { pattern } = rows;
  for (let row = 0; row < rows.count; row += 1) {
    const of = valueOfRow(row);
    const list = ofPattern[pattern[row] ?? 0] ?? [];
    for (let i = 0; i < list.length; i += 1) {
      const distribution = list[i];
      if (distribution !== undefined) addRow(distribution, of);
    }
  }
  return distributions;
}

interface SliceSums {
  count: number;
  candidate: number;
  baseline: number;
}

/** Adds up sums that were taken by pattern into sums by slice. */
function foldPatterns(rows: EvaluationRows, ofPattern: readonly SliceSums[]): readonly SliceSums[] {
  const ofSlice = Array.from({ length: rows.sliceNames.length + 1 }, () => ({ count: 0, candidate: 0, baseline: 0 }));
  slicesOfPatterns(rows).forEach((list, pattern) => {
    const sums = ofPattern[pattern];
    for (const slice of list) {
      const into = ofSlice[slice];
      if (sums === undefined || into === undefined) continue;
      into.count += sums.count;
      into.candidate += sums.candidate;
      into.baseline += sums.baseline;
    }
  });
  return ofSlice;
}

/** Walks the rows once for each contrast that is asked for: the gates' margins repeat themselves over the slices. */
function remember<T>(make: (contrast: Contrast) => T): (contrast: Contrast) => T {
  const made = new Map<string, T>();
  return (contrast) => {
    const key = `${contrast.candidate} ${contrast.baseline}`;
    let found = made.get(key);
    if (found === undefined) {
      found = make(contrast);
      made.set(key, found);
    }
    return found;
  };
}
