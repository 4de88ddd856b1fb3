/**
 * The distinct ways in which rows lie in slices. A row keeps one index instead of a bit a slice, and sums over rows are
 * taken once for each pattern, then folded into the slices: rows are walked once, however many slices there are.
 */
export class SlicePatterns {
  readonly slices: number;
  readonly #words: number;
  /** Words of each pattern, one after the other. */
  readonly #bits: number[] = [];
  #count = 0;
  /** From (node, next 16 bits of a row's words) to the node that they lead to: a trie. */
  readonly #next = new Map<number, number>();
  #nodes = 0;
  readonly #patternAt = new Map<number, number>();

  constructor(slices: number) {
    this.slices = slices;
    this.#words = Math.ceil(slices / 32);
  }

  get count(): number {
    return this.#count;
  }

  /** Writes the pattern index of each row of a batch to `out`, from `offset`. */
  index(bits: Uint32Array, rows: number, out: Uint32Array, offset: number): void {
    const words = this.#words;
    if (words === 0) {
      if (rows > 0 && this.#count === 0) this.#count = 1;
      out.fill(0, offset, offset + rows);
      return;
    }
    let last = -1;
    let lastRow = 0;
    for (let row = 0; row < rows; row += 1) {
      // Sorted and sparse data repeat themselves: the row before answers most look-ups.
      if (last < 0 || !sameWords(bits, row * words, lastRow * words, words)) {
        last = this.#find(bits, row * words);
        lastRow = row;
      }
      out[offset + row] = last;
    }
  }

  has(pattern: number, slice: number): boolean {
    const word = this.#bits[pattern * this.#words + (slice >>> 5)] ?? 0;
    return ((word >>> (slice & 31)) & 1) === 1;
  }

  /** By pattern: 1 where its rows lie in the slice. `undefined` stands for all rows. */
  membership(slice: number | undefined): Uint8Array {
    const member = new Uint8Array(this.#count);
    for (let pattern = 0; pattern < this.#count; pattern += 1) {
      member[pattern] = slice === undefined || this.has(pattern, slice) ? 1 : 0;
    }
    return member;
  }

  #find(bits: Uint32Array, from: number): number {
    let node = 0;
    for (let word = 0; word < this.#words; word += 1) {
      const value = bits[from + word] ?? 0;
      node = this.#step(this.#step(node, value & 0xffff), value >>> 16);
    }
    let pattern = this.#patternAt.get(node);
    if (pattern === undefined) {
      pattern = this.#count;
      this.#count += 1;
      this.#patternAt.set(node, pattern);
      for (let word = 0; word < this.#words; word += 1) this.#bits.push(bits[from + word] ?? 0);
    }
    return pattern;
  }

  #step(node: number, half: number): number {
    const key = node * 0x10000 + half;
    let next = this.#next.get(key);
    if (next === undefined) {
      this.#nodes += 1;
      next = this.#nodes;
      this.#next.set(key, next);
    }
    return next;
  }
}

function sameWords(bits: Uint32Array, a: number, b: number, words: number): boolean {
  for (let word = 0; word < words; word += 1) if (bits[a + word] !== bits[b + word]) return false;
  return true;
}
