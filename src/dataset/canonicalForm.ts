import { createHash } from 'node:crypto';
import { canonicalJson, type Digest } from '../identity/digest.ts';
import { byBytes, literal } from './sqlText.ts';

/*
 * The canonical form of rows (docs/data.md). A row's text is the canonical text of each of its values, in the order of
 * the column names by bytes, each followed by a line feed; `\N` where there is no value, `\\` and `\n` for a backslash
 * and a line feed in a text. It is the same whatever the file format and the order of columns.
 */

/** SQL for the row text over canonical texts that stand in the order of {@link inNameOrder}. */
export function rowTextSql(canonical: readonly string[]): string {
  if (canonical.length === 0) return "''";
  return `concat(${canonical.map((text) => `coalesce(${text}, '\\N'), chr(10)`).join(', ')})`;
}

export function inNameOrder<T extends { readonly name: string }>(columns: readonly T[]): readonly T[] {
  return columns.toSorted((a, b) => byBytes(a.name, b.name));
}

/** SQL for the four big-endian words of 64 bits of a sha256 in hex. */
export function wordsSql(hex: string): readonly [string, string, string, string] {
  const word = (index: number): string => `('0x' || ${hex}[${16 * index + 1}:${16 * index + 16}])::UBIGINT`;
  return [word(0), word(1), word(2), word(3)];
}

// 2^64 mod 10,000, to carry a remainder from one word of 64 bits to the next.
const CARRY = 1616;
export const BUCKETS = 10_000;

/** SQL for a sha256 in hex, read as one number, modulo {@link BUCKETS}. */
export function bucketSql(hex: string): string {
  const [first, ...others] = wordsSql(hex);
  return others.reduce(
    (above, word) => `((${above}) * ${CARRY} + ${word} % ${BUCKETS}) % ${BUCKETS}`,
    `${first} % ${BUCKETS}`,
  );
}

/** SQL for the hex sha256 that a split looks at: of the salt, a line feed, and the row text of the columns it goes by. */
export function splitHashSql(salt: string, rowText: string): string {
  return `sha256(concat(${literal(salt)}, chr(10), ${rowText}))`;
}

/**
 * The digest of rows as a bag: sha256 over a header with the column names, then the sha256 of each row's text in
 * ascending order. Row hashes are handed over 32 bytes each, in that order.
 */
export class BagDigest {
  readonly #hash = createHash('sha256');

  constructor(columns: readonly string[]) {
    this.#hash.update(`touchstone/rows/v1\n${canonicalJson(columns.toSorted(byBytes))}\n`);
  }

  add(rowHashes: Uint8Array): void {
    this.#hash.update(rowHashes);
  }

  digest(): Digest {
    return this.#hash.digest('hex') as Digest;
  }
}
