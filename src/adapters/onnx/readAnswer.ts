import { canonicalLabel } from '../../dataset/labelSql.ts';
import type { Predictions } from '../../evaluation/predictor.ts';
import { disagreements, faultyProbabilities, mostProbable } from '../../evaluation/probabilities.ts';
import type { Problem } from '../../failure.ts';
import { UserMistake } from '../../failure.ts';
import type { TensorHeader } from './frames.ts';
import type { OutputRoles } from './outputRoles.ts';
import type { AnswerFrame } from './modelProcess.ts';
import { decodeTensor, elementsOf } from './tensors.ts';
import { ELEMENT_BYTES } from './tensorTypes.ts';

/** Where a batch stands in the whole, for messages. */
export interface BatchPlace {
  readonly where: string;
  readonly firstRow: number;
  readonly rows: number;
}

/**
 * What a model answered for one batch. The child is not trusted with more than its numbers: shapes, labels, finiteness
 * and the sums of probabilities are checked here.
 *
 * @throws UserMistake where the answer is of another shape, not finite, no probabilities, or contradicts itself.
 */
export function readAnswer(frame: AnswerFrame, roles: OutputRoles, place: BatchPlace): Predictions {
  const outputs = tensorsOf(frame, place);
  if (roles.kind === 'values') return { kind: 'values', values: valuesOf(outputs, roles.values, place) };
  const count = roles.classes.length;
  const probabilities =
    roles.probabilities === undefined ? undefined : probabilitiesOf(outputs, roles.probabilities, count, place);
  const labels = roles.labels === undefined ? undefined : labelsOf(outputs, roles.labels, roles.classes, place);
  if (probabilities === undefined) return { kind: 'classes', predicted: labels ?? new Uint16Array(place.rows) };
  if (labels === undefined) return { kind: 'classes', predicted: mostProbable(probabilities, count), probabilities };
  const unlike = disagreements(labels, probabilities, count);
  if (unlike !== undefined) {
    const named = roles.classes[labels[unlike.firstRow] ?? 0];
    throw new UserMistake('model-labels-disagree', {
      where: place.where,
      found: `the model names one class and gives another the highest probability in ${share(unlike.rows, place)}: in row ${place.firstRow + unlike.firstRow} it names ${named}, and ${roles.classes[unlike.mostProbable]} is the most probable`,
      expected: 'labels that are the most probable class',
      remedy:
        'Look at the order of classes; a model whose labels follow another rule is exported with only its labels, or only its probabilities',
    });
  }
  return { kind: 'classes', predicted: labels, probabilities };
}

interface Output {
  readonly header: TensorHeader;
  readonly bytes: Uint8Array;
}

function tensorsOf({ header, payload }: AnswerFrame, place: BatchPlace): ReadonlyMap<string, Output> {
  const outputs = new Map<string, Output>();
  let at = 0;
  for (const tensor of header.kind === 'answered' ? header.outputs : []) {
    const elementBytes = ELEMENT_BYTES[tensor.type];
    const bytes = payload.subarray(at, at + tensor.bytes);
    if (elementsOf(tensor.dims) * elementBytes !== tensor.bytes || bytes.length !== tensor.bytes) {
      throw shapeMistake(place, {
        found: `the output "${tensor.name}" does not fill its shape [${tensor.dims.join(', ')}]`,
      });
    }
    outputs.set(tensor.name, { header: tensor, bytes: at % elementBytes === 0 ? bytes : bytes.slice() });
    at += tensor.bytes;
  }
  return outputs;
}

function outputOf(outputs: ReadonlyMap<string, Output>, name: string, place: BatchPlace): Output {
  const output = outputs.get(name);
  if (output === undefined) throw shapeMistake(place, { found: `the output "${name}" did not come out` });
  return output;
}

function valuesOf(outputs: ReadonlyMap<string, Output>, name: string, place: BatchPlace): Float32Array | Float64Array {
  const output = outputOf(outputs, name, place);
  const values = floats(output, place);
  if (values.length !== place.rows) throw wrongShape(output, place, `[${place.rows}, 1] or [${place.rows}]`);
  let rows = 0;
  let firstRow = 0;
  for (let row = values.length - 1; row >= 0; row--) {
    if (Number.isFinite(values[row])) continue;
    rows++;
    firstRow = row;
  }
  if (rows > 0) throw notFinite(name, rows, firstRow, values[firstRow] ?? NaN, place);
  return values;
}

function probabilitiesOf(
  outputs: ReadonlyMap<string, Output>,
  name: string,
  classes: number,
  place: BatchPlace,
): Float32Array | Float64Array {
  const output = outputOf(outputs, name, place);
  const answered = floats(output, place);
  const oneColumn = classes === 2 && answered.length === place.rows;
  if (!oneColumn && answered.length !== place.rows * classes) {
    throw wrongShape(output, place, `[${place.rows}, ${classes}]`);
  }
  const probabilities = oneColumn ? bothClasses(answered) : answered;
  const faulty = faultyProbabilities(probabilities, classes);
  if (faulty === undefined) return probabilities;
  if (faulty.fault === 'not finite') throw notFinite(name, faulty.rows, faulty.firstRow, faulty.value, place);
  throw new UserMistake('model-not-probabilities', {
    where: place.where,
    found: `the output "${name}" is ${faulty.fault} in ${share(faulty.rows, place)}; row ${place.firstRow + faulty.firstRow} has ${format(faulty.value)}`,
    expected: 'probabilities between 0 and 1 that add up to 1 in each row',
    remedy: 'Put a softmax (for one column: a sigmoid) at the end of the graph, or export the labels alone',
  });
}

/** The second class's probability alone, as both. */
function bothClasses(positive: Float32Array | Float64Array): Float64Array {
  const both = new Float64Array(2 * positive.length);
  positive.forEach((value, row) => {
    both[2 * row] = 1 - value;
    both[2 * row + 1] = value;
  });
  return both;
}

function labelsOf(
  outputs: ReadonlyMap<string, Output>,
  role: { readonly name: string; readonly by: 'text' | 'index' },
  classes: readonly string[],
  place: BatchPlace,
): Uint16Array {
  const output = outputOf(outputs, role.name, place);
  const { header } = output;
  if (elementsOf(header.dims) !== place.rows) throw wrongShape(output, place, `[${place.rows}]`);
  const known = labelKeys(classes, role.by);
  const predicted = header.type === 'string' ? ofTexts(output, known) : ofIntegers(output, known);
  const unknown = predicted.indexOf(UNKNOWN);
  if (unknown >= 0) {
    const data = decodeTensor(header, output.bytes);
    throw new UserMistake('model-classes', {
      where: place.where,
      found: `the model answers the label ${JSON.stringify(String(data[unknown]))} in row ${place.firstRow + unknown}`,
      expected: `one of its classes: ${classes.join(', ')}`,
      remedy: 'Correct classes in touchstone.yml, or export the model again',
    });
  }
  return predicted;
}

/** Stands for a label that is no class; there are at most 65,535 classes. */
const UNKNOWN = 0xffff;

/** Label to class index: as text, and as the integer that it is; true and false are 1 and 0. */
interface LabelKeys {
  readonly texts: ReadonlyMap<string, number>;
  readonly integers: ReadonlyMap<number, number>;
}

function labelKeys(classes: readonly string[], by: 'text' | 'index'): LabelKeys {
  const integers = classes.flatMap((label, index): [number, number][] => {
    if (by === 'index') return [[index, index]];
    const canonical = canonicalLabel(label);
    const integer = canonical === 'true' ? '1' : canonical === 'false' ? '0' : canonical;
    return /^-?\d{1,15}$/.test(integer) ? [[Number(integer), index]] : [];
  });
  return { texts: new Map(classes.map((label, index) => [canonicalLabel(label), index])), integers: new Map(integers) };
}

function ofTexts({ header, bytes }: Output, known: LabelKeys): Uint16Array {
  const codes = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const classOf = Uint16Array.from(header.strings ?? [], (text) => known.texts.get(canonicalLabel(text)) ?? UNKNOWN);
  const predicted = new Uint16Array(codes.length);
  for (let row = 0; row < codes.length; row++) predicted[row] = classOf[codes[row] ?? 0] ?? UNKNOWN;
  return predicted;
}

function ofIntegers({ header, bytes }: Output, known: LabelKeys): Uint16Array {
  const data = decodeTensor(header, bytes);
  const predicted = new Uint16Array(data.length);
  if (data instanceof BigInt64Array) {
    // Two words instead of a bigint, of which a million take longer than everything else here.
    const words = new Int32Array(bytes.buffer, bytes.byteOffset, 2 * data.length);
    for (let row = 0; row < data.length; row++) {
      const label = (words[2 * row + 1] ?? 0) * 2 ** 32 + ((words[2 * row] ?? 0) >>> 0);
      predicted[row] = known.integers.get(label) ?? UNKNOWN;
    }
  } else for (let row = 0; row < data.length; row++) predicted[row] = known.integers.get(Number(data[row])) ?? UNKNOWN;
  return predicted;
}

function floats({ header, bytes }: Output, place: BatchPlace): Float32Array | Float64Array {
  const data = decodeTensor(header, bytes);
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  throw shapeMistake(place, { found: `the output "${header.name}" came out as ${header.type}`, expected: 'floats' });
}

function wrongShape({ header }: Output, place: BatchPlace, expected: string): UserMistake {
  return shapeMistake(place, {
    found: `the output "${header.name}" came out as [${header.dims.join(', ')}] for ${place.rows} rows`,
    expected,
    remedy: 'Export the model so that each row of the input gives one row of the output',
  });
}

function shapeMistake(place: BatchPlace, problem: Omit<Problem, 'where'>): UserMistake {
  return new UserMistake('model-shape', { where: place.where, ...problem });
}

function notFinite(name: string, rows: number, firstRow: number, value: number, place: BatchPlace): UserMistake {
  return new UserMistake('model-not-finite', {
    where: place.where,
    found: `the output "${name}" is ${Number.isNaN(value) ? 'NaN' : 'infinite'} in ${share(rows, place)}, the first of them row ${place.firstRow + firstRow}`,
    expected: 'a finite number for every row',
    remedy: 'Look at that row: mostly a missing value that the model has no imputer for',
  });
}

function share(rows: number, place: BatchPlace): string {
  return `${rows.toLocaleString('en')} of ${place.rows.toLocaleString('en')} rows`;
}

function format(value: number): string {
  return Number(value.toPrecision(6)).toString();
}
