import type { MetricName } from '../config/config.ts';
import { type Contrast, relativeContrast } from '../statistics/contrast.ts';
import { cellInfluence, countDifference, type CountMetric, countValues } from '../statistics/countMetrics.ts';
import type { JointTable } from '../statistics/jointTable.ts';
import { MINIMUM_GROUPS, MINIMUM_ROWS } from '../statistics/minimumRows.ts';
import type { ClassRows } from './evaluationRows.ts';
import { jointTables, type JointTables } from './jointTables.ts';
import type { Measurement } from './measurement.ts';
import { valueOr } from './measurement.ts';
import { MACRO } from './metricName.ts';
import { countGroups, groupedEstimate } from './rowGroups.ts';
import { sliceName } from './rowSlices.ts';

/** Accuracy, recall, precision and F1 in every slice, out of one walk over the rows. */
export function measureCounts(
  rows: ClassRows,
  metrics: readonly { readonly name: MetricName; readonly counted: CountMetric }[],
): readonly Measurement[] {
  if (metrics.length === 0) return [];
  const tables = jointTables(rows);
  return metrics.flatMap(({ name, counted }) =>
    tables.ofSlice.map((table, slice) => measureCount(rows, tables, table, slice, name, counted)),
  );
}

function measureCount(
  rows: ClassRows,
  tables: JointTables,
  table: JointTable,
  slice: number,
  metric: MetricName,
  counted: CountMetric,
): Measurement {
  const { groups, baseline: compared } = rows;
  const { candidate, baseline, effectiveRows } = countValues(table, counted);
  const because = undefinedBecause(counted, rows.classes.labels);
  return {
    metric,
    slice: sliceName(rows, slice),
    rows: table.rows,
    ...(groups === undefined
      ? { effectiveRows, least: MINIMUM_ROWS[counted.family] }
      : { effectiveRows: countGroups(rows, groups, slice, hangsOn(counted, table, tables)), least: MINIMUM_GROUPS }),
    candidate: valueOr(candidate, because),
    ...(compared && { baseline: valueOr(baseline, because) }),
    ...(compared &&
      candidate !== undefined &&
      baseline !== undefined && {
        compare: (share: number) => {
          const contrast = relativeContrast(1, share, baseline);
          const ofRows = countDifference(table, counted, contrast);
          if (groups === undefined || ofRows === undefined) return ofRows;
          const influence = influenceOfCells(table, counted, contrast);
          const counts = hangsOn(counted, table, tables);
          return groupedEstimate(rows, groups, slice, ofRows, (row) =>
            counts(row) ? influence[tables.cellOf(row)] : undefined,
          );
        },
      }),
  };
}

function influenceOfCells(table: JointTable, counted: CountMetric, contrast: Contrast): Float64Array {
  const influence = cellInfluence(table, counted, contrast);
  return Float64Array.from(table.truth, (truth, cell) =>
    influence === undefined ? 0 : influence.of(truth, table.candidate[cell] ?? 0, table.baseline[cell] ?? 0),
  );
}

/** Whether a row bears on the metric at all. */
function hangsOn(counted: CountMetric, table: JointTable, tables: JointTables): (row: number) => boolean {
  if (counted.family === 'accuracy' || counted.of === MACRO) return () => true;
  const { family, of } = counted;
  const ofCell = Uint8Array.from(table.truth, (truth, cell) => {
    const predicted = table.candidate[cell] === of || table.baseline[cell] === of;
    return (family !== 'precision' && truth === of) || (family !== 'recall' && predicted) ? 1 : 0;
  });
  return (row) => ofCell[tables.cellOf(row)] === 1;
}

function undefinedBecause(counted: CountMetric, labels: readonly string[]): string {
  if (counted.family === 'accuracy' || counted.of === MACRO) return 'no row lies in the slice';
  const label = labels[counted.of] ?? '';
  switch (counted.family) {
    case 'recall':
      return `no row of the slice is of class ${label}`;
    case 'precision':
      return `no row of the slice is predicted as class ${label}`;
    case 'f1':
      return `no row of the slice is of class ${label} or predicted as it`;
  }
}
