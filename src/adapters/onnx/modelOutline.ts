import type { Field } from './protobufFields.ts';
import { fieldsOf, integerOf, integersOf, MalformedProtobuf, textOf } from './protobufFields.ts';

/**
 * What is read of an ONNX file: the outline of its graph, never its weights.
 * Field numbers are those of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 */
export interface OnnxOutline {
  readonly irVersion: number;
  /** Domain to version; `""` is `ai.onnx`. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: GraphOutline;
  /** Every tensor of the file, subgraphs and functions included, whose data lies in another file. */
  readonly externalTensors: readonly ExternalTensor[];
}

export interface GraphOutline {
  readonly nodes: readonly NodeOutline[];
  /** What must be fed: graph inputs that no initializer gives a value to. */
  readonly inputs: readonly ValueOutline[];
  readonly outputs: readonly ValueOutline[];
  /** Name to the TensorProto's bytes. */
  readonly initializers: ReadonlyMap<string, Uint8Array>;
}

/** Offsets of a field in the file, tag included, so that it can be cut out. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface NodeOutline extends Span {
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Name to the AttributeProto's bytes. */
  readonly attributes: ReadonlyMap<string, Uint8Array>;
}

export interface ValueOutline extends Span {
  readonly name: string;
  readonly type: ValueType;
}

export type ValueType =
  | {
      readonly kind: 'tensor';
      /** TensorProto.DataType; 0 where the file does not say. */
      readonly element: number;
      /** A number where fixed, else the name of the dimension (`""` where it has none); absent where the rank is unknown. */
      readonly dims?: readonly (number | string)[];
    }
  | { readonly kind: 'other'; readonly what: 'sequence' | 'map' | 'optional' | 'sparse tensor' }
  | { readonly kind: 'unstated' };

export interface ExternalTensor extends Span {
  readonly name: string;
  /** Number of the field that holds the tensor, in its parent. */
  readonly field: number;
  readonly tensor: Uint8Array;
  /** `location`, `offset`, `length`, `checksum` as written. */
  readonly entries: ReadonlyMap<string, string>;
}

const MAX_DEPTH = 64;

/**
 * @throws MalformedProtobuf where the bytes are no protobuf message, or one that is no ONNX model.
 */
export function outlineOnnx(file: Uint8Array): OnnxOutline {
  const external: ExternalTensor[] = [];
  const opsets = new Map<string, number>();
  let irVersion = 0;
  let graph: GraphOutline | undefined;
  for (const field of fieldsOf(file)) {
    if (field.number === 1) irVersion = integerOf(field);
    else if (field.number === 8) addOpset(field.body, opsets);
    else if (field.number === 7) {
      // Protobuf would merge a second graph into the first; no exporter writes one.
      if (graph !== undefined) throw new MalformedProtobuf('two graphs in one model');
      graph = outlineGraph(field.body, field.end - field.body.length, external, 0);
    } else if (field.number === 25 || field.number === 20) {
      findExternal(field.body, field.end - field.body.length, field.number === 25 ? FUNCTION : TRAINING, external, 0);
    }
  }
  if (graph === undefined) throw new MalformedProtobuf('no graph in it');
  return { irVersion, opsets, graph, externalTensors: external };
}

function addOpset(message: Uint8Array, opsets: Map<string, number>): void {
  let domain = '';
  let version = 0;
  for (const field of fieldsOf(message)) {
    if (field.number === 1) domain = textOf(field);
    else if (field.number === 2) version = integerOf(field);
  }
  opsets.set(domain === 'ai.onnx' ? '' : domain, version);
}

function outlineGraph(message: Uint8Array, base: number, external: ExternalTensor[], depth: number): GraphOutline {
  const nodes: NodeOutline[] = [];
  const inputs: ValueOutline[] = [];
  const outputs: ValueOutline[] = [];
  const initializers = new Map<string, Uint8Array>();
  for (const field of fieldsOf(message)) {
    const span = { start: base + field.start, end: base + field.end };
    if (field.number === 1) nodes.push(outlineNode(field.body, span));
    else if (field.number === 5) initializers.set(nameOfTensor(field.body), field.body);
    else if (field.number === 11) inputs.push(outlineValue(field.body, span));
    else if (field.number === 12) outputs.push(outlineValue(field.body, span));
  }
  findExternal(message, base, GRAPH, external, depth);
  return { nodes, inputs: inputs.filter((input) => !initializers.has(input.name)), outputs, initializers };
}

function outlineNode(message: Uint8Array, span: Span): NodeOutline {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Uint8Array>();
  let op = '';
  let domain = '';
  for (const field of fieldsOf(message)) {
    if (field.number === 1) inputs.push(textOf(field));
    else if (field.number === 2) outputs.push(textOf(field));
    else if (field.number === 4) op = textOf(field);
    else if (field.number === 5) attributes.set(nameOfAttribute(field.body), field.body);
    else if (field.number === 7) domain = textOf(field);
  }
  return { ...span, op, domain: domain === 'ai.onnx' ? '' : domain, inputs, outputs, attributes };
}

function outlineValue(message: Uint8Array, span: Span): ValueOutline {
  let name = '';
  let type: ValueType = { kind: 'unstated' };
  for (const field of fieldsOf(message)) {
    if (field.number === 1) name = textOf(field);
    else if (field.number === 2) type = typeOf(field.body);
  }
  return { ...span, name, type };
}

const OTHER_TYPES = new Map([
  [4, 'sequence'],
  [5, 'map'],
  [8, 'sparse tensor'],
  [9, 'optional'],
] as const);

function typeOf(message: Uint8Array): ValueType {
  for (const field of fieldsOf(message)) {
    if (field.number === 1) return tensorType(field.body);
    const what = OTHER_TYPES.get(field.number as 4);
    if (what !== undefined) return { kind: 'other', what };
  }
  return { kind: 'unstated' };
}

function tensorType(message: Uint8Array): ValueType {
  let element = 0;
  let dims: (number | string)[] | undefined;
  for (const field of fieldsOf(message)) {
    if (field.number === 1) element = integerOf(field);
    else if (field.number === 2) dims = [...fieldsOf(field.body)].filter((dim) => dim.number === 1).map(dimension);
  }
  return { kind: 'tensor', element, ...(dims === undefined ? {} : { dims }) };
}

function dimension(field: Field): number | string {
  for (const part of fieldsOf(field.body)) {
    if (part.number === 1) {
      const value = integerOf(part);
      return value > 0 ? value : ''; // Old exporters write 0 or -1 for "any".
    }
    if (part.number === 2) return textOf(part);
  }
  return '';
}

function nameOfTensor(message: Uint8Array): string {
  for (const field of fieldsOf(message)) if (field.number === 8) return textOf(field);
  return '';
}

function nameOfAttribute(message: Uint8Array): string {
  for (const field of fieldsOf(message)) if (field.number === 1) return textOf(field);
  return '';
}

/** Which fields of a message lead to tensors: field number to the kind of message there. */
interface Way {
  readonly into: ReadonlyMap<number, () => Way>;
  readonly tensor: boolean;
}

const TENSOR: Way = { into: new Map(), tensor: true };
const SPARSE: Way = { into: new Map([1, 2].map((number) => [number, () => TENSOR])), tensor: false };
const ATTRIBUTE: Way = {
  into: new Map([
    [5, () => TENSOR],
    [6, () => GRAPH],
    [10, () => TENSOR],
    [11, () => GRAPH],
    [22, () => SPARSE],
    [23, () => SPARSE],
  ]),
  tensor: false,
};
const NODE: Way = { into: new Map([[5, () => ATTRIBUTE]]), tensor: false };
const GRAPH: Way = {
  into: new Map([
    [1, () => NODE],
    [5, () => TENSOR],
    [15, () => SPARSE],
  ]),
  tensor: false,
};
const FUNCTION: Way = {
  into: new Map([
    [7, () => NODE],
    [11, () => ATTRIBUTE],
  ]),
  tensor: false,
};
const TRAINING: Way = { into: new Map([1, 2].map((number) => [number, () => GRAPH])), tensor: false };

function findExternal(message: Uint8Array, base: number, way: Way, found: ExternalTensor[], depth: number): void {
  if (depth > MAX_DEPTH) throw new MalformedProtobuf(`graphs nested more than ${MAX_DEPTH} messages deep`);
  for (const field of fieldsOf(message)) {
    const next = way.into.get(field.number)?.();
    if (next === undefined) continue;
    if (next.tensor) {
      const tensor = externalTensor(field, { start: base + field.start, end: base + field.end });
      if (tensor !== undefined) found.push(tensor);
    } else findExternal(field.body, base + field.end - field.body.length, next, found, depth + 1);
  }
}

function externalTensor(field: Field, span: Span): ExternalTensor | undefined {
  const entries = new Map<string, string>();
  let external = false;
  for (const part of fieldsOf(field.body)) {
    if (part.number === 14) external = integerOf(part) === 1;
    else if (part.number === 13) {
      const [key, value] = entryOf(part.body);
      entries.set(key, value);
    }
  }
  // Entries without the flag are ignored by the runtime; they are treated as external here, to be told rather than trusted.
  if (!external && entries.size === 0) return undefined;
  return { ...span, name: nameOfTensor(field.body), field: field.number, tensor: field.body, entries };
}

function entryOf(message: Uint8Array): [key: string, value: string] {
  let key = '';
  let value = '';
  for (const field of fieldsOf(message)) {
    if (field.number === 1) key = textOf(field);
    else if (field.number === 2) value = textOf(field);
  }
  return [key, value];
}

/** The strings or integers that an attribute lists; `undefined` where it lists neither. */
export function attributeLabels(attribute: Uint8Array): readonly string[] | undefined {
  const labels: string[] = [];
  for (const field of fieldsOf(attribute)) {
    if (field.number === 9) labels.push(textOf(field));
    else if (field.number === 8) labels.push(...integersOf(field).map(String));
  }
  return labels.length === 0 ? undefined : labels;
}

/** The tensor that an attribute holds. */
export function attributeTensor(attribute: Uint8Array): Uint8Array | undefined {
  for (const field of fieldsOf(attribute)) if (field.number === 5) return field.body;
  return undefined;
}

/** The labels in a small tensor of strings, int64 or int32; `undefined` for any other. */
export function tensorLabels(tensor: Uint8Array): readonly string[] | undefined {
  const labels: string[] = [];
  let element = 0;
  let raw: Uint8Array | undefined;
  for (const field of fieldsOf(tensor)) {
    if (field.number === 2) element = integerOf(field);
    else if (field.number === 6) labels.push(textOf(field));
    else if (field.number === 5 || field.number === 7) labels.push(...integersOf(field).map(String));
    else if (field.number === 9) raw = field.body;
  }
  if (raw !== undefined) return rawIntegers(raw, element);
  return labels.length === 0 || ![6, 7, 8].includes(element) ? undefined : labels;
}

function rawIntegers(raw: Uint8Array, element: number): readonly string[] | undefined {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  if (element === 7) return Array.from({ length: raw.length >> 3 }, (_, k) => view.getBigInt64(8 * k, true).toString());
  if (element === 6) return Array.from({ length: raw.length >> 2 }, (_, k) => view.getInt32(4 * k, true).toString());
  return undefined;
}
