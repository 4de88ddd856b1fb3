import type { MetricFamily, MetricName, TaskConfig } from '../config/config.ts';

export type TaskKind = TaskConfig['kind'];

/** What stands in the brackets of a metric's name: nothing, a class label, or `macro`. */
type Form = 'whole' | 'class' | 'macro';

/** `of` of the average over the classes. A class that bears this label cannot be named in a metric. */
export const MACRO = 'macro';

const WHOLE: readonly Form[] = ['whole'];
const COUNTED_BINARY: readonly Form[] = ['whole', 'class', 'macro'];
const COUNTED_MULTICLASS: readonly Form[] = ['class', 'macro'];
const RANKED_BINARY: readonly Form[] = ['whole', 'class'];
const RANKED_MULTICLASS: readonly Form[] = ['class'];
const NONE: readonly Form[] = [];

const FORMS: { readonly [family in MetricFamily]: { readonly [task in TaskKind]: readonly Form[] } } = {
  accuracy: { binary: WHOLE, multiclass: WHOLE, regression: NONE },
  recall: { binary: COUNTED_BINARY, multiclass: COUNTED_MULTICLASS, regression: NONE },
  precision: { binary: COUNTED_BINARY, multiclass: COUNTED_MULTICLASS, regression: NONE },
  f1: { binary: COUNTED_BINARY, multiclass: COUNTED_MULTICLASS, regression: NONE },
  logLoss: { binary: WHOLE, multiclass: WHOLE, regression: NONE },
  brier: { binary: WHOLE, multiclass: WHOLE, regression: NONE },
  auc: { binary: RANKED_BINARY, multiclass: RANKED_MULTICLASS, regression: NONE },
  averagePrecision: { binary: RANKED_BINARY, multiclass: RANKED_MULTICLASS, regression: NONE },
  mae: { binary: NONE, multiclass: NONE, regression: WHOLE },
  rmse: { binary: NONE, multiclass: NONE, regression: WHOLE },
  r2: { binary: NONE, multiclass: NONE, regression: WHOLE },
  latencyMs: { binary: WHOLE, multiclass: WHOLE, regression: WHOLE },
};

/** Every family there is, in the order in which they are listed to people. */
export const METRIC_FAMILIES = Object.keys(FORMS) as readonly MetricFamily[];

/**
 * Reads `recall`, `recall[9]` or `recall[macro]`. A label may hold brackets itself: the first one opens, the last closes.
 *
 * Whether the metric fits a task is another question: {@link isMetricOf}.
 *
 * @throws RangeError where the text is no metric: callers know where it came from and say so.
 */
export function parseMetricName(text: string): MetricName {
  const match = /^([A-Za-z0-9]+)(?:\[(.+)\])?$/s.exec(text);
  const family = METRIC_FAMILIES.find((known) => known === match?.[1]);
  if (family === undefined) {
    throw new RangeError(`Invalid metric "${text}": expected one of ${METRIC_FAMILIES.join(', ')}.`);
  }
  const of = match?.[2];
  return of === undefined ? { family } : { family, of };
}

export function formatMetricName(metric: MetricName): string {
  return metric.of === undefined ? metric.family : `${metric.family}[${metric.of}]`;
}

/** The names that a task's metrics may have, to show to people: `CLASS` stands for any class label. */
export function metricsOf(task: TaskKind): readonly string[] {
  const placeholder = { whole: undefined, class: 'CLASS', macro: MACRO };
  return METRIC_FAMILIES.flatMap((family) =>
    FORMS[family][task].map((form) => {
      const of = placeholder[form];
      return formatMetricName(of === undefined ? { family } : { family, of });
    }),
  );
}

/** Whether the metric says something of such a task. Whether the class exists is only known with the data. */
export function isMetricOf(task: TaskKind, metric: MetricName): boolean {
  const form: Form = metric.of === undefined ? 'whole' : metric.of === MACRO ? 'macro' : 'class';
  return FORMS[metric.family][task].includes(form);
}
