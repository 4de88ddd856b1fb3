import { externalTensorsOf, nameOfTensor } from './externalTensors.ts';
import type { ExternalTensor, Span } from './externalTensors.ts';
import type { Field } from './protobufFields.ts';
import { fieldsOf, integerOf, MalformedProtobuf, textOf } from './protobufFields.ts';

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

type ValueType =
  | {
      readonly kind: 'tensor';
      /** TensorProto.DataType; 0 where the file does not say. */
      readonly element: number;
      /** A number where fixed, else the name of the dimension (`""` where it has none); absent where the rank is unknown. */
      readonly dims?: readonly (number | string)[];
    }
  | { readonly kind: 'other'; readonly what: 'sequence' | 'map' | 'optional' | 'sparse tensor' }
  | { readonly kind: 'unstated' };

/**
 * @throws MalformedProtobuf where the bytes are no protobuf message, or one that is no ONNX model.
 */
export function outlineOnnx(file: Uint8Array): OnnxOutline {
  const opsets = new Map<string, number>();
  let irVersion = 0;
  let graph: GraphOutline | undefined;
  for (const field of fieldsOf(file)) {
    if (field.number === 1) irVersion = integerOf(field);
    else if (field.number === 8) addOpset(field.body, opsets);
    else if (field.number === 7) {
      // Protobuf would merge a second graph into the first; no exporter writes one.
      if (graph !== undefined) throw new MalformedProtobuf('two graphs in one model');
      graph = outlineGraph(field.body, field.end - field.body.length);
    }
  }
  if (graph === undefined) throw new MalformedProtobuf('no graph in it');
  return { irVersion, opsets, graph, externalTensors: externalTensorsOf(file) };
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

function outlineGraph(message: Uint8Array, base: number): GraphOutline {
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

function nameOfAttribute(message: Uint8Array): string {
  for (const field of fieldsOf(message)) if (field.number === 1) return textOf(field);
  return '';
}
