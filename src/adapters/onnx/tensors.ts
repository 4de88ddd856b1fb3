import type { TensorType } from '../../evaluation/predictor.ts';
import type { TensorHeader } from './frames.ts';

/** The numbers or strings of one tensor; booleans are bytes 0 and 1. */
export type TensorData = NumberArray | readonly string[];
type NumberArray = Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array;

export interface EncodedTensor {
  readonly header: TensorHeader;
  readonly bytes: Uint8Array;
}

/** A tensor as it travels. Strings become indices into the list of distinct ones: columns of text repeat themselves. */
export function encodeTensor(name: string, type: TensorType, dims: readonly number[], data: TensorData): EncodedTensor {
  if (!isStrings(data)) return { header: { name, type, dims, bytes: data.byteLength }, bytes: bytesOf(data) };
  const places = new Map<string, number>();
  const codes = new Uint32Array(data.length);
  for (let index = 0; index < data.length; index++) {
    const text = data[index] ?? '';
    let place = places.get(text);
    if (place === undefined) places.set(text, (place = places.size));
    codes[index] = place;
  }
  const header = { name, type, dims, bytes: codes.byteLength, strings: [...places.keys()] };
  return { header, bytes: bytesOf(codes) };
}

/** @param bytes at an offset that is a multiple of the element's size. */
export function decodeTensor(header: TensorHeader, bytes: Uint8Array): TensorData {
  const { buffer, byteOffset, byteLength } = bytes;
  switch (header.type) {
    case 'float32':
      return new Float32Array(buffer, byteOffset, byteLength / 4);
    case 'float64':
      return new Float64Array(buffer, byteOffset, byteLength / 8);
    case 'int64':
      return new BigInt64Array(buffer, byteOffset, byteLength / 8);
    case 'int32':
      return new Int32Array(buffer, byteOffset, byteLength / 4);
    case 'bool':
      return bytes;
    case 'string': {
      const strings = header.strings ?? [];
      const codes = new Uint32Array(buffer, byteOffset, byteLength / 4);
      const texts = new Array<string>(codes.length);
      for (let index = 0; index < codes.length; index++) texts[index] = strings[codes[index] ?? 0] ?? '';
      return texts;
    }
  }
}

function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

export function elementsOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/**
 * `count` rows from row `from` on, of a tensor whose rows are `width` elements; past the end the last row is repeated,
 * for models whose file fixes the rows of a call.
 */
export function takeRows(data: TensorData, width: number, from: number, count: number): TensorData {
  const total = data.length / width;
  if (from === 0 && count === total) return data;
  const start = from * width;
  if (from + count <= total) return data.slice(start, start + count * width);
  if (isStrings(data)) {
    return Array.from({ length: count * width }, (_, k) => {
      const row = Math.min(from + Math.floor(k / width), total - 1);
      return data[row * width + (k % width)] ?? '';
    });
  }
  const rows = emptyLike(data, count * width);
  bytesOf(rows).set(bytesOf(data.subarray(start)));
  const filled = (total - from) * width;
  for (let end = filled; end < rows.length; end += width) rows.copyWithin(end, filled - width, filled);
  return rows;
}

/** The tensors of several calls, one after another, cut to the rows that were asked for. */
export function joinRows(parts: readonly TensorData[], elements: number): TensorData {
  const [first] = parts;
  if (first === undefined) return [];
  if (parts.length === 1 && first.length === elements) return first;
  if (isStrings(first)) return (parts as readonly (readonly string[])[]).flat().slice(0, elements);
  const joined = emptyLike(first, elements);
  const width = first.BYTES_PER_ELEMENT;
  const bytes = bytesOf(joined);
  let filled = 0;
  for (const part of parts as readonly NumberArray[]) {
    const chunk = bytesOf(part).subarray(0, elements * width - filled);
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  return joined;
}

function emptyLike(data: NumberArray, length: number): NumberArray {
  return new (data.constructor as new (length: number) => NumberArray)(length);
}

function isStrings(data: TensorData): data is readonly string[] {
  return Array.isArray(data);
}
