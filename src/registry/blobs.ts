import { createHash } from 'node:crypto';
import { UserMistake } from '../failure.ts';
import { digestOfBytes, type Digest } from '../identity/digest.ts';
import { damaged } from './damage.ts';
import { formatDocument, type Parsed } from './document.ts';
import type { ByteSource, RegistryStore } from './store.ts';
import { blobKey } from './storeKey.ts';

/** Stores a document under the digest of its canonical JSON. Storing it again does nothing. */
export async function putDocument(store: RegistryStore, document: object): Promise<Digest> {
  const bytes = formatDocument(document);
  const digest = digestOfBytes(bytes);
  await store.create(blobKey(digest), bytes);
  return digest;
}

/**
 * Stores a file under its digest, which is checked while the bytes pass: other bytes create nothing.
 *
 * @throws UserMistake `file_changed` where the bytes are not those that the digest was made of.
 */
export async function putBlob(store: RegistryStore, source: ByteSource): Promise<void> {
  const changed = (): UserMistake =>
    new UserMistake('file_changed', {
      where: source.name,
      found: 'it is not the file that its digest was made of',
      expected: `${source.bytes} bytes with sha256 ${source.digest}`,
      remedy: 'Train again, and leave the files of a candidate as they are',
    });
  await store.createFrom(blobKey(source.digest), {
    ...source,
    open: () => verified(source.open(), source.digest, changed),
  });
}

/** A small blob, narrowed. @throws ServiceFailure `registry_damaged` where it is absent, altered or no such document. */
export async function getDocument<T>(
  store: RegistryStore,
  digest: Digest,
  parse: (bytes: Uint8Array) => Parsed<T>,
): Promise<T> {
  const key = blobKey(digest);
  const bytes = await store.get(key);
  if (bytes === undefined) throw damaged(store, key, 'it is not there', 'the blob that an event names');
  if (digestOfBytes(bytes) !== digest) throw damaged(store, key, 'its bytes have another sha256 than its name says');
  const parsed = parse(bytes);
  if (parsed.kind === 'invalid') throw damaged(store, key, parsed.problems.join('; '));
  return parsed.value;
}

/** A blob's bytes; the last is given out only once all have been found to be the right ones. @throws as {@link getDocument} */
export async function openBlob(store: RegistryStore, digest: Digest): Promise<AsyncIterable<Uint8Array>> {
  const key = blobKey(digest);
  const stream = await store.open(key);
  if (stream === undefined) throw damaged(store, key, 'it is not there', 'the blob that an event names');
  return verified(stream, digest, () => damaged(store, key, 'its bytes have another sha256 than its name says'));
}

/** A blob's bytes, all of them. @throws as {@link getDocument} */
export async function readBlob(store: RegistryStore, digest: Digest): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await openBlob(store, digest)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Hands bytes through, one chunk behind, so that a reader who got them all got the right ones. */
async function* verified(
  source: AsyncIterable<Uint8Array>,
  digest: Digest,
  mismatch: () => Error,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('sha256');
  let held: Uint8Array | undefined;
  for await (const chunk of source) {
    hash.update(chunk);
    if (held !== undefined) yield held;
    held = chunk;
  }
  if (hash.digest('hex') !== digest) throw mismatch();
  if (held !== undefined) yield held;
}
