import type { FeatureBatch, FeatureColumn, TensorType } from '../../evaluation/predictor.ts';
import { UserMistake } from '../../failure.ts';
import type { MatchedInput } from './inputSignature.ts';
import type { EncodedTensor, NumberArray, TensorData } from './tensors.ts';
import { encodeTensor } from './tensors.ts';

/** Candidate and baseline mostly read alike: what one batch was turned into for one serves the other. */
const encoded = new WeakMap<FeatureBatch, Map<string, readonly EncodedTensor[]>>();

/** The tensors that a model's inputs take, out of a batch of columns. */
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
    return column.kind !== 'string' || signature.type === 'string' ? column : numbersOf(name, column, where);
  });
  const dims = [batch.rows, ...trailing];
  const data = fill(signature.type, batch.rows, names, columns, where);
  return encodeTensor(signature.name, signature.type, dims, data);
}

/** Rows of one block: its part of the tensor stays in the nearest cache while the columns are written across it. */
const BLOCK = 256;

function fill(
  type: TensorType,
  rows: number,
  names: readonly string[],
  columns: readonly FeatureColumn[],
  where: string,
): TensorData {
  const width = columns.length;
  if (type === 'string') return fillStrings(rows, columns);
  const data = empty(type, rows * width);
  for (let from = 0; from < rows; from += BLOCK) {
    const to = Math.min(rows, from + BLOCK);
    columns.forEach((column, index) => {
      if (data instanceof Float32Array || data instanceof Float64Array)
        fillFloats(data, column, from, to, width, index);
      else fillIntegers(data, column, from, to, width, index, names[index] ?? '', where);
    });
  }
  return data;
}

function empty(type: Exclude<TensorType, 'string'>, length: number): NumberArray {
  switch (type) {
    case 'float32':
      return new Float32Array(length);
    case 'float64':
      return new Float64Array(length);
    case 'int64':
      return new BigInt64Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'bool':
      return new Uint8Array(length);
  }
}

function fillFloats(
  data: Float32Array | Float64Array,
  column: FeatureColumn,
  from: number,
  to: number,
  width: number,
  index: number,
): void {
  const { values } = column;
  if (values instanceof Float64Array)
    for (let row = from; row < to; row++) data[row * width + index] = values[row] ?? NaN;
  else if (values instanceof Float32Array) {
    for (let row = from; row < to; row++) data[row * width + index] = values[row] ?? NaN;
  } else for (let row = from; row < to; row++) data[row * width + index] = Number(values[row]);
}

function fillIntegers(
  data: Exclude<NumberArray, Float32Array | Float64Array>,
  column: FeatureColumn,
  from: number,
  to: number,
  width: number,
  index: number,
  name: string,
  where: string,
): void {
  for (let row = from; row < to; row++) {
    const value = column.values[row] ?? NaN;
    if (typeof value === 'number' && !Number.isInteger(value)) throw noInteger(where, name, row, String(value));
    if (data instanceof BigInt64Array) data[row * width + index] = BigInt(value);
    else {
      const small = Number(value);
      if (data instanceof Int32Array ? small !== (small | 0) : small !== 0 && small !== 1) {
        throw noInteger(where, name, row, String(value), data instanceof Int32Array ? 'an int32' : 'true or false');
      }
      data[row * width + index] = small;
    }
  }
}

function fillStrings(rows: number, columns: readonly FeatureColumn[]): readonly string[] {
  const width = columns.length;
  const data = new Array<string>(rows * width);
  columns.forEach((column, index) => {
    if (column.kind !== 'string') throw new TypeError('A text input was given a column of numbers.');
    for (let row = 0; row < rows; row++) data[row * width + index] = column.values[row] ?? '';
  });
  return data;
}

/** A column that another model reads as text, as numbers: empty is NaN. */
function numbersOf(name: string, column: FeatureColumn & { kind: 'string' }, where: string): FeatureColumn {
  const values = Float64Array.from(column.values, (text, row) => {
    const value = text === '' ? NaN : text === 'true' ? 1 : text === 'false' ? 0 : Number(text);
    if (Number.isNaN(value) && text !== '' && text.toLowerCase() !== 'nan') {
      throw new UserMistake('model-inputs', {
        where,
        found: `row ${row} of the column "${name}" holds ${JSON.stringify(text)}, and the model reads numbers there`,
        remedy: 'Encode the column inside the model, or leave it out of features',
      });
    }
    return value;
  });
  return { kind: 'float', values };
}

function noInteger(where: string, name: string, row: number, value: string, expected = 'an integer'): UserMistake {
  return new UserMistake('model-inputs', {
    where,
    found: `the column "${name}" holds ${value === 'NaN' ? 'an empty value' : value} (row ${row} of a batch), and the model reads integers there`,
    expected,
    remedy: 'Fill or correct the value in the data, or train the model on a float input',
  });
}
