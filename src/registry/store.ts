import type { Digest } from '../identity/digest.ts';
import type { StoreFolder, StoreKey } from './storeKey.ts';

/** Whether the name was free. Exactly one of any number of writers at one name is told `created`. */
export type Creation = 'created' | 'exists';

/**
 * Where a registry lies. The one primitive is that a name can be created once; nothing that was created ever changes or
 * goes. An object is seen whole or not at all, and by everybody as soon as `create` has answered.
 *
 * Every method throws a ServiceFailure where the store cannot do its part. After one of `create` or `createFrom` the
 * outcome is unknown: the object may stand, whole. Both can be called again.
 */
export interface RegistryStore {
  /** For messages: `file:/srv/registry`. */
  readonly location: string;

  create(key: StoreKey, bytes: Uint8Array): Promise<Creation>;

  /**
   * Creates an object from a stream, of which little is held at a time. A source that throws creates nothing, and its
   * error comes through. A source need not be opened where the name is taken.
   */
  createFrom(key: StoreKey, source: ByteSource): Promise<Creation>;

  /** `undefined` where there is no such object. For small ones. */
  get(key: StoreKey): Promise<Uint8Array | undefined>;

  /** `undefined` where there is no such object. Fails on a read where the object is cut short. */
  open(key: StoreKey): Promise<AsyncIterable<Uint8Array> | undefined>;

  /**
   * The names in a folder and all below, in the order of their bytes, those after `after` alone. What was created before
   * the call is in it. Foreign things that lie there are listed too, as they are called.
   */
  list(folder: StoreFolder, after?: StoreKey): AsyncIterable<string>;

  /**
   * Sees to it that what stands in a folder outlasts a power cut, whoever made it and is not through with it: a reader may
   * see a name that is not on the disk yet. Called before something is written that must not stand without it.
   */
  settle(folder: StoreFolder): Promise<void>;

  /**
   * Writes a hint, over the one that stands. Only names that end in `/state.json`: nothing else may ever change. A store
   * whose lists cost the same however long they are may forget hints.
   */
  putHint(key: StoreKey, bytes: Uint8Array): Promise<void>;
}

/** Bytes whose length and digest are known before they are read. */
export interface ByteSource {
  /** For messages: the file's path. */
  readonly name: string;
  readonly digest: Digest;
  readonly bytes: number;
  /** From the first byte, as often as it is called. */
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** The whole of a list that is known to be small. */
export async function listAll(store: RegistryStore, folder: StoreFolder): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const name of store.list(folder)) names.push(name);
  return names;
}

const HINT = /(^|\/)state\.json$/;

/** For adapters: the rule that keeps a mistake of ours from overwriting what must stay. */
export function assertHintKey(key: StoreKey): void {
  if (!HINT.test(key)) throw new RangeError(`Only state.json may be written over, not "${key}".`);
}
