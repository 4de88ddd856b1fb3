import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/*
 * Writes small ONNX files field by field (onnx.proto), so that tests can hold what no exporter writes: graphs that never
 * end, references to foreign files, versions of the future. What exporters do write is tested with their own files.
 */

const FLOAT = 1;
const INT64 = 7;
const STRING = 8;
const BOOL = 9;
const DOUBLE = 11;
const ELEMENT = {
  float: FLOAT,
  int64: INT64,
  int32: 6,
  string: STRING,
  bool: BOOL,
  double: DOUBLE,
  float16: 10,
};
type Element = keyof typeof ELEMENT;

type Dims = readonly (number | string)[];
interface Value {
  readonly name: string;
  readonly type: Element;
  readonly dims: Dims;
}

interface Node {
  readonly op: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: readonly Uint8Array[];
}

export interface Graph {
  readonly nodes: readonly Node[];
  readonly inputs: readonly Value[];
  readonly outputs: readonly (Value | Uint8Array)[];
  readonly initializers?: readonly Uint8Array[];
}

export interface ModelParts {
  readonly irVersion?: number;
  readonly opsets?: Readonly<Record<string, number>>;
}

type Write = (writer: BinaryWriter) => void;

function message(...writes: readonly Write[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const write of writes) write(writer);
  return writer.finish();
}

function bytes(field: number, value: Uint8Array): Write {
  return (writer) => writer.tag(field, WireType.LengthDelimited).bytes(value);
}

function text(field: number, value: string): Write {
  return bytes(field, new TextEncoder().encode(value));
}

function integer(field: number, value: number | bigint): Write {
  return (writer) => writer.tag(field, WireType.Varint).int64(value);
}

export function model(graph: Graph, parts: ModelParts = {}): Uint8Array {
  const opsets = Object.entries(parts.opsets ?? { '': 17, 'ai.onnx.ml': 3 });
  return message(
    integer(1, parts.irVersion ?? 8),
    bytes(7, graphBytes(graph)),
    ...opsets.map(([domain, version]) => bytes(8, message(text(1, domain), integer(2, version)))),
  );
}

function graphBytes(graph: Graph): Uint8Array {
  return message(
    ...graph.nodes.map((node) => bytes(1, nodeBytes(node))),
    text(2, 'test'),
    ...(graph.initializers ?? []).map((tensor) => bytes(5, tensor)),
    ...graph.inputs.map((value) => bytes(11, valueBytes(value))),
    ...graph.outputs.map((value) => bytes(12, value instanceof Uint8Array ? value : valueBytes(value))),
  );
}

function nodeBytes(node: Node): Uint8Array {
  return message(
    ...node.inputs.map((name) => text(1, name)),
    ...node.outputs.map((name) => text(2, name)),
    text(4, node.op),
    ...(node.attributes ?? []).map((attribute) => bytes(5, attribute)),
    ...(node.domain === undefined ? [] : [text(7, node.domain)]),
  );
}

function valueBytes({ name, type, dims }: Value): Uint8Array {
  const shape = message(
    ...dims.map((dim) => bytes(1, typeof dim === 'number' ? message(integer(1, dim)) : message(text(2, dim)))),
  );
  const tensor = message(integer(1, ELEMENT[type]), bytes(2, shape));
  return message(text(1, name), bytes(2, message(bytes(1, tensor))));
}

/** `sequence(map(key, float))`, as a ZipMap answers. */
function mapsValue(name: string, key: 'int64' | 'string'): Uint8Array {
  const float = message(bytes(1, message(integer(1, FLOAT))));
  const map = message(bytes(5, message(integer(1, ELEMENT[key]), bytes(2, float))));
  return message(text(1, name), bytes(2, message(bytes(4, message(bytes(1, map))))));
}

/** FLOAT 1, INT 2, STRING 3, TENSOR 4, GRAPH 5, FLOATS 6, INTS 7, STRINGS 8. */
function attribute(name: string, kind: number, ...writes: readonly Write[]): Uint8Array {
  return message(text(1, name), ...writes, integer(20, kind));
}

export function floatsAttribute(name: string, values: readonly number[]): Uint8Array {
  return attribute(
    name,
    6,
    ...values.map(
      (value): Write =>
        (writer) =>
          writer.tag(7, WireType.Bit32).float(value),
    ),
  );
}

export function integersAttribute(name: string, values: readonly number[]): Uint8Array {
  return attribute(name, 7, ...values.map((value) => integer(8, value)));
}

function stringsAttribute(name: string, values: readonly string[]): Uint8Array {
  return attribute(name, 8, ...values.map((value) => text(9, value)));
}

export function integerAttribute(name: string, value: number): Uint8Array {
  return attribute(name, 2, integer(3, value));
}

function stringAttribute(name: string, value: string): Uint8Array {
  return attribute(name, 3, text(4, value));
}

export function graphAttribute(name: string, graph: Graph): Uint8Array {
  return attribute(name, 5, bytes(6, graphBytes(graph)));
}

function dimensions(dims: readonly number[]): Write[] {
  return dims.map((dim) => integer(1, dim));
}

export function floatTensor(name: string, dims: readonly number[], values: readonly number[]): Uint8Array {
  const raw = new Uint8Array(Float32Array.from(values).buffer);
  return message(...dimensions(dims), integer(2, FLOAT), text(8, name), bytes(9, raw));
}

export function int64Tensor(name: string, dims: readonly number[], values: readonly number[]): Uint8Array {
  return message(...dimensions(dims), integer(2, INT64), ...values.map((value) => integer(7, value)), text(8, name));
}

function boolTensor(name: string, value: boolean): Uint8Array {
  return message(integer(2, BOOL), integer(5, value ? 1 : 0), text(8, name));
}

export function stringTensor(name: string, values: readonly string[]): Uint8Array {
  return message(
    integer(1, values.length),
    integer(2, STRING),
    ...values.map((value) => text(6, value)),
    text(8, name),
  );
}

/** A float tensor whose data lies in another file. */
export function externalTensor(
  name: string,
  dims: readonly number[],
  entries: Readonly<Record<string, string>>,
): Uint8Array {
  const external = Object.entries(entries).map(([key, value]) => bytes(13, message(text(1, key), text(2, value))));
  return message(...dimensions(dims), integer(2, FLOAT), text(8, name), ...external, integer(14, 1));
}

/** `y = x w + b`, with a softmax over the columns of `w` where asked. */
export function linear(
  weights: readonly (readonly number[])[],
  bias: readonly number[],
  end: 'softmax' | 'logits' = 'logits',
  rows: number | string = 'rows',
): Graph {
  const [features, width] = [weights.length, bias.length];
  const raw = end === 'softmax' ? 'logits' : 'y';
  return {
    nodes: [
      { op: 'Gemm', inputs: ['x', 'w', 'b'], outputs: [raw] },
      ...(end === 'softmax' ? [{ op: 'Softmax', inputs: [raw], outputs: ['y'] }] : []),
    ],
    inputs: [{ name: 'x', type: 'float', dims: [rows, features] }],
    outputs: [{ name: 'y', type: 'float', dims: [rows, width] }],
    initializers: [floatTensor('w', [features, width], weights.flat()), floatTensor('b', [width], bias)],
  };
}

/** A linear classifier of ai.onnx.ml over two features, with a ZipMap at its end, as skl2onnx writes one. */
export function classifier(labels: readonly string[] | readonly number[], end: 'zipmap' | 'tensors' = 'zipmap'): Graph {
  const strings = labels.map(String);
  const text = typeof labels[0] === 'string';
  const coefficients = strings.flatMap((_, k) => [k - 1, 1 - k]);
  const named = (ints: string, texts: string): Uint8Array =>
    text ? stringsAttribute(texts, strings) : integersAttribute(ints, strings.map(Number));
  const zipMap: Node = {
    op: 'ZipMap',
    domain: 'ai.onnx.ml',
    inputs: ['probabilities'],
    outputs: ['output_probability'],
    attributes: [named('classlabels_int64s', 'classlabels_strings')],
  };
  return {
    nodes: [
      {
        op: 'LinearClassifier',
        domain: 'ai.onnx.ml',
        inputs: ['x'],
        outputs: ['label', 'probabilities'],
        attributes: [
          named('classlabels_ints', 'classlabels_strings'),
          floatsAttribute('coefficients', coefficients),
          floatsAttribute(
            'intercepts',
            strings.map(() => 0),
          ),
          integerAttribute('multi_class', 1),
          stringAttribute('post_transform', 'SOFTMAX'),
        ],
      },
      ...(end === 'zipmap' ? [zipMap] : []),
    ],
    inputs: [{ name: 'x', type: 'float', dims: ['rows', 2] }],
    outputs: [
      { name: 'label', type: text ? 'string' : 'int64', dims: ['rows'] },
      end === 'zipmap'
        ? mapsValue('output_probability', text ? 'string' : 'int64')
        : { name: 'probabilities', type: 'float', dims: ['rows', strings.length] },
    ],
  };
}

/** Counts up for as long as a condition holds that always holds. */
export function endless(): Graph {
  const body: Graph = {
    nodes: [
      { op: 'Identity', inputs: ['go'], outputs: ['still'] },
      { op: 'Add', inputs: ['sum', 'sum'], outputs: ['next'] },
    ],
    inputs: [
      { name: 'turn', type: 'int64', dims: [] },
      { name: 'go', type: 'bool', dims: [] },
      { name: 'sum', type: 'float', dims: ['rows', 2] },
    ],
    outputs: [
      { name: 'still', type: 'bool', dims: [] },
      { name: 'next', type: 'float', dims: ['rows', 2] },
    ],
  };
  return {
    nodes: [
      { op: 'Loop', inputs: ['', 'always', 'x'], outputs: ['looped'], attributes: [graphAttribute('body', body)] },
      { op: 'ReduceSum', inputs: ['looped', 'axis'], outputs: ['y'] },
    ],
    inputs: [{ name: 'x', type: 'float', dims: ['rows', 2] }],
    outputs: [{ name: 'y', type: 'float', dims: ['rows', 1] }],
    initializers: [boolTensor('always', true), int64Tensor('axis', [1], [1])],
  };
}

/** Blows one number up to `elements` floats and sums them. */
export function greedy(elements: number): Graph {
  return {
    nodes: [
      { op: 'ReduceSum', inputs: ['x'], outputs: ['one'], attributes: [integerAttribute('keepdims', 0)] },
      { op: 'Expand', inputs: ['one', 'size'], outputs: ['many'] },
      { op: 'Exp', inputs: ['many'], outputs: ['more'] },
      { op: 'ReduceMax', inputs: ['more'], outputs: ['most'], attributes: [integerAttribute('keepdims', 0)] },
      { op: 'Gather', inputs: ['x', 'first'], outputs: ['column'], attributes: [integerAttribute('axis', 1)] },
      { op: 'Add', inputs: ['column', 'most'], outputs: ['y'] },
    ],
    inputs: [{ name: 'x', type: 'float', dims: ['rows', 2] }],
    outputs: [{ name: 'y', type: 'float', dims: ['rows'] }],
    initializers: [int64Tensor('size', [1], [elements]), int64Tensor('first', [], [0])],
  };
}
