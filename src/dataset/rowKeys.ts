/**
 * Row keys in their binary form, so that "which rows did this model train on" can be kept and asked without the rows:
 * 16 bytes of ASCII `touchstone.keys1`, then the first 16 bytes of each row key, each once, in ascending order of bytes.
 */
const HEADER = new TextEncoder().encode('touchstone.keys1');
export const ROW_KEY_BYTES = 16;

/** Joins keys that come in ascending order, 16 bytes each, into the binary form. */
export function encodeRowKeys(sorted: readonly Uint8Array[]): Uint8Array {
  const size = sorted.reduce((sum, keys) => sum + keys.length, HEADER.length);
  const blob = new Uint8Array(size);
  blob.set(HEADER);
  let at = HEADER.length;
  for (const keys of sorted) {
    blob.set(keys, at);
    at += keys.length;
  }
  return blob;
}

/** Looks keys up in one binary form. */
export class RowKeys {
  readonly count: number;
  readonly #keys: DataView;

  /** @throws RangeError where the bytes are not that form: callers know where they came from and say so. */
  constructor(blob: Uint8Array) {
    const whole = blob.length >= HEADER.length && (blob.length - HEADER.length) % ROW_KEY_BYTES === 0;
    if (!whole || HEADER.some((byte, index) => blob[index] !== byte)) {
      throw new RangeError('These bytes are no row keys: expected "touchstone.keys1" and 16 bytes a key.');
    }
    this.count = (blob.length - HEADER.length) / ROW_KEY_BYTES;
    this.#keys = new DataView(blob.buffer, blob.byteOffset + HEADER.length, blob.length - HEADER.length);
  }

  /** Whether the 16 bytes at `offset` of `bytes` are one of the keys. */
  has(bytes: DataView, offset: number): boolean {
    let from = 0;
    let to = this.count;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const order = compareKeys(this.#keys, middle * ROW_KEY_BYTES, bytes, offset);
      if (order === 0) return true;
      if (order < 0) from = middle + 1;
      else to = middle;
    }
    return false;
  }

  /** How many keys stand in both; walks the two once. */
  shared(other: RowKeys): number {
    let shared = 0;
    let mine = 0;
    let theirs = 0;
    while (mine < this.count && theirs < other.count) {
      const order = compareKeys(this.#keys, mine * ROW_KEY_BYTES, other.#keys, theirs * ROW_KEY_BYTES);
      if (order === 0) shared += 1;
      if (order <= 0) mine += 1;
      if (order >= 0) theirs += 1;
    }
    return shared;
  }
}

// Words of 32 bits are plain numbers, which a walk over millions of keys needs.
function compareKeys(a: DataView, atA: number, b: DataView, atB: number): number {
  for (let byte = 0; byte < ROW_KEY_BYTES; byte += 4) {
    const difference = a.getUint32(atA + byte) - b.getUint32(atB + byte);
    if (difference !== 0) return difference;
  }
  return 0;
}
