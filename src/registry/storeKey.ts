import type { Digest } from '../identity/digest.ts';

/** The path of one object in a store, relative to its root: `models/churn/log/00000000000000000001.json`. */
export type StoreKey = string & { readonly __brand: 'StoreKey' };

/** The start of keys, up to a slash: `models/churn/log/`; the empty one is the whole store. */
export type StoreFolder = string & { readonly __brand: 'StoreFolder' };

// What every store can hold: S3 (1,024 bytes), GitHub (no leading dot, case kept), Windows (no trailing dot, no device
// names, case ignored: so only lower case is made here).
const SEGMENT = /^[a-z0-9](?:[a-z0-9._=-]{0,198}[a-z0-9_=-])?$/;
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/;
const KEY_LENGTH = 1024;

export function isStoreKey(text: string): text is StoreKey {
  return (
    text.length <= KEY_LENGTH && text.split('/').every((segment) => SEGMENT.test(segment) && !DEVICE.test(segment))
  );
}

/** @throws RangeError where the text would leave the store, or is a name that some store cannot hold. */
export function parseStoreKey(text: string): StoreKey {
  if (!isStoreKey(text)) throw new RangeError(`Invalid store key ${JSON.stringify(text)}: expected ${KEY_RULE}.`);
  return text;
}

/** @throws RangeError as {@link parseStoreKey}; a folder ends with a slash or is empty. */
export function parseStoreFolder(text: string): StoreFolder {
  if (text !== '' && !(text.endsWith('/') && isStoreKey(text.slice(0, -1)))) {
    throw new RangeError(`Invalid store folder ${JSON.stringify(text)}: expected "" or ${KEY_RULE}, and a slash.`);
  }
  return text as StoreFolder;
}

/** The folder that an object lies in. */
export function folderOf(key: StoreKey): StoreFolder {
  return key.slice(0, key.lastIndexOf('/') + 1) as StoreFolder;
}

const KEY_RULE = 'segments of lower-case letters, digits and ".", "_", "=", "-", joined by slashes, no device names';

export const WHOLE_STORE = parseStoreFolder('');
export const REGISTRY_KEY = parseStoreKey('registry.json');
export const BLOBS = parseStoreFolder('blobs/sha256/');
export const INTENTS = parseStoreFolder('intents/');

export function blobKey(digest: Digest): StoreKey {
  return parseStoreKey(`${BLOBS}${digest}`);
}

export function intentKey(id: Digest): StoreKey {
  return parseStoreKey(`${INTENTS}${id}.json`);
}
