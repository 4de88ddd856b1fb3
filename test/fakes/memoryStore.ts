import { assertHintKey, type ByteSource, type Creation, type RegistryStore } from '../../src/registry/store.ts';
import type { StoreFolder, StoreKey } from '../../src/registry/storeKey.ts';

/** A store that lasts as long as a test. `objects` may be tampered with. */
export class MemoryStore implements RegistryStore {
  readonly location = 'memory:';
  readonly objects = new Map<string, Uint8Array>();

  copy(): MemoryStore {
    const copy = new MemoryStore();
    for (const [key, bytes] of this.objects) copy.objects.set(key, bytes);
    return copy;
  }

  text(key: string): string {
    return new TextDecoder().decode(this.objects.get(key));
  }

  create(key: StoreKey, bytes: Uint8Array): Promise<Creation> {
    if (this.objects.has(key)) return Promise.resolve('exists');
    this.objects.set(key, Uint8Array.from(bytes));
    return Promise.resolve('created');
  }

  async createFrom(key: StoreKey, source: ByteSource): Promise<Creation> {
    if (this.objects.has(key)) return 'exists';
    const chunks: Uint8Array[] = [];
    for await (const chunk of source.open()) chunks.push(chunk);
    return this.create(key, Buffer.concat(chunks));
  }

  get(key: StoreKey): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.objects.get(key));
  }

  open(key: StoreKey): Promise<AsyncIterable<Uint8Array> | undefined> {
    const bytes = this.objects.get(key);
    return Promise.resolve(bytes === undefined ? undefined : stream(bytes));
  }

  async *list(folder: StoreFolder, after?: StoreKey): AsyncGenerator<string, void, undefined> {
    const names = [...this.objects.keys()].filter(
      (key) => key.startsWith(folder) && (after === undefined || key > after),
    );
    yield* names.sort();
    await Promise.resolve();
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  putHint(key: StoreKey, bytes: Uint8Array): Promise<void> {
    assertHintKey(key);
    this.objects.set(key, Uint8Array.from(bytes));
    return Promise.resolve();
  }
}

async function* stream(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  for (let from = 0; from < bytes.length; from += 1000) {
    await Promise.resolve();
    yield bytes.subarray(from, from + 1000);
  }
}
