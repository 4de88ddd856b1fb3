import { distance } from 'fastest-levenshtein';
import type { ModelConfig } from '../../config/config.ts';
import type { InputSignature, TensorType } from '../../evaluation/predictor.ts';
import type { Problem } from '../../failure.ts';
import { UserMistake } from '../../failure.ts';
import type { ValueOutline } from './modelOutline.ts';
import { elementName, tensorTypeOf } from './tensorTypes.ts';

/** What of a model's config decides how its file is fed and read. */
export type ModelRole = Pick<ModelConfig, 'task' | 'target' | 'id' | 'time' | 'group' | 'features'>;

/** An input of the graph, matched with the data: its signature, and the shape it must be fed in. */
export interface MatchedInput {
  readonly signature: InputSignature;
  /** Dimensions after the first, which counts rows; their product is the number of columns. */
  readonly trailing: readonly number[];
  /** Rows that every call must have, where the file fixes them. */
  readonly fixedRows?: number;
}

/**
 * Matches a graph's inputs with the columns of the data.
 *
 * @param columns of the data, in its order.
 * @throws UserMistake with every input that does not fit, and the columns with the nearest names.
 */
export function matchInputs(
  inputs: readonly ValueOutline[],
  role: ModelRole,
  columns: readonly string[],
  where: string,
): MatchedInput[] {
  const tensors = inputs.map((input) => tensorInput(input, where));
  const [only] = tensors;
  if (only === undefined) {
    throw mistake({ where, found: 'the model has no input', remedy: 'Export it with its features as input' });
  }
  const byColumn = new ColumnsByInputName(columns);
  const isColumn = tensors.length > 1 || (isOneColumn(only) && byColumn.find(only.name).length > 0);
  if (!isColumn) return [matrixInput(only, role, columns, where)];

  const problems: Problem[] = [];
  const matched = tensors.flatMap((tensor) => {
    const problem = columnProblem(tensor, role, byColumn, where);
    if (problem !== undefined) problems.push(problem);
    const [feature] = byColumn.find(tensor.name);
    if (problem !== undefined || feature === undefined) return [];
    const { name, type } = tensor;
    return [{ signature: { kind: 'column' as const, name, type, feature }, ...shapeOfColumn(tensor) }];
  });
  const [first, ...rest] = problems;
  if (first !== undefined) throw mistake(first, ...rest);
  return matched;
}

interface TensorInput {
  readonly name: string;
  readonly type: TensorType;
  readonly dims: readonly (number | string)[] | undefined;
}

function tensorInput(input: ValueOutline, where: string): TensorInput {
  if (input.type.kind !== 'tensor') {
    throw mistake({
      where,
      found: `the input "${input.name}" is ${input.type.kind === 'other' ? `a ${input.type.what}` : 'of no stated type'}`,
      expected: 'tensors as inputs',
    });
  }
  const type = tensorTypeOf(input.type.element);
  if (type === undefined) {
    throw mistake({
      where,
      found: `the input "${input.name}" takes ${elementName(input.type.element)}`,
      expected: 'float32, float64, int64, int32, bool or string',
      remedy: 'Put a Cast at the start of the graph',
    });
  }
  return { name: input.name, type, dims: input.type.dims };
}

function isOneColumn({ dims }: TensorInput): boolean {
  return (
    dims === undefined || dims.length === 1 || (dims.length === 2 && (dims[1] === 1 || typeof dims[1] === 'string'))
  );
}

function shapeOfColumn({ dims }: TensorInput): { trailing: readonly number[]; fixedRows?: number } {
  const rows = dims?.[0];
  return { trailing: dims?.length === 1 ? [] : [1], ...(typeof rows === 'number' ? { fixedRows: rows } : {}) };
}

function columnProblem(
  tensor: TensorInput,
  role: ModelRole,
  byColumn: ColumnsByInputName,
  where: string,
): Problem | undefined {
  if (!isOneColumn(tensor)) {
    return {
      where,
      found: `the input "${tensor.name}" has the shape ${shapeText(tensor)}, one of several inputs`,
      expected: 'one tensor of all features, or one input [rows, 1] for each column',
      remedy: 'Export the model with one input per column: see docs/models.md',
    };
  }
  const found = byColumn.find(tensor.name);
  if (found.length > 1) {
    return {
      where,
      found: `the input "${tensor.name}" may be any of the columns ${list(found)}`,
      expected: 'names that stay apart when the converter writes "_" for other characters',
      remedy: 'Rename the columns',
    };
  }
  if (found[0] === role.target) {
    return {
      where,
      found: `the model takes the target "${role.target}" as an input`,
      expected: 'a model of the features alone',
      remedy: 'Drop the target from the training features and train again',
    };
  }
  if (found.length === 1) return undefined;
  return {
    where,
    found: `the model has an input "${tensor.name}", and the data has no such column`,
    expected: `one of its columns, such as ${list(byColumn.nearest(tensor.name))}`,
    remedy: 'Train on the columns of this data, or rename the column or the input',
  };
}

/**
 * Columns by the names that inputs have for them: the column's own, or what skl2onnx makes of it, which is `_` for every
 * character that is no letter, digit, `_` or `+`, and `_` before a leading digit (`Topology._generate_unique_name`).
 */
class ColumnsByInputName {
  readonly #columns: readonly string[];

  constructor(columns: readonly string[]) {
    this.#columns = columns;
  }

  find(input: string): readonly string[] {
    if (this.#columns.includes(input)) return [input];
    return this.#columns.filter((column) => converted(column) === input);
  }

  nearest(input: string): readonly string[] {
    const by = (column: string): number => distance(column.toLowerCase(), input.toLowerCase());
    return [...this.#columns].sort((a, b) => by(a) - by(b)).slice(0, 3);
  }
}

function converted(column: string): string {
  const name = column.replace(/[^\p{L}\p{N}_+]/gu, '_');
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

/** Every column but target, id, time and group, in the order of the data. */
function defaultFeatures(role: ModelRole, columns: readonly string[]): string[] {
  const others = new Set([role.target, role.id, role.time, role.group]);
  return columns.filter((column) => !others.has(column));
}

function matrixInput(tensor: TensorInput, role: ModelRole, columns: readonly string[], where: string): MatchedInput {
  const features = role.features ?? defaultFeatures(role, columns);
  const missing = features.filter((feature) => !columns.includes(feature));
  const [absent, ...others] = missing.map((feature) => {
    const nearest = new ColumnsByInputName(columns).nearest(feature);
    const found = `the feature "${feature}" is no column of the data`;
    return { where, found, expected: `one of its columns, such as ${list(nearest)}`, remedy: 'Correct features' };
  });
  if (absent !== undefined) throw mistake(absent, ...others);
  const dims = tensor.dims;
  if (dims !== undefined && dims.length < 2) {
    throw mistake({
      where,
      found: `the input "${tensor.name}" has the shape ${shapeText(tensor)}, and is no column of the data`,
      expected: 'a tensor [rows, features], or an input named like a column',
      remedy: `Export the model with a batch dimension; columns: ${list(features)}`,
    });
  }
  const trailing = trailingDims(dims, features.length);
  if (trailing === undefined) throw wrongCount(tensor, role, features, where);
  const rows = dims?.[0];
  return {
    signature: { kind: 'matrix', name: tensor.name, type: tensor.type, features },
    trailing,
    ...(typeof rows === 'number' ? { fixedRows: rows } : {}),
  };
}

/** The dimensions after the first, if they can hold `count` columns: at most one of them may be open. */
function trailingDims(dims: readonly (number | string)[] | undefined, count: number): number[] | undefined {
  if (dims === undefined) return [count];
  const trailing = dims.slice(1);
  const product = trailing.reduce<number>((value, dim) => value * (typeof dim === 'number' ? dim : 1), 1);
  const open = trailing.filter((dim) => typeof dim === 'string').length;
  if (open > 1 || count === 0 || (open === 0 ? product !== count : count % product !== 0)) return undefined;
  return trailing.map((dim) => (typeof dim === 'number' ? dim : count / product));
}

function wrongCount(tensor: TensorInput, role: ModelRole, features: readonly string[], where: string): UserMistake {
  const source = role.features === undefined ? 'the data has' : 'the config lists';
  return mistake({
    where,
    found: `the input "${tensor.name}" has the shape ${shapeText(tensor)}, and ${source} ${features.length} features: ${list(features)}`,
    expected: 'as many features as the model was trained on',
    remedy: 'Set features in touchstone.yml to the columns of the training matrix, in their order',
  });
}

function shapeText({ dims }: TensorInput): string {
  if (dims === undefined) return 'unknown';
  return `[${dims.map((dim, index) => (typeof dim === 'number' ? dim : dim || (index === 0 ? 'rows' : '?'))).join(', ')}]`;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 40).map((name) => `"${name}"`);
  return names.length > 40 ? `${shown.join(', ')} and ${names.length - 40} more` : shown.join(', ');
}

function mistake(first: Problem, ...rest: readonly Problem[]): UserMistake {
  return new UserMistake('model-inputs', first, ...rest);
}
