import type { Holdout, HoldoutBatch, HoldoutRequest } from '../../src/evaluation/holdout.ts';
import type { FeatureBatch, ModelSignature, Predictions, Predictor } from '../../src/evaluation/predictor.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';

/** Rows in memory; the one feature that models read is the row's number. */
export interface Rows {
  readonly count: number;
  /** A label, or a number for a regression. */
  readonly truth: (row: number) => string | number;
  /** By slice name: its rows. */
  readonly slices?: { readonly [name: string]: (row: number) => boolean };
  readonly group?: (row: number) => number;
  readonly batchRows?: number;
}

export function holdoutOf(
  rows: Rows,
): Holdout & { readonly asked: HoldoutRequest[]; readonly shown: (readonly number[])[] } {
  const asked: HoldoutRequest[] = [];
  const shown: (readonly number[])[] = [];
  return {
    digest: digestOfBytes('holdout'),
    rows: rows.count,
    dropped: 0,
    asked,
    shown,
    rowsAt: (numbers, { first }) => {
      shown.push(numbers);
      return Promise.resolve({
        columns: [...first, 'row'],
        rows: numbers.map((row) => [...first.map((name) => `${name} of ${row}`), String(row)]),
      });
    },
    async *batches(request) {
      asked.push(request);
      const size = rows.batchRows ?? 17;
      const groups = new Map<number, number>();
      for (let from = 0; from < rows.count; from += size) {
        await Promise.resolve();
        yield batchOf(rows, request, from, Math.min(size, rows.count - from), groups);
      }
    },
  };
}

function batchOf(
  rows: Rows,
  request: HoldoutRequest,
  from: number,
  count: number,
  groups: Map<number, number>,
): HoldoutBatch {
  const numbers = Array.from({ length: count }, (_, i) => from + i);
  const { truth } = request;
  const words = Math.ceil(request.slices.length / 32);
  const slices = new Uint32Array(words * count);
  request.slices.forEach(({ name }, slice) => {
    numbers.forEach((row, i) => {
      const at = i * words + (slice >>> 5);
      if (rows.slices?.[name]?.(row) === true) slices[at] = (slices[at] ?? 0) | (1 << (slice & 31));
    });
  });
  const groupOf = (row: number): number => {
    const key = rows.group?.(row) ?? 0;
    if (!groups.has(key)) groups.set(key, groups.size);
    return groups.get(key) ?? 0;
  };
  const values = Float64Array.from(numbers);
  return {
    rows: count,
    features: {
      rows: count,
      columns: new Map(
        [...request.features].map(([name, kind]) => [
          name,
          kind === 'integer'
            ? { kind, values: BigInt64Array.from(numbers, BigInt) }
            : kind === 'string'
              ? { kind, values: numbers.map(String) }
              : { kind, values },
        ]),
      ),
    },
    truth:
      truth.kind === 'class'
        ? Uint16Array.from(numbers, (row) => truth.classes.indexOf(String(rows.truth(row))))
        : Float64Array.from(numbers, (row) => Number(rows.truth(row))),
    slices,
    ...(request.group !== undefined && { group: Uint32Array.from(numbers, groupOf) }),
    ...(request.id !== undefined && { ids: numbers.map((row) => `id${row}`) }),
  };
}

/** The numbers of the rows in a batch, however the model asked for them. */
function rowNumbers(batch: FeatureBatch, ids: readonly string[] | undefined): readonly number[] {
  const column = batch.columns.get('row');
  if (column !== undefined) return Array.from(column.values, Number);
  return (ids ?? []).map((id) => Number(id.slice(2)));
}

export interface Fake {
  readonly asks?: 'float32' | 'int64' | 'string' | 'on file';
  readonly latencyMs?: () => number;
}

function signatureOf(output: ModelSignature['output'], asks: Fake['asks']): ModelSignature {
  const type = asks ?? 'float32';
  return {
    inputs: type === 'on file' ? [] : [{ kind: 'column', name: 'row', type, feature: 'row' }],
    output,
  };
}

function predictor(
  signature: ModelSignature,
  fake: Fake,
  answer: (rows: readonly number[]) => Predictions,
): Predictor & { closed: boolean } {
  return {
    signature,
    busyMs: 0,
    closed: false,
    predict: (batch, ids) => Promise.resolve(answer(rowNumbers(batch, ids))),
    latencyMs: () => Promise.resolve(fake.asks === 'on file' ? undefined : (fake.latencyMs?.() ?? 1)),
    close() {
      this.closed = true;
      return Promise.resolve();
    },
  };
}

/** A classifier that answers these probabilities, and as its label the most probable class, the last of equals. */
export function classifier(
  classes: readonly string[],
  probabilities: (row: number) => readonly number[],
  fake: Fake & { readonly precision?: typeof Float32Array | typeof Float64Array; readonly labelsOnly?: boolean } = {},
): Predictor & { closed: boolean } {
  const Floats = fake.precision ?? Float32Array;
  const labelsOnly = fake.labelsOnly === true;
  const signature = signatureOf({ kind: 'classes', classes, probabilities: !labelsOnly }, fake.asks);
  return predictor(signature, fake, (rows) => {
    const answers = rows.map(probabilities);
    return {
      kind: 'classes',
      predicted: Uint16Array.from(answers, (answer) => Math.max(0, answer.lastIndexOf(Math.max(...answer)))),
      ...(!labelsOnly && { probabilities: Floats.from(answers.flat()) }),
    };
  });
}

export function regressor(values: (row: number) => number, fake: Fake = {}): Predictor & { closed: boolean } {
  return predictor(signatureOf({ kind: 'values' }, fake.asks), fake, (rows) => ({
    kind: 'values',
    values: Float64Array.from(rows, values),
  }));
}
