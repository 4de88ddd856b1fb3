import { fieldsOf, integerOf, integersOf, textOf } from './protobufFields.ts';

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
