import { formatMetricName, METRIC_FAMILIES, metricsOf, parseMetricName } from '../evaluation/metricName.ts';
import { isRepositoryName } from '../identity/git.ts';
import { NAME_RULE, parseEnvironmentName, parseModelName } from '../identity/names.ts';
import { quote, suggestion, type Complain, type Path } from './complaint.ts';
import { normaliseCommandRights } from './commandRights.ts';
import type {
  CommandRights,
  GateConfig,
  Margin,
  MetricName,
  ModelConfig,
  RegistryLocation,
  SliceConfig,
  TaskConfig,
} from './config.ts';
import { normaliseData } from './normaliseData.ts';
import { normaliseTrain } from './normaliseTrain.ts';
import { readMargin } from './quantities.ts';
import { entriesOf, take, type Reading } from './reading.ts';
import type { WrittenConfig, WrittenGate, WrittenLabel, WrittenModel } from './writtenForm.ts';

/** A model in its normalised shape, beside what was written: some rules look at both. */
export interface NormalisedModel {
  readonly path: Path;
  readonly written: WrittenModel;
  readonly model: ModelConfig;
}

export interface Normalised {
  readonly registry: RegistryLocation;
  readonly models: readonly NormalisedModel[];
  readonly commands: CommandRights;
}

/** Who is told of what cannot be read, and who knows how a scalar was spelt. */
export interface Desk {
  readonly complain: Complain;
  readonly sourceOf: (path: Path) => string | undefined;
}

/**
 * Fills in defaults and spells out shorthand. What cannot be read is told, and something valid stands in for it, so that
 * the rest can be judged; lists keep their order and their length.
 */
export function normalise(written: WrittenConfig, desk: Desk): Normalised {
  return {
    registry: normaliseRegistry(written.registry ?? 'file:.touchstone/registry', desk.complain),
    models: Object.entries(written.models).map(([name, model]) => {
      const path = ['models', name];
      return { path, written: model, model: normaliseModel(name, model, path, desk) };
    }),
    commands: normaliseCommandRights(written.commands, desk.complain),
  };
}

function normaliseRegistry(written: string, complain: Complain): RegistryLocation {
  return take(readRegistry(written), written, ['registry'], complain) ?? { kind: 'folder', path: '.' };
}

function readRegistry(written: string): Reading<RegistryLocation> {
  if (/^file:[^\u0000-\u001f]+$/.test(written)) {
    return { kind: 'read', value: { kind: 'folder', path: written.slice('file:'.length) } };
  }
  // Without the colon, which YAML takes for a mapping's, it means the same.
  const named = written === 'github' ? '' : /^github:(.*)$/.exec(written)?.[1];
  if (named === '') return { kind: 'read', value: { kind: 'github' } };
  if (named !== undefined && isRepositoryName(named)) {
    return { kind: 'read', value: { kind: 'github', repository: named } };
  }
  if (named !== undefined) {
    return { kind: 'refused', expected: 'github: for this repository, or github:OWNER/NAME' };
  }
  return {
    kind: 'refused',
    expected: 'file:PATH, such as file:.touchstone/registry, or github:',
    ...(!written.includes(':') && { remedy: `Write ${quote(`file:${written}`)}` }),
  };
}

function normaliseModel(name: string, written: WrittenModel, path: Path, desk: Desk): ModelConfig {
  const { complain } = desk;
  const task = normaliseTask(written, path, desk);
  const features =
    written.features === undefined ? undefined : entriesOf(written.features, []).map(({ value }) => value);
  return {
    name: named(name, parseModelName, path, (complaint) => complain({ ...complaint, atKey: true })),
    task,
    target: written.target,
    ...(written.id === undefined ? {} : { id: written.id }),
    ...(written.time === undefined ? {} : { time: written.time }),
    ...(written.group === undefined ? {} : { group: written.group }),
    ...(features === undefined ? {} : { features }),
    data: normaliseData(name, written, [...path, 'data'], complain),
    ...(written.train === undefined ? {} : { train: normaliseTrain(written.train, [...path, 'train'], complain) }),
    slices: entriesOf(written.slices, []).map(({ value }) => normaliseSlice(value)),
    metrics:
      written.metrics === undefined
        ? DEFAULT_METRICS[task.kind].map(parseMetricName)
        : entriesOf(written.metrics, [...path, 'metrics']).map((entry) =>
            readMetric(entry.value, task, entry.path, complain),
          ),
    gates: (written.gates ?? []).map((gate, index) => normaliseGate(gate, task, [...path, 'gates', index], complain)),
    promote: { requires: written.promote?.requires ?? 'judged' },
    deploy: { environments: normaliseEnvironments(written, [...path, 'deploy', 'environments'], complain) },
  };
}

const DEFAULT_METRICS: { readonly [task in TaskConfig['kind']]: readonly string[] } = {
  binary: ['accuracy', 'precision', 'recall', 'auc', 'logLoss'],
  multiclass: ['accuracy', 'f1[macro]', 'logLoss'],
  regression: ['mae', 'rmse', 'r2'],
};

function named<T>(written: string, parse: (text: string) => T, path: Path, complain: Complain): T {
  const name = parsed(written, parse);
  if (name !== undefined) return name;
  const near = written
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 63);
  const remedy = parsed(near, parse) === undefined ? {} : { remedy: `Write ${quote(near)}` };
  complain({ path, found: `invalid name ${quote(written)}`, expected: NAME_RULE, ...remedy });
  return parse('unnamed');
}

function parsed<T>(text: string, parse: (text: string) => T): T | undefined {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function normaliseTask(written: WrittenModel, path: Path, desk: Desk): TaskConfig {
  if (written.task === 'regression') return { kind: 'regression' };
  const labels = written.classes?.map((label, index) => readLabel(label, [...path, 'classes', index], desk));
  const classes = labels === undefined ? {} : { classes: labels };
  if (written.task === 'multiclass') return { kind: 'multiclass', ...classes };
  const { positive } = written;
  return positive === undefined
    ? { kind: 'binary', ...classes }
    : { kind: 'binary', positive: readLabel(positive, [...path, 'positive'], desk), ...classes };
}

/** The text of a label. A number or boolean with more than one spelling (`007`, `1.0`, `True`) has to say which it is. */
function readLabel(written: WrittenLabel, path: Path, desk: Desk): string {
  if (typeof written === 'string') return written;
  const text = String(written);
  const source = desk.sourceOf(path) ?? text;
  if (source !== text || (typeof written === 'number' && !Number.isSafeInteger(written))) {
    const found = `the label ${source}, which YAML reads as the ${typeof written} ${text}`;
    desk.complain({ path, found, remedy: `Put it in quotes as it stands in the data: ${quote(source)}` });
  }
  return text;
}

function normaliseSlice(
  written: string | Exclude<SliceConfig, { kind: 'column' }> | { name: string; where: string },
): SliceConfig {
  return typeof written === 'string'
    ? { kind: 'column', column: written }
    : { kind: 'where', name: written.name, where: written.where };
}

function readMetric(written: string, task: TaskConfig, path: Path, complain: Complain): MetricName {
  const metric = parsed(written, parseMetricName);
  if (metric !== undefined) return metric;
  const [family = '', bracket = ''] = written.split(/(?=\[)/, 2);
  complain({
    path,
    found: `unknown metric ${quote(written)}`,
    expected: `one of ${metricsOf(task.kind).join(', ')}`,
    ...(bracket === '' ? suggestion(family, METRIC_FAMILIES) : {}),
  });
  return { family: 'accuracy' };
}

function normaliseGate(written: WrittenGate, task: TaskConfig, path: Path, complain: Complain): GateConfig {
  const slice = written.slice ?? 'overall';
  const margin = (key: 'maxRegression' | 'minImprovement'): { readonly [bound in typeof key]?: Margin } => {
    const value = written[key];
    const read = value === undefined ? undefined : take(readMargin(value), value, [...path, key], complain);
    return read === undefined ? {} : { [key]: read };
  };
  return {
    metric: readMetric(written.metric, task, [...path, 'metric'], complain),
    slice,
    ...(written.min === undefined ? {} : { min: written.min }),
    ...(written.max === undefined ? {} : { max: written.max }),
    ...margin('maxRegression'),
    ...margin('minImprovement'),
    whenInconclusive: written.whenInconclusive ?? (slice === 'overall' ? 'observed' : 'pass'),
  };
}

function normaliseEnvironments(
  written: WrittenModel,
  path: Path,
  complain: Complain,
): ModelConfig['deploy']['environments'] {
  const [first, ...rest] = entriesOf(written.deploy?.environments ?? 'production', path).map(({ value, path: at }) =>
    named(value, parseEnvironmentName, at, complain),
  );
  return [first ?? parseEnvironmentName('production'), ...rest];
}

/** `recall@sex=Male`: how findings call a gate. */
export function gateId(gate: Pick<GateConfig, 'metric' | 'slice'>): string {
  return `${formatMetricName(gate.metric)}@${gate.slice}`;
}
