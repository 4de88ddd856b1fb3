import type { MetricFamily, MetricName } from '../config/config.ts';
import type { MACRO } from './metricName.ts';

/** Where better lies. */
type Direction = 'higher' | 'lower';

/** `share` lies in [0, 1]; `target` is the target column's own unit. */
type Unit = 'share' | 'nats' | 'target' | 'ms' | 'none';

const METRICS: { readonly [family in MetricFamily]: { readonly direction: Direction; readonly unit: Unit } } = {
  accuracy: { direction: 'higher', unit: 'share' },
  recall: { direction: 'higher', unit: 'share' },
  precision: { direction: 'higher', unit: 'share' },
  f1: { direction: 'higher', unit: 'share' },
  logLoss: { direction: 'lower', unit: 'nats' },
  brier: { direction: 'lower', unit: 'none' },
  auc: { direction: 'higher', unit: 'share' },
  averagePrecision: { direction: 'higher', unit: 'share' },
  mae: { direction: 'lower', unit: 'target' },
  rmse: { direction: 'lower', unit: 'target' },
  r2: { direction: 'higher', unit: 'none' },
  latencyMs: { direction: 'lower', unit: 'ms' },
};

export function unitOf(metric: MetricName): Unit {
  return METRICS[metric.family].unit;
}

/** 1 where higher is better, -1 where lower is: the factor that makes every difference read "better is +". */
export function signOf(metric: MetricName): 1 | -1 {
  return METRICS[metric.family].direction === 'higher' ? 1 : -1;
}

/** A metric's name resolved against the classes of a task. */
export type ResolvedMetric =
  | { readonly kind: 'accuracy' }
  | { readonly kind: 'count'; readonly family: 'recall' | 'precision' | 'f1'; readonly of: number | typeof MACRO }
  | { readonly kind: 'loss'; readonly family: 'logLoss' | 'brier' }
  | { readonly kind: 'rank'; readonly family: 'auc' | 'averagePrecision'; readonly of: number }
  | { readonly kind: 'error'; readonly family: 'mae' | 'rmse' | 'r2' };

/** Whether a metric hangs on probabilities or scores, which a model that answers labels alone does not give. */
export function needsProbabilities(metric: ResolvedMetric): boolean {
  return metric.kind === 'loss' || metric.kind === 'rank';
}
