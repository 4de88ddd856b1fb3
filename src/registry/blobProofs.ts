import { createHash } from 'node:crypto';
import type { Digest } from '../identity/digest.ts';
import type { Parsed } from './document.ts';
import { Lanes } from './lanes.ts';
import type { RegistryStore } from './store.ts';
import { blobKey } from './storeKey.ts';
import type { Problems } from './verification.ts';

/** Large blobs come as streams, from disks and networks that have better things to do than many at once. */
const STREAMS_AT_ONCE = 8;

/** Recomputes the digests of blobs, of each once, whoever asks and how often. */
export class BlobProofs {
  readonly #store: RegistryStore;
  readonly #problems: Problems;
  readonly #proven = new Map<Digest, Promise<boolean>>();
  readonly #streams = new Lanes(STREAMS_AT_ONCE);
  readonly #named = new Set<Digest>();

  constructor(store: RegistryStore, problems: Problems) {
    this.#store = store;
    this.#problems = problems;
  }

  get count(): number {
    return this.#proven.size;
  }

  isNamed(digest: Digest): boolean {
    return this.#named.has(digest);
  }

  /** A blob that `namedBy` names: it must be there, with the right bytes. */
  async proveNamed(digest: Digest, namedBy: string): Promise<boolean> {
    this.#named.add(digest);
    return this.prove(digest, namedBy);
  }

  prove(digest: Digest, namedBy?: string): Promise<boolean> {
    const before = this.#proven.get(digest);
    if (before !== undefined) return before;
    const proving = this.#recompute(digest, namedBy);
    this.#proven.set(digest, proving);
    return proving;
  }

  /** A small blob as a document; `undefined`, and a problem, where it is none. */
  async document<T>(digest: Digest, namedBy: string, parse: (bytes: Uint8Array) => Parsed<T>): Promise<T | undefined> {
    if (!(await this.proveNamed(digest, namedBy))) return undefined;
    const bytes = await this.#store.get(blobKey(digest));
    const parsed = bytes === undefined ? undefined : parse(bytes);
    if (parsed?.kind === 'parsed') return parsed.value;
    this.#problems.add('unreadable', blobKey(digest), `${parsed?.problems.join('; ') ?? 'gone'} (named by ${namedBy})`);
    return undefined;
  }

  async #recompute(digest: Digest, namedBy?: string): Promise<boolean> {
    const key = blobKey(digest);
    const by = namedBy === undefined ? '' : ` (named by ${namedBy})`;
    const stream = await this.#store.open(key);
    if (stream === undefined) {
      this.#problems.add('absent', key, `it is not there${by}`);
      return false;
    }
    const found = await this.#streams.run(async () => {
      const hash = createHash('sha256');
      for await (const chunk of stream) hash.update(chunk);
      return hash.digest('hex');
    });
    if (found === digest) return true;
    this.#problems.add('altered', key, `its bytes have the sha256 ${found}${by}`);
    return false;
  }
}
