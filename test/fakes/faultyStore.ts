import type { ByteSource, Creation, RegistryStore } from '../../src/registry/store.ts';
import type { StoreFolder, StoreKey } from '../../src/registry/storeKey.ts';

/** What goes wrong at one call. */
export interface Fault {
  /** The call, counted from 1. */
  readonly call: number;
  /** `before`: the call has no effect. `after`: it has its effect, and nobody is told. */
  readonly when: 'before' | 'after';
  /** `dead`: nothing works any more, as for a process that was killed. `once`: the next call works again. */
  readonly how: 'dead' | 'once';
}

/** A store that fails at one call, and counts its calls. */
export class FaultyStore implements RegistryStore {
  readonly location: string;
  calls = 0;
  readonly #store: RegistryStore;
  readonly #fault: Fault | undefined;
  readonly #error: () => Error;

  constructor(store: RegistryStore, error: () => Error, fault?: Fault) {
    this.location = store.location;
    this.#store = store;
    this.#error = error;
    this.#fault = fault;
  }

  create(key: StoreKey, bytes: Uint8Array): Promise<Creation> {
    return this.#call(() => this.#store.create(key, bytes));
  }

  createFrom(key: StoreKey, source: ByteSource): Promise<Creation> {
    return this.#call(() => this.#store.createFrom(key, source));
  }

  get(key: StoreKey): Promise<Uint8Array | undefined> {
    return this.#call(() => this.#store.get(key));
  }

  open(key: StoreKey): Promise<AsyncIterable<Uint8Array> | undefined> {
    return this.#call(() => this.#store.open(key));
  }

  async *list(folder: StoreFolder, after?: StoreKey): AsyncGenerator<string, void, undefined> {
    const names = await this.#call(async () => {
      const all: string[] = [];
      for await (const name of this.#store.list(folder, after)) all.push(name);
      return all;
    });
    yield* names;
  }

  settle(folder: StoreFolder): Promise<void> {
    return this.#call(() => this.#store.settle(folder));
  }

  putHint(key: StoreKey, bytes: Uint8Array): Promise<void> {
    return this.#call(() => this.#store.putHint(key, bytes));
  }

  async #call<T>(act: () => Promise<T>): Promise<T> {
    this.calls += 1;
    const { call, when, how } = this.#fault ?? { call: Infinity, when: 'before', how: 'once' };
    if (how === 'dead' && this.calls > call) throw this.#error();
    if (this.calls === call && when === 'before') throw this.#error();
    const result = await act();
    if (this.calls === call) throw this.#error();
    return result;
  }
}
