import type { MetricName, TaskConfig } from '../config/config.ts';
import { UserMistake } from '../failure.ts';
import { listed, type TaskClasses } from './classLabels.ts';
import type { ResolvedMetric } from './metric.ts';
import { formatMetricName, isMetricOf, MACRO, metricsOf } from './metricName.ts';

/**
 * Says which class index a metric speaks of. Latency is measured elsewhere and has no place here.
 *
 * @throws UserMistake where the metric does not fit the task or names a class that there is not.
 */
export function resolveMetric(metric: MetricName, task: TaskConfig, classes: TaskClasses | undefined): ResolvedMetric {
  const { family } = metric;
  if (!isMetricOf(task.kind, metric) || family === 'latencyMs') {
    throw new UserMistake('metric-unknown', {
      where: 'metrics',
      found: `${formatMetricName(metric)} says nothing of a ${task.kind} task`,
      expected: `one of ${metricsOf(task.kind).join(', ')}`,
    });
  }
  switch (family) {
    case 'accuracy':
      return { kind: 'accuracy' };
    case 'recall':
    case 'precision':
    case 'f1':
      return { kind: 'count', family, of: metric.of === MACRO ? MACRO : classIndex(metric, classes) };
    case 'logLoss':
    case 'brier':
      return { kind: 'loss', family };
    case 'auc':
    case 'averagePrecision':
      return { kind: 'rank', family, of: classIndex(metric, classes) };
    case 'mae':
    case 'rmse':
    case 'r2':
      return { kind: 'error', family };
  }
}

function classIndex(metric: MetricName, classes: TaskClasses | undefined): number {
  const labels = classes?.labels ?? [];
  const index = metric.of === undefined ? (classes?.positive ?? -1) : labels.indexOf(metric.of);
  if (index >= 0) return index;
  throw new UserMistake('class-unknown', {
    where: 'metrics',
    found: `${formatMetricName(metric)} names a class that no model knows`,
    expected: `one of ${listed(labels)}`,
  });
}
