import { isDigest, type Digest } from '../../identity/digest.ts';
import type { RepositoryName } from '../../identity/git.ts';
import { assertHintKey, type ByteSource, type Creation, type RegistryStore } from '../../registry/store.ts';
import { BLOBS, type StoreFolder, type StoreKey } from '../../registry/storeKey.ts';
import type { GitHubClient } from '../github/gitHubClient.ts';
import { FIRST_FILE } from './beginBranch.ts';
import { BlobReleases } from './blobReleases.ts';
import { RegistryBranch } from './registryBranch.ts';
import type { StoreSite } from './storeSite.ts';

/**
 * Up to this size a blob is a file on the branch, above it an asset. A blob's digest fixes its size, so each has one place.
 * Manifests and evidence are read with git alone so, and take one request to write; an asset cannot be empty and takes two.
 * What is on the branch is fetched by every clone, for ever: larger it must not be.
 */
export const MOST_BYTES_ON_BRANCH = 32 * 1024;

export interface GitHubStoreOptions {
  /** It must not be given a signal: what has begun is carried through. */
  readonly client: GitHubClient;
  readonly repository: RepositoryName;
  readonly hasToken: boolean;
  /** Lets some time pass. */
  readonly pause: (seconds: number) => Promise<void>;
}

/**
 * A registry in a repository on GitHub: objects are files on the branch `touchstone`, large blobs are assets of releases.
 * `PUT /contents` without `sha` and the names of assets create a name once or fail, whoever else is writing.
 *
 * Hints are forgotten: where a log ends is known from a list, which is one request however long the log is, and writing a
 * hint would be another commit for every event.
 */
export class GitHubStore implements RegistryStore {
  readonly location: string;
  readonly #branch: RegistryBranch;
  readonly #blobs: BlobReleases;

  /** Asks nothing yet. */
  constructor({ client, repository, hasToken, pause }: GitHubStoreOptions) {
    this.location = `github:${repository}`;
    const site: StoreSite = { location: this.location, client, repository, hasToken, pause };
    this.#branch = new RegistryBranch(site);
    this.#blobs = new BlobReleases(site, () => this.#branch.begin());
  }

  async create(key: StoreKey, bytes: Uint8Array): Promise<Creation> {
    const digest = digestOfKey(key);
    if (digest === undefined || bytes.length <= MOST_BYTES_ON_BRANCH) return this.#branch.create(key, bytes);
    return this.#blobs.create({ name: key, digest, bytes: bytes.length, open: () => once(bytes) });
  }

  async createFrom(key: StoreKey, source: ByteSource): Promise<Creation> {
    if (digestOfKey(key) !== undefined && source.bytes > MOST_BYTES_ON_BRANCH) return this.#blobs.create(source);
    if (this.#branch.has(key)) return 'exists';
    const chunks: Uint8Array[] = [];
    for await (const chunk of source.open()) chunks.push(chunk);
    return this.#branch.create(key, Buffer.concat(chunks));
  }

  async get(key: StoreKey): Promise<Uint8Array | undefined> {
    if (isHint(key)) return undefined;
    const stream = await this.#find(key);
    if (!isStream(stream)) return stream;
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  async open(key: StoreKey): Promise<AsyncIterable<Uint8Array> | undefined> {
    const found = await this.#find(key);
    return found === undefined || isStream(found) ? found : once(found);
  }

  async *list(folder: StoreFolder, after?: StoreKey): AsyncGenerator<string, void, undefined> {
    await this.#branch.fresh();
    const isAsked = (name: string): boolean => name.startsWith(folder) && (after === undefined || name > after);
    const names = [...this.#branch.names()].filter((name) => isAsked(name) && name !== FIRST_FILE.path).sort();
    const mayHoldAssets = this.#branch.exists && (folder.startsWith(BLOBS) || BLOBS.startsWith(folder));
    if (!mayHoldAssets || (after !== undefined && after > AFTER_BLOBS)) return yield* names;
    yield* names.filter((name) => name < BLOBS);
    const assets = (await this.#blobs.names()).map((digest) => `${BLOBS}${digest}`).filter(isAsked);
    yield* [...new Set([...names.filter((name) => name > BLOBS), ...assets])].sort();
  }

  /** What GitHub has answered for, it keeps. */
  settle(): Promise<void> {
    return Promise.resolve();
  }

  putHint(key: StoreKey): Promise<void> {
    assertHintKey(key);
    return Promise.resolve();
  }

  async #find(key: StoreKey): Promise<Uint8Array | AsyncIterable<Uint8Array> | undefined> {
    const digest = digestOfKey(key);
    if (!this.#branch.has(key)) {
      const asset = digest === undefined ? undefined : await this.#openAsset(digest);
      if (asset !== undefined) return asset;
      if (!this.#branch.has(key)) await this.#branch.fresh();
    }
    return this.#branch.read(key);
  }

  /** A blob that is not on the branch. A registry that has not begun has none. */
  async #openAsset(digest: Digest): Promise<AsyncIterable<Uint8Array> | undefined> {
    if (!this.#branch.exists) await this.#branch.fresh();
    return this.#branch.exists && !this.#branch.has(`${BLOBS}${digest}`) ? this.#blobs.open(digest) : undefined;
  }
}

/** After all names of blobs, and before all others that follow. */
const AFTER_BLOBS = `${BLOBS}g`;

function digestOfKey(key: string): Digest | undefined {
  const digest = key.startsWith(BLOBS) ? key.slice(BLOBS.length) : '';
  return isDigest(digest) ? digest : undefined;
}

function isHint(key: StoreKey): boolean {
  return key === 'state.json' || key.endsWith('/state.json');
}

function isStream(found: Uint8Array | AsyncIterable<Uint8Array> | undefined): found is AsyncIterable<Uint8Array> {
  return found !== undefined && Symbol.asyncIterator in found;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  await Promise.resolve();
  yield bytes;
}
