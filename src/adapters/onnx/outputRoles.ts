import { canonicalLabel } from '../../dataset/labelSql.ts';
import type { OutputSignature, TensorType } from '../../evaluation/predictor.ts';
import { UserMistake } from '../../failure.ts';
import { statedLabels } from './classLabels.ts';
import type { ModelRole } from './inputSignature.ts';
import type { GraphOutline, ValueOutline } from './modelOutline.ts';
import { elementName, tensorTypeOf } from './tensorTypes.ts';
import type { FinalZipMap } from './zipMap.ts';
import { finalZipMaps } from './zipMap.ts';

/** Which outputs of a graph are asked for, and what each of them means. */
export type OutputRoles =
  | { readonly kind: 'values'; readonly values: string }
  | {
      readonly kind: 'classes';
      readonly classes: readonly string[];
      /** Labels are matched by their text, or are the class's index where the graph does not state its labels. */
      readonly labels?: { readonly name: string; readonly by: 'text' | 'index' };
      readonly probabilities?: string;
      readonly zipMap?: FinalZipMap;
    };

export interface ReadOutputs {
  readonly roles: OutputRoles;
  /** What had to be assumed, as sentences for the report. */
  readonly notes: readonly string[];
}

export function outputSignature(roles: OutputRoles): OutputSignature {
  if (roles.kind === 'values') return { kind: 'values' };
  return { kind: 'classes', classes: roles.classes, probabilities: roles.probabilities !== undefined };
}

/** @throws UserMistake where the outputs do not fit the task, or their classes cannot be told. */
export function readOutputs(graph: GraphOutline, role: ModelRole, where: string): ReadOutputs {
  return role.task.kind === 'regression' ? valueOutput(graph, where) : classOutputs(graph, role.task, where);
}

interface TensorOutput {
  readonly name: string;
  readonly type: TensorType;
  readonly dims: readonly (number | string)[] | undefined;
}

function tensorOutputs(graph: GraphOutline): TensorOutput[] {
  return graph.outputs.flatMap(({ name, type }) => {
    const element = type.kind === 'tensor' ? tensorTypeOf(type.element) : undefined;
    return element === undefined || type.kind !== 'tensor' ? [] : [{ name, type: element, dims: type.dims }];
  });
}

function isFloat(output: TensorOutput): boolean {
  return output.type === 'float32' || output.type === 'float64';
}

/** The last dimension where rows hold more than one number; `undefined` where open. */
function width(output: Pick<TensorOutput, 'dims'>): number | undefined {
  if (output.dims === undefined) return undefined;
  if (output.dims.length < 2) return 1;
  const sizes = output.dims.slice(1);
  return sizes.every((size) => typeof size === 'number') ? sizes.reduce((a, b) => a * b, 1) : undefined;
}

function valueOutput(graph: GraphOutline, where: string): ReadOutputs {
  if (finalZipMaps(graph).length > 0) {
    throw mistake({
      where,
      found: 'the model is a classifier, and the task is regression',
      expected: 'one output [rows, 1] of numbers',
      remedy: 'Set task to binary or multiclass, or train a regressor',
    });
  }
  const floats = tensorOutputs(graph).filter(isFloat);
  const [only] = floats;
  if (only === undefined || floats.length > 1) {
    throw mistake({
      where,
      found: `the model's outputs are ${shown(graph.outputs)}`,
      expected: 'one output [rows, 1] or [rows] of float32 or float64',
      remedy: 'Export the model with its predicted value as the only output',
    });
  }
  const wide = width(only);
  if (wide !== undefined && wide !== 1) {
    throw mistake({
      where,
      found: `the output "${only.name}" has ${wide} numbers a row`,
      expected: 'one number a row',
      remedy: 'Judge each target of a multi-output regression as a model of its own',
    });
  }
  return { roles: { kind: 'values', values: only.name }, notes: [] };
}

type ClassTask = Exclude<ModelRole['task'], { kind: 'regression' }>;

function classOutputs(graph: GraphOutline, task: ClassTask, where: string): ReadOutputs {
  const zipMaps = finalZipMaps(graph);
  if (zipMaps.length > 1) {
    throw mistake({
      where,
      found: `the model answers ${zipMaps.length} sets of probabilities`,
      expected: 'one target',
      remedy: 'Judge each target of a multi-output classifier as a model of its own',
    });
  }
  const [zipMap] = zipMaps;
  const outputs = tensorOutputs(graph);
  const labels = oneOf(
    outputs.filter((output) => !isFloat(output)),
    ['label', 'output_label', 'predicted_label'],
    graph,
    where,
  );
  const probabilities =
    zipMap === undefined
      ? oneOf(outputs.filter(isFloat), ['probabilities', 'output_probability', 'probability'], graph, where)
      : { name: zipMap.probabilities, dims: undefined };
  if (labels === undefined && probabilities === undefined) {
    throw mistake({
      where,
      found: `the model's outputs are ${shown(graph.outputs)}`,
      expected: 'labels [rows], probabilities [rows, classes], or both',
      remedy: 'See docs/models.md for what each framework exports',
    });
  }
  const stated = zipMap?.classes ?? labelsStated(graph, labels?.name, probabilities?.name);
  const classes = classesOf(stated, task, where);
  const wide = probabilities?.dims === undefined ? undefined : width(probabilities);
  const binaryColumn = task.kind === 'binary' && wide === 1;
  if (wide !== undefined && wide !== classes.length && !binaryColumn) {
    throw mistake({
      where,
      found: `the output "${probabilities?.name}" has ${wide} columns, and there are ${classes.length} classes: ${classes.join(', ')}`,
      expected: 'one probability for each class',
      remedy: stated === undefined ? 'Correct classes in touchstone.yml' : 'Export the model again',
    });
  }
  const notes = [
    ...(labels === undefined && stated === undefined && probabilities !== undefined
      ? [`The output "${probabilities.name}" is taken as the probabilities of ${classes.join(', ')}, in this order.`]
      : []),
    ...(binaryColumn ? [`The output "${probabilities?.name}" is taken as the probability of ${classes[1]}.`] : []),
  ];
  const byIndex = stated === undefined && classes.some((label) => !/^-?\d+$/.test(label)) && labels?.type !== 'string';
  return {
    roles: {
      kind: 'classes',
      classes,
      ...(labels === undefined ? {} : { labels: { name: labels.name, by: byIndex ? 'index' : 'text' } }),
      ...(probabilities === undefined ? {} : { probabilities: probabilities.name }),
      ...(zipMap === undefined ? {} : { zipMap }),
    },
    notes,
  };
}

function labelsStated(graph: GraphOutline, ...tensors: readonly (string | undefined)[]): readonly string[] | undefined {
  for (const tensor of tensors) {
    const labels = tensor === undefined ? undefined : statedLabels(graph, tensor);
    if (labels !== undefined) return labels;
  }
  return undefined;
}

function classesOf(stated: readonly string[] | undefined, task: ClassTask, where: string): readonly string[] {
  const given = task.classes;
  const classes = asGiven(stated, given) ?? given;
  if (classes === undefined) {
    throw new UserMistake('model-classes', {
      where,
      found: 'the model does not state its class labels',
      expected: 'the label of each probability column',
      remedy: 'List them as classes in touchstone.yml, in the order of the columns',
    });
  }
  if (given !== undefined && !sameSet(given, classes)) {
    throw new UserMistake('model-classes', {
      where,
      found: `the model's classes are ${classes.join(', ')}, and touchstone.yml says ${given.join(', ')}`,
      expected: 'the same labels',
      remedy: 'Correct classes in touchstone.yml, or train on this target again',
    });
  }
  if (
    new Set(classes).size !== classes.length ||
    (task.kind === 'binary' && classes.length !== 2) ||
    classes.length < 2
  ) {
    throw new UserMistake('model-classes', {
      where,
      found: `the model's classes are ${classes.join(', ')}`,
      expected: task.kind === 'binary' ? 'two classes for a binary task' : 'two or more classes, each once',
      remedy: task.kind === 'binary' ? 'Set task: multiclass, or train on two classes' : 'Look at the training labels',
    });
  }
  if (classes.length > 65_535) {
    throw new UserMistake('model-classes', {
      where,
      found: `there are ${classes.length} classes`,
      expected: 'at most 65,535',
    });
  }
  return classes;
}

/**
 * The stated labels as the config writes them, where it means the same: `1.0` for 1, and true and false for the 1 and 0
 * that converters make of them.
 */
function asGiven(
  stated: readonly string[] | undefined,
  given: readonly string[] | undefined,
): readonly string[] | undefined {
  return stated?.map((label) => {
    const truth = label === '1' ? 'true' : label === '0' ? 'false' : undefined;
    const same = (other: string): boolean => canonicalLabel(other) === canonicalLabel(label);
    return given?.find(same) ?? given?.find((other) => canonicalLabel(other) === truth) ?? label;
  });
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((label) => b.includes(label));
}

/** The one output of a kind; where there are several, the one that a converter would name so. */
function oneOf(
  outputs: readonly TensorOutput[],
  usual: readonly string[],
  graph: GraphOutline,
  where: string,
): TensorOutput | undefined {
  if (outputs.length < 2) return outputs[0];
  const named = outputs.filter((output) => usual.includes(output.name));
  if (named.length === 1) return named[0];
  throw mistake({
    where,
    found: `the model's outputs are ${shown(graph.outputs)}, and which of them counts is not clear`,
    expected: `one of them named ${usual.map((name) => `"${name}"`).join(' or ')}`,
    remedy: 'Export the model with only its labels and its probabilities as outputs',
  });
}

function shown(outputs: readonly ValueOutline[]): string {
  return outputs.map(({ name, type }) => `"${name}" (${describe(type)})`).join(', ');
}

function describe(type: ValueOutline['type']): string {
  if (type.kind === 'unstated') return 'of no stated type';
  if (type.kind === 'other') return type.what;
  const dims = type.dims?.map((dim) => (dim === '' ? '?' : dim)).join(', ');
  return `${elementName(type.element)}${dims === undefined ? '' : ` [${dims}]`}`;
}

function mistake(problem: ConstructorParameters<typeof UserMistake>[1]): UserMistake {
  return new UserMistake('model-outputs', problem);
}
