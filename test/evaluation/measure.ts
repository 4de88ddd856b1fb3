import type { TaskConfig } from '../../src/config/config.ts';
import { evaluate } from '../../src/evaluation/evaluate.ts';
import type { Holdout } from '../../src/evaluation/holdout.ts';
import type { Measurement } from '../../src/evaluation/measurement.ts';
import { formatMetricName, parseMetricName } from '../../src/evaluation/metricName.ts';
import type { Contenders } from '../../src/evaluation/pairBatches.ts';

export interface Ask {
  readonly task: TaskConfig;
  readonly metrics: readonly string[];
  readonly slices?: readonly string[];
  readonly group?: string;
  readonly id?: string;
}

/** Measurements by `METRIC@SLICE`. */
export async function measure(holdout: Holdout, contenders: Contenders, ask: Ask): Promise<Map<string, Measurement>> {
  const evaluation = await evaluate(
    holdout,
    contenders,
    {
      task: ask.task,
      target: 'target',
      metrics: ask.metrics.map(parseMetricName),
      gates: [],
      access: 'open',
      slices: (ask.slices ?? []).map((name) => ({ name, where: name })),
      ...(ask.group !== undefined && { group: ask.group }),
      ...(ask.id !== undefined && { id: ask.id }),
    },
    () => undefined,
  );
  return new Map(evaluation.measurements.map((found) => [`${formatMetricName(found.metric)}@${found.slice}`, found]));
}

/** The point values of one side, for tests that expect them all to exist. */
export function valuesOf(
  measurements: ReadonlyMap<string, Measurement>,
  side: 'candidate' | 'baseline',
): Record<string, number | string> {
  return Object.fromEntries(
    [...measurements].map(([id, measurement]) => {
      const measured = measurement[side];
      return [id, measured?.kind === 'value' ? measured.value : (measured?.because ?? 'absent')];
    }),
  );
}
