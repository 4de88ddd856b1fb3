import type { MetricName } from '../config/config.ts';
import { relativeContrast } from '../statistics/contrast.ts';
import type { DifferenceEstimate } from '../statistics/estimate.ts';
import { addRow, rowDistribution } from '../statistics/rowDistribution.ts';
import { r2Influence, type RowInfluence, rmseInfluence, squaredErrorDifference } from '../statistics/squaredErrors.ts';
import type { ValueRows } from './evaluationRows.ts';
import { type Measurement, valueOr } from './measurement.ts';
import { evidence } from './measureLosses.ts';
import { signOf } from './metric.ts';
import { groupedEstimate } from './rowGroups.ts';
import { rangeOf } from './rowLosses.ts';
import { membership, sliceName, slicesOfPatterns } from './rowSlices.ts';

/** RMSE or R2 in every slice. */
export function measureSquaredErrors(
  rows: ValueRows,
  metric: MetricName,
  family: 'rmse' | 'r2',
): readonly Measurement[] {
  const largest = rangeOf(rows.truth) ** 2;
  return sumsOfSlices(rows).map((sums, slice) => {
    const valueOfModel = (squares: number): number | undefined => {
      if (sums.count === 0) return undefined;
      if (family === 'rmse') return Math.sqrt(squares / sums.count);
      return sums.spread === 0 ? undefined : 1 - squares / sums.spread;
    };
    const because = sums.count === 0 ? 'no row lies in the slice' : 'the target does not vary in the slice';
    const baseline = rows.baseline === undefined ? undefined : valueOfModel(sums.baseline);
    return {
      metric,
      slice: sliceName(rows, slice),
      rows: sums.count,
      ...evidence(rows, slice, family, sums.count),
      candidate: valueOr(valueOfModel(sums.candidate), because),
      ...(rows.baseline && { baseline: valueOr(baseline, because) }),
      ...(baseline !== undefined && {
        compare: (share: number) => {
          const contrast = relativeContrast(signOf(metric), share, baseline);
          const errors = {
            candidate: sums.candidate / sums.count,
            baseline: sums.baseline / sums.count,
            spread: sums.spread / sums.count,
          };
          const influence = family === 'rmse' ? rmseInfluence(errors, contrast) : r2Influence(errors, contrast);
          return influence && sums.count > 1 ? estimate(rows, slice, sums.mean, influence, largest) : undefined;
        },
      }),
    };
  });
}

function estimate(
  rows: ValueRows,
  slice: number,
  mean: number,
  influence: RowInfluence,
  largest: number,
): DifferenceEstimate | undefined {
  const { truth, candidate, baseline } = rows;
  const ofRow = (row: number): number => {
    const y = truth[row] ?? NaN;
    return (
      influence.candidate * (y - (candidate.values[row] ?? NaN)) ** 2 +
      influence.baseline * (y - (baseline?.values[row] ?? NaN)) ** 2 +
      influence.spread * (y - mean) ** 2 +
      influence.constant
    );
  };
  const member = membership(rows, slice);
  const distribution = rowDistribution();
  for (let row = 0; row < rows.count; row += 1) {
    if (member[rows.pattern[row] ?? 0] === 1) addRow(distribution, ofRow(row));
  }
  const ofRows = squaredErrorDifference(influence, distribution, largest);
  return rows.groups === undefined ? ofRows : groupedEstimate(rows, rows.groups, slice, ofRows, ofRow);
}

interface SquareSums {
  count: number;
  mean: number;
  /** Sums of squares: of both models' errors, and of the truth about its mean in the slice. */
  candidate: number;
  baseline: number;
  spread: number;
}

function sumsOfSlices(rows: ValueRows): readonly SquareSums[] {
  const sums: SquareSums[] = Array.from({ length: rows.sliceNames.length + 1 }, () => ({
    count: 0,
    mean: 0,
    candidate: 0,
    baseline: 0,
    spread: 0,
  }));
  const ofPattern = slicesOfPatterns(rows).map((list) => list.flatMap((slice) => sums[slice] ?? []));
  const { truth, candidate, baseline } = rows;
  for (let row = 0; row < rows.count; row += 1) {
    const y = truth[row] ?? NaN;
    const ofCandidate = (y - (candidate.values[row] ?? NaN)) ** 2;
    const ofBaseline = baseline === undefined ? 0 : (y - (baseline.values[row] ?? NaN)) ** 2;
    for (const slice of ofPattern[rows.pattern[row] ?? 0] ?? []) {
      // Welford: the spread about a mean far from 0 would drown in rounding otherwise (Technometrics 4 (1962), 419).
      slice.count += 1;
      const step = y - slice.mean;
      slice.mean += step / slice.count;
      slice.spread += step * (y - slice.mean);
      slice.candidate += ofCandidate;
      slice.baseline += ofBaseline;
    }
  }
  return sums;
}
