import { describe, expect, it } from 'vitest';
import { interruptible } from '../../src/registry/interruptible.ts';
import { WHOLE_STORE } from '../../src/registry/storeKey.ts';
import { listAll, type ByteSource } from '../../src/registry/store.ts';
import { verifyRegistry } from '../../src/registry/verify.ts';
import { MemoryStore } from '../fakes/memoryStore.ts';
import { RegistryWorld } from '../fakes/registryWorld.ts';
import { sourceOf } from './describeStore.ts';
import { blobKey } from '../../src/registry/storeKey.ts';

/** A store whose person presses Ctrl-C at a call, counted from 1; then it is the store itself that goes on. */
function interruptedAt(
  store: MemoryStore,
  call: number,
): { readonly store: MemoryStore; readonly signal: AbortSignal } {
  const interrupted = new AbortController();
  let calls = 0;
  const counting = new Proxy(store, {
    get(target, name, receiver) {
      const found: unknown = Reflect.get(target, name, target === receiver ? receiver : target);
      if (typeof found !== 'function') return found;
      return (...args: unknown[]): unknown => {
        if ((calls += 1) === call) interrupted.abort('SIGINT');
        return Reflect.apply(found, target, args) as unknown;
      };
    },
  });
  return { store: counting, signal: interrupted.signal };
}

describe('work on a registry that is interrupted', () => {
  it('at each call in turn: nothing or all of it is done, and the answer says which', async () => {
    let call = 1;
    let stopped = 0;
    for (; ; call += 1) {
      const store = new MemoryStore();
      await new RegistryWorld(store).register(1);
      const interrupted = interruptedAt(store, call);
      const world = new RegistryWorld(interruptible(interrupted.store, interrupted.signal));
      const told = await world
        .promote(1, { occasion: world.occasion({ cause: 'once' }) })
        .catch((error: unknown) => error);
      if (!interrupted.signal.aborted) break;
      expect((await verifyRegistry(store)).problems).toEqual([]);
      const champion = await new RegistryWorld(store).champion();
      if (told instanceof Error) {
        expect(told.message).toBe('Interrupted.');
        expect(champion).toBe(0);
        stopped += 1;
      } else {
        expect(champion).toBe(1);
      }
    }
    expect(stopped).toBeGreaterThan(5);
    // The last calls: the event itself and its hint.
    expect(call - 1 - stopped).toBeGreaterThan(0);
  });

  it('makes nothing of a part of a stream', async () => {
    const store = new MemoryStore();
    const interrupted = new AbortController();
    const whole = sourceOf(Buffer.alloc(300_000, 'x'));
    const source: ByteSource = {
      ...whole,
      open: async function* () {
        for await (const piece of whole.open()) {
          yield piece;
          interrupted.abort('SIGINT');
        }
      },
    };
    const stopped = interruptible(store, interrupted.signal).createFrom(blobKey(whole.digest), source);
    await expect(stopped).rejects.toThrow('Interrupted.');
    expect(await listAll(store, WHOLE_STORE)).toEqual([]);
  });
});
