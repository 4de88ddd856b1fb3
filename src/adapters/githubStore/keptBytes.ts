/** More than the documents of one command; a process that reads a whole registry forgets the first ones. */
const MOST_BYTES = 16 << 20;

/** Bytes that were read or written, by what they are named by, as long as there is room. */
export class KeptBytes {
  readonly #kept = new Map<string, Uint8Array>();
  #bytes = 0;

  get(id: string): Uint8Array | undefined {
    return this.#kept.get(id);
  }

  put(id: string, bytes: Uint8Array): void {
    if (this.#kept.has(id) || bytes.length > MOST_BYTES) return;
    this.#kept.set(id, Uint8Array.from(bytes));
    this.#bytes += bytes.length;
    for (const [oldest, { length }] of this.#kept) {
      if (this.#bytes <= MOST_BYTES) return;
      this.#kept.delete(oldest);
      this.#bytes -= length;
    }
  }
}
