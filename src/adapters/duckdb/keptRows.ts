import type { DuckDBDataChunk } from '@duckdb/node-api';

/** Walks a stream's chunks and the dropped rows side by side. */
export class KeptRows {
  readonly #dropped: Uint32Array;
  #next = 0;
  #row = 0;

  constructor(dropped: Uint32Array) {
    this.#dropped = dropped;
  }

  /** The stretches of kept rows of the next chunk, each from its first row to the one after its last. */
  of(chunk: DuckDBDataChunk): readonly (readonly [number, number])[] {
    const begin = this.#row;
    const end = begin + chunk.rowCount;
    this.#row = end;
    const stretches: (readonly [number, number])[] = [];
    let from = begin;
    for (let dropped = this.#dropped[this.#next]; dropped !== undefined && dropped < end;) {
      if (dropped > from) stretches.push([from - begin, dropped - begin]);
      from = dropped + 1;
      this.#next += 1;
      dropped = this.#dropped[this.#next];
    }
    if (from < end) stretches.push([from - begin, end - begin]);
    return stretches;
  }
}
