import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { StreamColumn } from '../../dataset/holdoutSql.ts';
import type { HoldoutBatch, HoldoutRequest } from '../../evaluation/holdout.ts';
import type { FeatureColumn } from '../../evaluation/predictor.ts';
import { bigints, doubles, firstNull, floats, unsignedIntegers, unsignedShorts } from './vectors.ts';

export const BATCH_ROWS = 16_384;

/** Thrown where a row cannot be what the request asks of it; what is wrong is then counted over all rows. */
export class UnfitRow extends Error {}

/** Copies rows of chunks into the arrays of one batch. Every batch has arrays of its own: whoever got one may keep it. */
export class BatchFiller {
  rows = 0;
  readonly #features = new Map<string, FeatureColumn>();
  readonly #strings = new Map<string, string[]>();
  readonly #truth: Uint16Array | Float64Array;
  readonly #slices: Uint32Array;
  readonly #words: number;
  readonly #group: Uint32Array | undefined;
  readonly #ids: string[] | undefined;
  readonly #groups: Map<string, number>;
  readonly #columns: readonly StreamColumn[];

  /** @param groups index of each group met so far, over the whole read. */
  constructor(columns: readonly StreamColumn[], request: HoldoutRequest, groups: Map<string, number>) {
    this.#columns = columns;
    this.#groups = groups;
    this.#words = columns.filter(({ kind }) => kind === 'word').length;
    this.#truth = request.truth.kind === 'class' ? new Uint16Array(BATCH_ROWS) : new Float64Array(BATCH_ROWS);
    this.#slices = new Uint32Array(BATCH_ROWS * this.#words);
    this.#group = request.group === undefined ? undefined : new Uint32Array(BATCH_ROWS);
    this.#ids = request.id === undefined ? undefined : [];
    for (const column of columns) if (column.kind === 'feature') this.#addFeature(column);
  }

  get room(): number {
    return BATCH_ROWS - this.rows;
  }

  #addFeature(column: Extract<StreamColumn, { kind: 'feature' }>): void {
    switch (column.feature) {
      case 'float': {
        const values = column.real ? new Float32Array(BATCH_ROWS) : new Float64Array(BATCH_ROWS);
        this.#features.set(column.name, { kind: 'float', values });
        return;
      }
      case 'integer':
        this.#features.set(column.name, { kind: 'integer', values: new BigInt64Array(BATCH_ROWS) });
        return;
      case 'string': {
        const values: string[] = [];
        this.#strings.set(column.name, values);
        this.#features.set(column.name, { kind: 'string', values });
      }
    }
  }

  /** @throws UnfitRow */
  append(chunk: DuckDBDataChunk, from: number, to: number): void {
    this.#columns.forEach((column, index) => {
      switch (column.kind) {
        case 'feature':
          this.#appendFeature(column.name, chunk, index, from, to);
          return;
        case 'class':
          refuseNulls(chunk, index, from, to);
          this.#truth.set(unsignedShorts(chunk, index).subarray(from, to), this.rows);
          return;
        case 'target':
          refuseNulls(chunk, index, from, to);
          this.#appendTarget(doubles(chunk, index), from, to);
          return;
        case 'group':
          this.#appendGroups(chunk, index, from, to);
          return;
        case 'id':
          refuseNulls(chunk, index, from, to);
          for (const id of strings(chunk, index, from, to)) this.#ids?.push(id);
          return;
        case 'word':
          this.#appendWords(unsignedIntegers(chunk, index), column.word, from, to);
      }
    });
    this.rows += to - from;
  }

  #appendFeature(name: string, chunk: DuckDBDataChunk, index: number, from: number, to: number): void {
    const column = this.#features.get(name);
    switch (column?.kind) {
      case 'float':
        refuseNulls(chunk, index, from, to);
        if (column.values instanceof Float32Array)
          column.values.set(floats(chunk, index).subarray(from, to), this.rows);
        else column.values.set(doubles(chunk, index).subarray(from, to), this.rows);
        return;
      case 'integer':
        refuseNulls(chunk, index, from, to);
        column.values.set(bigints(chunk, index).subarray(from, to), this.rows);
        return;
      case 'string':
      case undefined:
        this.#strings.get(name)?.push(...strings(chunk, index, from, to));
    }
  }

  #appendTarget(values: Float64Array, from: number, to: number): void {
    for (let row = from; row < to; row++) if (!Number.isFinite(values[row])) throw new UnfitRow();
    this.#truth.set(values.subarray(from, to), this.rows);
  }

  #appendGroups(chunk: DuckDBDataChunk, index: number, from: number, to: number): void {
    const names = strings(chunk, index, from, to);
    for (let row = 0; row < names.length; row++) {
      const name = names[row] ?? '';
      let group = this.#groups.get(name);
      if (group === undefined) {
        group = this.#groups.size;
        this.#groups.set(name, group);
      }
      if (this.#group !== undefined) this.#group[this.rows + row] = group;
    }
  }

  #appendWords(values: Uint32Array, word: number, from: number, to: number): void {
    const words = this.#words;
    if (words === 1) {
      this.#slices.set(values.subarray(from, to), this.rows);
      return;
    }
    for (let row = from; row < to; row++) this.#slices[(this.rows + row - from) * words + word] = values[row] ?? 0;
  }

  /** The batch, cut to the rows that it got. */
  finish(): HoldoutBatch {
    const rows = this.rows;
    const columns = new Map<string, FeatureColumn>();
    for (const [name, column] of this.#features) columns.set(name, cut(column, rows));
    return {
      rows,
      features: { rows, columns },
      truth: this.#truth.subarray(0, rows),
      slices: this.#slices.subarray(0, rows * this.#words),
      ...(this.#group === undefined ? {} : { group: this.#group.subarray(0, rows) }),
      ...(this.#ids === undefined ? {} : { ids: this.#ids }),
    };
  }
}

function cut(column: FeatureColumn, rows: number): FeatureColumn {
  switch (column.kind) {
    case 'float':
      return { kind: 'float', values: column.values.subarray(0, rows) };
    case 'integer':
      return { kind: 'integer', values: column.values.subarray(0, rows) };
    case 'string':
      return column;
  }
}

/** @throws UnfitRow where one of the rows holds NULL in a column. */
export function refuseNulls(chunk: DuckDBDataChunk, column: number, from: number, to: number): void {
  const row = firstNull(chunk, column, from);
  if (row >= 0 && row < to) throw new UnfitRow();
}

export function strings(chunk: DuckDBDataChunk, column: number, from: number, to: number): string[] {
  const vector = chunk.getColumnVector(column);
  const values = new Array<string>(to - from);
  for (let row = from; row < to; row++) values[row - from] = vector.getItem(row) as string;
  return values;
}
