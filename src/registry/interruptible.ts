import type { ByteSource, RegistryStore } from './store.ts';

/**
 * A store whose calls begin only as long as nobody has interrupted the work. What has begun is carried through, so that
 * its outcome is known; a hint too, since the event that it follows stands. Who waits for a long stream waits no longer
 * than for one piece of it: nothing is created of a part.
 *
 * @param signal its reason is thrown where it is an error, and an error of ours where it is a signal's name.
 */
export function interruptible(store: RegistryStore, signal: AbortSignal): RegistryStore {
  const assertGoing = (): void => {
    if (signal.aborted) throw interruption(signal);
  };
  const going = async <T>(act: () => Promise<T>): Promise<T> => {
    assertGoing();
    return act();
  };
  async function* pieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of source) {
      assertGoing();
      yield piece;
    }
  }
  return {
    // One that is opened when it is first used knows it by then.
    get location() {
      return store.location;
    },
    create: (key, bytes) => going(() => store.create(key, bytes)),
    createFrom: (key, source: ByteSource) =>
      going(() => store.createFrom(key, { ...source, open: () => pieces(source.open()) })),
    get: (key) => going(() => store.get(key)),
    open: (key) =>
      going(async () => {
        const stream = await store.open(key);
        return stream && pieces(stream);
      }),
    async *list(folder, after) {
      for await (const name of store.list(folder, after)) {
        assertGoing();
        yield name;
      }
    },
    settle: (folder) => going(() => store.settle(folder)),
    putHint: (key, bytes) => store.putHint(key, bytes),
  };
}

function interruption({ reason }: AbortSignal): Error {
  return reason instanceof Error && reason.name !== 'AbortError' ? reason : new Error('Interrupted.');
}
