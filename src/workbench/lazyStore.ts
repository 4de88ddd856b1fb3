import type { ByteSource, Creation, RegistryStore } from '../registry/store.ts';
import type { StoreFolder, StoreKey } from '../registry/storeKey.ts';

/** A store that is opened when something is first asked of it: most commands that have a registry never ask it anything. */
export class LazyStore implements RegistryStore {
  readonly #named: string;
  readonly #open: () => Promise<RegistryStore>;
  #opening: Promise<RegistryStore> | undefined;
  #opened: RegistryStore | undefined;

  /** @param named what it is called until it is opened. */
  constructor(named: string, open: () => Promise<RegistryStore>) {
    this.#named = named;
    this.#open = open;
  }

  get location(): string {
    return this.#opened?.location ?? this.#named;
  }

  async create(key: StoreKey, bytes: Uint8Array): Promise<Creation> {
    return (await this.#store()).create(key, bytes);
  }

  async createFrom(key: StoreKey, source: ByteSource): Promise<Creation> {
    return (await this.#store()).createFrom(key, source);
  }

  async get(key: StoreKey): Promise<Uint8Array | undefined> {
    return (await this.#store()).get(key);
  }

  async open(key: StoreKey): Promise<AsyncIterable<Uint8Array> | undefined> {
    return (await this.#store()).open(key);
  }

  async *list(folder: StoreFolder, after?: StoreKey): AsyncGenerator<string, void, undefined> {
    yield* (await this.#store()).list(folder, after);
  }

  async settle(folder: StoreFolder): Promise<void> {
    return (await this.#store()).settle(folder);
  }

  async putHint(key: StoreKey, bytes: Uint8Array): Promise<void> {
    return (await this.#store()).putHint(key, bytes);
  }

  async #store(): Promise<RegistryStore> {
    this.#opening ??= this.#open();
    this.#opened = await this.#opening;
    return this.#opened;
  }
}
