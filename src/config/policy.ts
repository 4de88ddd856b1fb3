import { formatMetricName } from '../evaluation/metricName.ts';
import type { Json } from '../identity/digest.ts';
import type { DataConfig, GateConfig, Margin, ModelConfig, SliceConfig, TaskConfig } from './config.ts';
import { gateId } from './normalise.ts';

/**
 * The part of a model's configuration that judging depends on. A verdict is stored under its digest, so it is the same
 * value however the file is written: keys and entries in any order, defaults spelled out or not. The order of features
 * and of classes has a meaning, and stays.
 */
export function policyOf(model: ModelConfig): Json {
  return {
    schema: 'touchstone/policy/v1',
    task: taskOf(model.task),
    target: model.target,
    id: model.id,
    time: model.time,
    group: model.group,
    features: model.features,
    data: dataOf(model.data),
    slices: sorted(model.slices.map(sliceOf)),
    metrics: [...model.metrics.map(formatMetricName)].sort(),
    gates: sorted(model.gates.map(gateOf)),
  };
}

function taskOf(task: TaskConfig): Json {
  switch (task.kind) {
    case 'binary':
      return { kind: task.kind, positive: task.positive, classes: task.classes };
    case 'multiclass':
      return { kind: task.kind, classes: task.classes };
    case 'regression':
      return { kind: task.kind };
  }
}

function dataOf(data: DataConfig): Json {
  return { holdout: [...data.holdout].sort(), schema: data.schema, split: data.split && { ...data.split } };
}

function sliceOf(slice: SliceConfig): readonly [key: string, value: Json] {
  return slice.kind === 'column'
    ? [`column ${slice.column}`, { column: slice.column }]
    : [`where ${slice.name}`, { name: slice.name, where: slice.where }];
}

function gateOf(gate: GateConfig): readonly [key: string, value: Json] {
  const { min, max, whenInconclusive } = gate;
  const margins = { maxRegression: marginOf(gate.maxRegression), minImprovement: marginOf(gate.minImprovement) };
  const metric = formatMetricName(gate.metric);
  return [gateId(gate), { metric, slice: gate.slice, min, max, ...margins, whenInconclusive }];
}

function marginOf(margin: Margin | undefined): Json | undefined {
  if (margin === undefined) return undefined;
  return margin.kind === 'absolute' ? { absolute: margin.value } : { relative: margin.fraction };
}

function sorted(entries: readonly (readonly [key: string, value: Json])[]): readonly Json[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, value]) => value);
}
