import type { Field } from './protobufFields.ts';
import { fieldsOf, integerOf, MalformedProtobuf, textOf } from './protobufFields.ts';

/** Offsets of a field in the file, tag included, so that it can be cut out. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A tensor whose data lies in another file. */
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
 * Every tensor of a model, subgraphs and functions included, whose data lies in another file.
 *
 * @throws MalformedProtobuf
 */
export function externalTensorsOf(model: Uint8Array): ExternalTensor[] {
  const found: ExternalTensor[] = [];
  find(model, 0, MODEL, found, 0);
  return found;
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

const MODEL: Way = {
  into: new Map([
    [7, () => GRAPH],
    [20, () => TRAINING],
    [25, () => FUNCTION],
  ]),
  tensor: false,
};

function find(message: Uint8Array, base: number, way: Way, found: ExternalTensor[], depth: number): void {
  if (depth > MAX_DEPTH) throw new MalformedProtobuf(`graphs nested more than ${MAX_DEPTH} messages deep`);
  for (const field of fieldsOf(message)) {
    const next = way.into.get(field.number)?.();
    if (next === undefined) continue;
    if (next.tensor) {
      const tensor = externalTensor(field, { start: base + field.start, end: base + field.end });
      if (tensor !== undefined) found.push(tensor);
    } else find(field.body, base + field.end - field.body.length, next, found, depth + 1);
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

export function nameOfTensor(message: Uint8Array): string {
  for (const field of fieldsOf(message)) if (field.number === 8) return textOf(field);
  return '';
}
