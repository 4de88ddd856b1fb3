import type { MetricName } from '../config/config.ts';
import { compareAuc } from '../statistics/auc.ts';
import { compareAveragePrecision } from '../statistics/averagePrecision.ts';
import { relativeContrast } from '../statistics/contrast.ts';
import { MINIMUM_GROUPS, MINIMUM_ROWS } from '../statistics/minimumRows.ts';
import type { RankingComparison } from '../statistics/rankingComparison.ts';
import type { ClassRows } from './evaluationRows.ts';
import { type Measurement, notMeasured, value } from './measurement.ts';
import { Ranking } from './ranking.ts';
import { countGroups } from './rowGroups.ts';
import { countSliceRows, membership, sliceName } from './rowSlices.ts';

export interface RankMetric {
  readonly name: MetricName;
  readonly family: 'auc' | 'averagePrecision';
  /** The class whose scores rank the rows, against all others. */
  readonly of: number;
}

const DIFFERENCE = relativeContrast(1, 0, 1);

/** AUC and average precision in every slice: one sort per model and class serves them all. */
export function measureRanks(
  rows: ClassRows,
  metrics: readonly RankMetric[],
  ranking = new Ranking(rows),
): readonly Measurement[] {
  const sliceRows = countSliceRows(rows);
  // By class, so that each sort is made once although only the last is held.
  const byClass = [...metrics].sort((a, b) => a.of - b.of);
  return byClass.flatMap((metric) => sliceRows.map((count, slice) => measureRank(rows, ranking, metric, slice, count)));
}

function measureRank(rows: ClassRows, ranking: Ranking, metric: RankMetric, slice: number, count: number): Measurement {
  const compare = metric.family === 'auc' ? compareAuc : compareAveragePrecision;
  const found = compare(ranking.request(metric.of, slice), rows.baseline === undefined ? [] : [DIFFERENCE]);
  const common = { metric: metric.name, slice: sliceName(rows, slice), rows: count };
  if (found === undefined || found.negatives === 0) {
    const nothing = notMeasured(missingClass(rows, metric, slice, count));
    return {
      ...common,
      effectiveRows: 0,
      least: rows.groups === undefined ? MINIMUM_ROWS[metric.family] : MINIMUM_GROUPS,
      candidate: nothing,
      ...(rows.baseline && { baseline: nothing }),
    };
  }
  return {
    ...common,
    ...evidence(rows, metric, slice, found),
    candidate: value(found.candidate),
    ...(rows.baseline && {
      baseline: value(found.baseline),
      compare: (share: number) => {
        if (share === 0) return found.estimates[0];
        const contrast = relativeContrast(1, share, found.baseline);
        return compare(ranking.request(metric.of, slice), [contrast])?.estimates[0];
      },
    }),
  };
}

function evidence(
  rows: ClassRows,
  metric: RankMetric,
  slice: number,
  found: RankingComparison,
): Pick<Measurement, 'effectiveRows' | 'least'> {
  const { groups, truth } = rows;
  if (groups === undefined) {
    return { effectiveRows: Math.min(found.positives, found.negatives), least: MINIMUM_ROWS[metric.family] };
  }
  const withPositives = countGroups(rows, groups, slice, (row) => truth[row] === metric.of);
  const withNegatives = countGroups(rows, groups, slice, (row) => truth[row] !== metric.of);
  return { effectiveRows: Math.min(withPositives, withNegatives), least: MINIMUM_GROUPS };
}

function missingClass(rows: ClassRows, metric: RankMetric, slice: number, count: number): string {
  if (count === 0) return 'no row lies in the slice';
  const member = membership(rows, slice);
  const label = rows.classes.labels[metric.of] ?? '';
  for (let row = 0; row < rows.count; row += 1) {
    if (member[rows.pattern[row] ?? 0] === 1 && rows.truth[row] === metric.of) {
      return `every row of the slice is of class ${label}`;
    }
  }
  return `no row of the slice is of class ${label}`;
}
