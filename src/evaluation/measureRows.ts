import type { MetricName, TaskConfig } from '../config/config.ts';
import { MINIMUM_GROUPS, MINIMUM_ROWS } from '../statistics/minimumRows.ts';
import type { ClassRows, EvaluationRows, ValueRows } from './evaluationRows.ts';
import { measureCounts } from './measureCounts.ts';
import { measureLoss } from './measureLosses.ts';
import type { Measured, Measurement } from './measurement.ts';
import { notMeasured } from './measurement.ts';
import { measureRanks } from './measureRanks.ts';
import { measureSquaredErrors } from './measureSquaredErrors.ts';
import { needsProbabilities, type ResolvedMetric } from './metric.ts';
import { answersProbabilities, isProbability, type Obstacle } from './obstacle.ts';
import type { Ranking } from './ranking.ts';
import { resolveMetric } from './resolveMetric.ts';
import { brier, logLoss, meanAbsoluteError } from './rowLosses.ts';
import { countSliceRows, sliceName } from './rowSlices.ts';

/**
 * Every metric in every slice, `overall` included, in the order of `metrics`.
 *
 * @param ranking of these rows; whoever goes on with them need not sort them again.
 */
export function measureRows(
  rows: EvaluationRows,
  task: TaskConfig,
  metrics: readonly MetricName[],
  ranking: Ranking | undefined,
): readonly Measurement[] {
  if (rows.kind === 'values') return metrics.flatMap((metric) => measureValues(rows, task, metric));
  const resolved = metrics.map((name) => ({ name, resolved: resolveMetric(name, task, rows.classes) }));
  // Counted metrics share one walk over the rows, ranked ones share their sorts.
  const counted = measureCounts(
    rows,
    resolved.flatMap(({ name, resolved: metric }) =>
      metric.kind === 'accuracy'
        ? { name, counted: { family: metric.kind } }
        : metric.kind === 'count'
          ? { name, counted: metric }
          : [],
    ),
  );
  const scored = resolved.filter(({ resolved: metric }) => needsProbabilities(metric));
  const measured = [...counted, ...measureScored(rows, scored, ranking)];
  return metrics.flatMap((name) => measured.filter(({ metric }) => metric === name));
}

function measureValues(rows: ValueRows, task: TaskConfig, name: MetricName): readonly Measurement[] {
  const metric = resolveMetric(name, task, undefined);
  if (metric.kind !== 'error') throw new Error(`A ${metric.kind} metric of values.`);
  return metric.family === 'mae'
    ? measureLoss(rows, name, meanAbsoluteError(rows))
    : measureSquaredErrors(rows, name, metric.family);
}

interface NamedMetric {
  readonly name: MetricName;
  readonly resolved: ResolvedMetric;
}

function measureScored(
  rows: ClassRows,
  metrics: readonly NamedMetric[],
  ranking: Ranking | undefined,
): readonly Measurement[] {
  const losses = metrics.filter(({ resolved }) => resolved.kind === 'loss');
  const ranks = metrics.flatMap(({ name, resolved }) =>
    resolved.kind === 'rank' ? { name, family: resolved.family, of: resolved.of } : [],
  );
  return [
    ...losses.flatMap(({ name, resolved }) =>
      withBothMeasurable(rows, name, [isProbability, answersProbabilities], (measurable) =>
        measureLoss(
          measurable,
          name,
          resolved.kind === 'loss' && resolved.family === 'brier' ? brier(measurable) : logLoss(measurable),
        ),
      ),
    ),
    ...(ranks.length === 0
      ? []
      : canBeMeasured(rows, [answersProbabilities])
        ? measureRanks(rows, ranks, ranking)
        : ranks.flatMap((rank) =>
            withBothMeasurable(rows, rank.name, [answersProbabilities], (measurable) =>
              measureRanks(measurable, [rank]),
            ),
          )),
  ];
}

function canBeMeasured(rows: ClassRows, obstacles: readonly Obstacle[]): boolean {
  return [rows.candidate, rows.baseline].every(
    (answers) => answers === undefined || obstacles.every((obstacle) => obstacle(answers) === undefined),
  );
}

/** Measures both models together where that is possible, otherwise each that can be on its own. */
function withBothMeasurable(
  rows: ClassRows,
  metric: MetricName,
  obstacles: readonly Obstacle[],
  measure: (rows: ClassRows) => readonly Measurement[],
): readonly Measurement[] {
  if (canBeMeasured(rows, obstacles)) return measure(rows);
  const { baseline, ...alone } = rows;
  const sides = [rows.candidate, baseline].map((answers): readonly Measurement[] => {
    if (answers === undefined) return [];
    const because = obstacles.map((obstacle) => obstacle(answers)).find((reason) => reason !== undefined);
    return because === undefined ? measure({ ...alone, candidate: answers }) : unmeasured(rows, metric, because);
  });
  const [ofCandidate = [], ofBaseline = []] = sides;
  return ofCandidate.map((measurement, slice) => {
    const other: Measured | undefined = ofBaseline[slice]?.candidate;
    return { ...measurement, ...(other && { baseline: other }) };
  });
}

function unmeasured(rows: ClassRows, metric: MetricName, because: string): readonly Measurement[] {
  const family = metric.family === 'latencyMs' ? 'accuracy' : metric.family;
  return countSliceRows(rows).map((count, slice) => ({
    metric,
    slice: sliceName(rows, slice),
    rows: count,
    effectiveRows: 0,
    least: rows.groups === undefined ? MINIMUM_ROWS[family] : MINIMUM_GROUPS,
    candidate: notMeasured(because),
  }));
}
