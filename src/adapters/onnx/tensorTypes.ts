import type { TensorType } from '../../evaluation/predictor.ts';

/** TensorProto.DataType to the element types that Touchstone feeds and reads. */
const TYPES: ReadonlyMap<number, TensorType> = new Map([
  [1, 'float32'],
  [6, 'int32'],
  [7, 'int64'],
  [8, 'string'],
  [9, 'bool'],
  [11, 'float64'],
]);

const NAMES = [
  ...['an unstated type', 'float32', 'uint8', 'int8', 'uint16', 'int16', 'int32', 'int64', 'string', 'bool'],
  ...['float16', 'float64', 'uint32', 'uint64', 'complex64', 'complex128', 'bfloat16'],
];

export function tensorTypeOf(element: number): TensorType | undefined {
  return TYPES.get(element);
}

export function elementName(element: number): string {
  return NAMES[element] ?? `element type ${element}`;
}

/** Bytes of one element; strings travel as 4-byte indices into a list of the distinct ones. */
export const ELEMENT_BYTES: Readonly<Record<TensorType, number>> = {
  float32: 4,
  float64: 8,
  int64: 8,
  int32: 4,
  bool: 1,
  string: 4,
};
