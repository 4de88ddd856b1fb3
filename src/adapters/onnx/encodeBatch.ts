import type { FeatureBatch, FeatureColumn, TensorType } from '../../evaluation/predictor.ts';
import { UserMistake } from '../../failure.ts';
import type { MatchedInput } from './inputSignature.ts';
import type { EncodedTensor, TensorData } from './tensors.ts';
import { encodeTensor } from './tensors.ts';

/** Candidate and baseline mostly read alike: what one batch was turned into for one serves the other. */
const encoded = new WeakMap<FeatureBatch, Map<string, readonly EncodedTensor[]>>();

/**
 * The tensors that a model's inputs take, out of a batch whose columns are of the kinds that the signature asks for.
 *
 * @throws UserMistake where a value does not fit the element type.
 */
export function encodeBatch(
  batch: FeatureBatch,
  inputs: readonly MatchedInput[],
  where: string,
): readonly EncodedTensor[] {
  const known = encoded.get(batch) ?? new Map<string, readonly EncodedTensor[]>();
  encoded.set(batch, known);
  const key = JSON.stringify(inputs);
  let tensors = known.get(key);
  if (tensors === undefined) known.set(key, (tensors = inputs.map((input) => encodeInput(batch, input, where))));
  return tensors;
}

function encodeInput(batch: FeatureBatch, { signature, trailing }: MatchedInput, where: string): EncodedTensor {
  const names = signature.kind === 'matrix' ? signature.features : [signature.feature];
  const columns = names.map((name) => {
    const column = batch.columns.get(name);
    if (column === undefined) throw new TypeError(`The batch lacks the column "${name}".`);
    return { name, column };
  });
  const data = interleave(signature.type, batch.rows, columns, where);
  return encodeTensor(signature.name, signature.type, [batch.rows, ...trailing], data);
}

interface NamedColumn {
  readonly name: string;
  readonly column: FeatureColumn;
}

/** Row-major `[rows, columns]`. */
function interleave(type: TensorType, rows: number, columns: readonly NamedColumn[], where: string): TensorData {
  const length = rows * columns.length;
  switch (type) {
    case 'float32':
      return floats(new Float32Array(length), rows, columns);
    case 'float64':
      return floats(new Float64Array(length), rows, columns);
    case 'int64':
      return int64s(rows, columns);
    case 'int32':
      return small(new Int32Array(length), rows, columns, { least: -(2n ** 31n), most: 2n ** 31n - 1n }, where);
    case 'bool':
      return small(new Uint8Array(length), rows, columns, { least: 0n, most: 1n }, where);
    case 'string':
      return texts(rows, columns);
  }
}

/** Rows of one block: its part of the tensor stays in the nearest cache while the columns are written across it. */
const BLOCK = 256;

function floats<T extends Float32Array | Float64Array>(data: T, rows: number, columns: readonly NamedColumn[]): T {
  const width = columns.length;
  const sources = columns.map(({ name, column }) => (column.kind === 'float' ? column.values : wrongKind(name)));
  for (let from = 0; from < rows; from += BLOCK) {
    const to = Math.min(rows, from + BLOCK);
    for (let k = 0; k < width; k++) {
      const source = sources[k];
      // One loop for each array type: what the engine compiles for both at once is several times slower.
      if (source instanceof Float64Array) copyDoubles(data, source, from, to, width, k);
      else if (source !== undefined) copySingles(data, source, from, to, width, k);
    }
  }
  return data;
}

type Floats = Float32Array | Float64Array;

function copyDoubles(data: Floats, source: Float64Array, from: number, to: number, width: number, k: number): void {
  for (let row = from, at = from * width + k; row < to; row++, at += width) data[at] = source[row] ?? NaN;
}

function copySingles(data: Floats, source: Float32Array, from: number, to: number, width: number, k: number): void {
  for (let row = from, at = from * width + k; row < to; row++, at += width) data[at] = source[row] ?? NaN;
}

function int64s(rows: number, columns: readonly NamedColumn[]): BigInt64Array {
  const width = columns.length;
  const data = new BigInt64Array(rows * width);
  columns.forEach(({ name, column }, k) => {
    const source = column.kind === 'integer' ? column.values : wrongKind(name);
    for (let row = 0, at = k; row < rows; row++, at += width) data[at] = source[row] ?? 0n;
  });
  return data;
}

/** Integers of an element type narrower than those of the batch. */
function small<T extends Int32Array | Uint8Array>(
  data: T,
  rows: number,
  columns: readonly NamedColumn[],
  range: { readonly least: bigint; readonly most: bigint },
  where: string,
): T {
  const width = columns.length;
  columns.forEach(({ name, column }, k) => {
    const source = column.kind === 'integer' ? column.values : wrongKind(name);
    for (let row = 0, at = k; row < rows; row++, at += width) {
      const value = source[row] ?? 0n;
      if (value < range.least || value > range.most) {
        throw new UserMistake('model-inputs', {
          where,
          found: `the column "${name}" holds ${value}, and the model's input takes ${range.most === 1n ? 'booleans' : '32-bit integers'}`,
          expected: `values from ${range.least} to ${range.most}`,
          remedy: 'Correct the value, or train the model on a wider input',
        });
      }
      data[at] = Number(value);
    }
  });
  return data;
}

function texts(rows: number, columns: readonly NamedColumn[]): readonly string[] {
  const width = columns.length;
  const data = new Array<string>(rows * width);
  columns.forEach(({ name, column }, k) => {
    const source = column.kind === 'string' ? column.values : wrongKind(name);
    for (let row = 0, at = k; row < rows; row++, at += width) data[at] = source[row] ?? '';
  });
  return data;
}

function wrongKind(name: string): never {
  throw new TypeError(`The column "${name}" came in another kind than the signature asks for.`);
}
