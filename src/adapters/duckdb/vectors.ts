import bindings from '@duckdb/node-bindings';
import type { DuckDBDataChunk } from '@duckdb/node-api';

/*
 * Columns of a chunk as typed arrays over the engine's own memory: nothing is copied, no object is made for a value.
 * They are to be read before the next chunk is asked for.
 */

export function doubles(chunk: DuckDBDataChunk, column: number): Float64Array {
  const { buffer, byteOffset } = data(chunk, column, 8);
  return new Float64Array(buffer, byteOffset, chunk.rowCount);
}

export function floats(chunk: DuckDBDataChunk, column: number): Float32Array {
  const { buffer, byteOffset } = data(chunk, column, 4);
  return new Float32Array(buffer, byteOffset, chunk.rowCount);
}

export function bigints(chunk: DuckDBDataChunk, column: number): BigInt64Array {
  const { buffer, byteOffset } = data(chunk, column, 8);
  return new BigInt64Array(buffer, byteOffset, chunk.rowCount);
}

export function unsignedIntegers(chunk: DuckDBDataChunk, column: number): Uint32Array {
  const { buffer, byteOffset } = data(chunk, column, 4);
  return new Uint32Array(buffer, byteOffset, chunk.rowCount);
}

export function unsignedShorts(chunk: DuckDBDataChunk, column: number): Uint16Array {
  const { buffer, byteOffset } = data(chunk, column, 2);
  return new Uint16Array(buffer, byteOffset, chunk.rowCount);
}

/** The first row of the chunk, from `from` on, that holds NULL in a column; -1 where none does. */
export function firstNull(chunk: DuckDBDataChunk, column: number, from: number): number {
  const words = Math.ceil(chunk.rowCount / 64);
  // The engine hands over nothing where every row is valid; the types do not say so.
  const mask = bindings.vector_get_validity(vector(chunk, column), words * 8) as Uint8Array | null;
  if (mask === null) return -1;
  for (let row = from; row < chunk.rowCount; row++) {
    if ((((mask[row >>> 3] ?? 0xff) >>> (row & 7)) & 1) === 0) return row;
  }
  return -1;
}

/** Joins the UBIGINT columns `from` to `to` row by row into big-endian bytes. */
export function bigEndianWords(chunk: DuckDBDataChunk, from: number, to: number): Uint8Array {
  const words = to - from;
  const bytes = new Uint8Array(chunk.rowCount * words * 8);
  const view = new DataView(bytes.buffer);
  for (let column = 0; column < words; column++) {
    const { buffer, byteOffset } = data(chunk, from + column, 8);
    // Two halves of 32 bits, little end first on every machine that the engine runs on: numbers, not bigints.
    const halves = new Uint32Array(buffer, byteOffset, chunk.rowCount * 2);
    for (let row = 0; row < chunk.rowCount; row++) {
      const at = (row * words + column) * 8;
      view.setUint32(at, halves[2 * row + 1] ?? 0);
      view.setUint32(at + 4, halves[2 * row] ?? 0);
    }
  }
  return bytes;
}

function vector(chunk: DuckDBDataChunk, column: number): ReturnType<typeof bindings.data_chunk_get_vector> {
  return bindings.data_chunk_get_vector(chunk.chunk, column);
}

function data(chunk: DuckDBDataChunk, column: number, bytesAValue: number): Uint8Array {
  return bindings.vector_get_data(vector(chunk, column), chunk.rowCount * bytesAValue);
}
