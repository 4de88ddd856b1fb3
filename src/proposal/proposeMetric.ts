import type { MetricName, TaskConfig } from '../config/config.ts';
import { MACRO } from '../evaluation/metricName.ts';
import { formatNumber } from '../wording/numbers.ts';
import type { Associations } from './associations.ts';
import { formatShare } from './shares.ts';
import type { Survey, SurveyedColumn } from './survey.ts';

export interface ProposedMetric {
  readonly metric: MetricName;
  readonly shown: readonly MetricName[];
  /** What always giving the same answer comes to. */
  readonly floor?: number;
  readonly reason: string;
}

// With such a class most answers are right that always name it.
const LARGE_CLASS = 0.5;
const RARE_POSITIVE = 0.1;

/** The metric that gates, those shown beside it, and what a model has to be better than to have learned anything. */
export function proposeMetric(
  survey: Survey,
  target: SurveyedColumn,
  task: TaskConfig,
  { deviation }: Associations,
): ProposedMetric {
  const { rows } = survey;
  const largest = target.common[0]?.rows ?? 0;
  switch (task.kind) {
    case 'binary': {
      const positive = target.common.find(({ value }) => value === task.positive)?.rows ?? 0;
      const rare = positive < RARE_POSITIVE * rows;
      const first = rare ? 'averagePrecision' : 'accuracy';
      return {
        metric: { family: 'auc' },
        shown: ([first, 'precision', 'recall', 'logLoss'] as const).map((family) => ({ family })),
        floor: 0.5,
        reason: `it ranks rows whatever the threshold, and does not reward naming the larger class, ${formatShare(largest, rows)} of the rows`,
      };
    }
    case 'multiclass':
      return proposeForClasses(largest / rows, target.distinct, formatShare(largest, rows));
    case 'regression':
      return {
        metric: { family: 'mae' },
        shown: [{ family: 'rmse' }, { family: 'r2' }],
        ...(deviation !== undefined && { floor: deviation }),
        reason: `it is in the unit of the target, and few large errors do not decide it${deviation === undefined ? '' : `; always answering the median comes to ${formatNumber(deviation, decimalsOf(deviation))}`}`,
      };
  }
}

function proposeForClasses(largest: number, classes: number, shown: string): ProposedMetric {
  const accuracy: MetricName = { family: 'accuracy' };
  const f1: MetricName = { family: 'f1', of: MACRO };
  const logLoss: MetricName = { family: 'logLoss' };
  if (largest < LARGE_CLASS) {
    const reason = `the share of right answers; always naming the largest class comes to ${shown}`;
    return { metric: accuracy, shown: [f1, logLoss], floor: largest, reason };
  }
  // Naming one class always: its recall is 1 and its precision its share p, so its F1 is 2p / (1 + p), and that of the others 0.
  const floor = (2 * largest) / (1 + largest) / classes;
  const reason = `every class counts alike; the largest one alone is ${shown} of the rows`;
  return { metric: f1, shown: [accuracy, logLoss], floor, reason };
}

function decimalsOf(value: number): number {
  return Math.max(0, 2 - Math.floor(Math.log10(Math.max(value, 1e-6))));
}
