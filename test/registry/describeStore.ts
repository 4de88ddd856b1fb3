import { afterEach, describe, expect, it } from 'vitest';
import { digestOfBytes, type Digest } from '../../src/identity/digest.ts';
import { putBlob } from '../../src/registry/blobs.ts';
import { listAll, type ByteSource, type RegistryStore } from '../../src/registry/store.ts';
import { blobKey, parseStoreFolder, parseStoreKey, WHOLE_STORE } from '../../src/registry/storeKey.ts';

/** A fresh and empty store; `again` is a second client of the same one, as another process has it. */
export interface StoreUnderTest {
  readonly store: RegistryStore;
  readonly again: RegistryStore;
  readonly close: () => Promise<void>;
}

/**
 * What every store promises. An adapter that passes can hold a registry. A store may forget hints (`keepsHints`), which
 * are never trusted; none may answer an old one for a new.
 */
export function describeStore(
  name: string,
  make: () => Promise<StoreUnderTest>,
  { keepsHints = true }: { readonly keepsHints?: boolean } = {},
): void {
  describe(`${name} as a store`, () => {
    let open: StoreUnderTest | undefined;
    const start = async (): Promise<StoreUnderTest> => (open = await make());
    afterEach(async () => {
      await open?.close();
      open = undefined;
    });

    const key = parseStoreKey('models/churn/log/00000000000000000001.json');

    it('creates a name once and keeps the first bytes', async () => {
      const { store, again } = await start();
      expect(await store.create(key, bytes('first'))).toBe('created');
      expect(await again.create(key, bytes('second'))).toBe('exists');
      expect(await store.create(key, bytes('first'))).toBe('exists');
      expect(text(await again.get(key))).toBe('first');
    });

    it('tells exactly one of many writers at one name that it created it', async () => {
      const { store, again } = await start();
      for (let round = 0; round < 5; round += 1) {
        const contested = parseStoreKey(`intents/${round}.json`);
        const writers = Array.from({ length: 32 }, (_, writer) => `${writer}`.padStart(4096, '.'));
        const told = await Promise.all(
          writers.map((writer, index) => (index % 2 === 0 ? store : again).create(contested, bytes(writer))),
        );
        expect(told.filter((creation) => creation === 'created')).toHaveLength(1);
        expect(text(await store.get(contested))).toBe(writers[told.indexOf('created')]);
      }
    });

    it('tells exactly one of many streams at one name that it created it', async () => {
      const { store, again } = await start();
      const content = Buffer.alloc(300_000, 'x');
      const source = sourceOf(content);
      const contested = blobKey(source.digest);
      const told = await Promise.all(
        Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? store : again).createFrom(contested, source)),
      );
      expect(told.filter((creation) => creation === 'created')).toHaveLength(1);
      expect(content.equals((await store.get(contested)) ?? new Uint8Array())).toBe(true);
    });

    it('has nothing under a name that was not created', async () => {
      const { store } = await start();
      expect(await store.get(key)).toBeUndefined();
      expect(await store.open(key)).toBeUndefined();
      expect(await listAll(store, WHOLE_STORE)).toEqual([]);
    });

    it('keeps every byte, none and many', async () => {
      const { store, again } = await start();
      const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      for (const content of [new Uint8Array(), all, Buffer.alloc(3_000_001, all)]) {
        const source = sourceOf(content);
        await putBlob(store, source);
        expect(Buffer.concat(await chunksOf(again, source.digest)).equals(content)).toBe(true);
        expect(digestOfBytes((await again.get(blobKey(source.digest))) ?? '')).toBe(source.digest);
      }
    });

    it('creates nothing from a source that fails, and lets its error through', async () => {
      const { store } = await start();
      // As a read of a file ends: with an error that has a code, like the store's own may.
      const failure = Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
      const source: ByteSource = {
        ...sourceOf(bytes('whole')),
        open: async function* () {
          yield await Promise.resolve(bytes('who'));
          throw failure;
        },
      };
      await expect(store.createFrom(blobKey(source.digest), source)).rejects.toBe(failure);
      expect(await store.get(blobKey(source.digest))).toBeUndefined();
      expect(await listAll(store, WHOLE_STORE)).toEqual([]);
    });

    it('creates nothing from bytes that are not those of the digest', async () => {
      const { store } = await start();
      const source = { ...sourceOf(bytes('promised')), open: sourceOf(bytes('PROMISED')).open };
      await expect(putBlob(store, source)).rejects.toMatchObject({ code: 'file_changed' });
      expect(await store.get(blobKey(source.digest))).toBeUndefined();
    });

    it('lists what is below a folder in the order of the keys, from one on', async () => {
      const { store, again } = await start();
      // "-" and "." sort before "/": an order folder by folder would be another.
      const keys = ['models/a-b/x', 'models/a.b', 'models/a/b/c', 'models/a/d', 'models/ab', 'modelss/a'].map(
        parseStoreKey,
      );
      for (const one of [...keys].reverse()) await store.create(one, bytes(one));
      const models = parseStoreFolder('models/');
      const inModels = keys.slice(0, 5);
      expect(await listAll(again, models)).toEqual(inModels);
      expect(await listAll(again, WHOLE_STORE)).toEqual(keys);
      expect(await listAll(again, parseStoreFolder('models/a/'))).toEqual(['models/a/b/c', 'models/a/d']);
      for (const [index, one] of inModels.entries()) {
        expect(await listFrom(again, 'models/', one)).toEqual(inModels.slice(index + 1));
      }
      expect(await listFrom(again, 'models/', 'models/a/c')).toEqual(['models/a/d', 'models/ab']);
    });

    it('lists a name as soon as it is created', async () => {
      const { store, again } = await start();
      for (let seq = 1; seq <= 20; seq += 1) {
        const name = `models/churn/log/${String(seq).padStart(20, '0')}.json`;
        await store.create(parseStoreKey(name), bytes(name));
        expect((await listAll(again, parseStoreFolder('models/churn/log/'))).at(-1)).toBe(name);
      }
    });

    it('writes hints over, and nothing else', async () => {
      const { store, again } = await start();
      const hint = parseStoreKey('models/churn/state.json');
      await store.putHint(hint, bytes('old'));
      await again.putHint(hint, bytes('new'));
      expect(text(await store.get(hint))).toBe(keepsHints ? 'new' : undefined);
      await store.create(key, bytes('first'));
      await expect(async () => store.putHint(key, bytes('second'))).rejects.toThrow(RangeError);
      expect(text(await store.get(key))).toBe('first');
    });
  });
}

export function bytes(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

export function sourceOf(content: Uint8Array): ByteSource {
  return {
    name: 'model.onnx',
    digest: digestOfBytes(content),
    bytes: content.length,
    open: async function* () {
      for (let from = 0; from < content.length; from += 65_536) {
        yield await Promise.resolve(content.subarray(from, from + 65_536));
      }
    },
  };
}

function text(content: Uint8Array | undefined): string | undefined {
  return content === undefined ? undefined : new TextDecoder().decode(content);
}

async function chunksOf(store: RegistryStore, digest: Digest): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await store.open(blobKey(digest))) ?? []) chunks.push(chunk);
  return chunks;
}

async function listFrom(store: RegistryStore, folder: string, after: string): Promise<string[]> {
  const names: string[] = [];
  for await (const name of store.list(parseStoreFolder(folder), parseStoreKey(after))) names.push(name);
  return names;
}
