import { randomUUID } from 'node:crypto';
import { ServiceFailure } from '../../failure.ts';
import { isDigest, type Digest } from '../../identity/digest.ts';
import { splitRepositoryName } from '../../identity/git.ts';
import { damaged } from '../../registry/damage.ts';
import type { ByteSource, Creation } from '../../registry/store.ts';
import { blobKey } from '../../registry/storeKey.ts';
import { piecesOf } from '../github/boundedChunks.ts';
import { BRANCH } from './beginBranch.ts';
import { BlobRelease, isUploaded, type Asset } from './blobRelease.ts';
import { gitHubStoreFailure, isUnknownOutcome, messageOf, statusOf, type Deed } from './gitHubStoreFailure.ts';
import type { StoreSite } from './storeSite.ts';
import { UploadedSource } from './uploadedSource.ts';

/** https://docs.github.com/en/repositories/releasing-projects-on-github/about-releases: each file under 2 GiB, 1,000 a release. */
const MOST_BYTES = 2 * 1024 ** 3 - 1;
const MOST_ASSETS = 1000;
/** Uploads that were cut off are cleared away, so a release that was full may have room again: look beyond it all the same. */
const MAY_OVERFLOW = MOST_ASSETS / 2;
/** An upload that has not come to its end for so long has none. */
const OLD_SECONDS = 5 * 60;
const MOST_TRIES = 3;
const PREFIX = 'touchstone-blobs-';

/**
 * The large blobs of a registry: assets of releases, each named by its digest. A release takes a name once, as long as it
 * is not full. The first digit says which of sixteen releases a blob lies in, so that one short list finds it; where one
 * is full, `touchstone-blobs-a-2` follows `touchstone-blobs-a`.
 */
export class BlobReleases {
  readonly #site: StoreSite;
  readonly #place: { readonly owner: string; readonly repo: string };
  readonly #releases = new Map<string, BlobRelease>();
  /** Assets of the same name are uploaded one after the other within a process. */
  readonly #uploads = new Map<Digest, Promise<Creation>>();
  /** Sees to it that the branch is there, which tags of new releases point to: no workflow lies on it. */
  readonly #begin: () => Promise<void>;

  constructor(site: StoreSite, begin: () => Promise<void>) {
    this.#site = site;
    this.#place = splitRepositoryName(site.repository);
    this.#begin = begin;
  }

  /** The size of a blob and its bytes, which are asked for when they are read; `undefined` where there is none. */
  async open(digest: Digest): Promise<AsyncIterable<Uint8Array> | undefined> {
    const { asset } = await this.#saying('read', digest, () => this.#find(digest));
    return asset !== undefined && isUploaded(asset) ? this.#download(digest, asset) : undefined;
  }

  async create(source: ByteSource): Promise<Creation> {
    const { digest } = source;
    const uploading = this.#uploads.get(digest);
    if (uploading !== undefined) {
      // Whatever comes of that one, this one finds out for itself.
      await uploading.catch(() => undefined);
      return this.create(source);
    }
    const creating = this.#saying('create', digest, () => this.#create(source));
    this.#uploads.set(digest, creating);
    try {
      return await creating;
    } finally {
      this.#uploads.delete(digest);
    }
  }

  /** The digests of all blobs, in no order: one request for the releases, and one or more for each. */
  async names(): Promise<readonly Digest[]> {
    return this.#saying('list', 'the releases', async () => {
      const { data } = await this.#site.client.rest.git.listMatchingRefs({ ...this.#place, ref: `tags/${PREFIX}` });
      const tags = data.map(({ ref }) => ref.slice('refs/tags/'.length)).filter((tag) => TAG.test(tag));
      const names = await Promise.all(
        tags.map(async (tag) => {
          const release = this.#release(tag);
          await release.look();
          return release.assets.filter(isUploaded).map(({ name }) => name);
        }),
      );
      return [...new Set(names.flat().filter(isDigest))];
    });
  }

  async #create(source: ByteSource): Promise<Creation> {
    const { digest } = source;
    if (source.bytes > MOST_BYTES) throw this.#tooLarge(source);
    // Tells what this very call has uploaded, or left behind, from what another writer has.
    const label = `${digest} ${randomUUID().slice(0, 8)}`;
    let unknown = 0;
    let waits = 0;
    for (;;) {
      const { asset, release } = await this.#find(digest);
      if (asset !== undefined && isUploaded(asset)) return this.#found(source, asset, label);
      if (asset !== undefined) {
        if (asset.label === label || release.ageSeconds(asset) > OLD_SECONDS) await release.remove(asset);
        else await this.#site.pause(Math.min(2 ** waits++, 10));
        continue;
      }
      const upload = new UploadedSource(source);
      try {
        if (!release.exists) {
          await this.#begin();
          await release.create(BRANCH);
        }
        await release.upload(digest, upload, label);
        return 'created';
      } catch (error) {
        if (upload.failure !== undefined) {
          await this.#clearAway(digest, label);
          throw upload.failure.error;
        }
        const isTaken = statusOf(error) === 422 && /already_exists|file_count/.test(messageOf(error));
        if (!isTaken && (!isUnknownOutcome(error) || (unknown += 1) >= MOST_TRIES)) throw error;
        if (!isTaken) await this.#site.pause(unknown ** 2);
      }
    }
  }

  /** Where a blob is, or else the first release with room for it. */
  async #find(digest: Digest): Promise<{ readonly asset?: Asset; readonly release: BlobRelease }> {
    let roomy: BlobRelease | undefined;
    for (let number = 1; ; number += 1) {
      const release = this.#release(`${PREFIX}${digest.slice(0, 1)}${number === 1 ? '' : `-${number}`}`);
      let asset = release.asset(digest);
      if (asset === undefined || !isUploaded(asset)) {
        await release.look();
        asset = release.asset(digest);
      }
      if (asset !== undefined) return { asset, release };
      if (release.assets.length < MOST_ASSETS) roomy ??= release;
      if (roomy !== undefined && release.assets.length < MAY_OVERFLOW) return { release: roomy };
    }
  }

  #release(tag: string): BlobRelease {
    const known = this.#releases.get(tag);
    if (known !== undefined) return known;
    const release = new BlobRelease(this.#site.client, this.#place, tag);
    this.#releases.set(tag, release);
    return release;
  }

  #found({ bytes, digest }: ByteSource, asset: Asset, label: string): Creation {
    if (asset.size !== bytes) {
      throw damaged(this.#site, blobKey(digest), `it holds ${asset.size} bytes`, `the ${bytes} bytes of its digest`);
    }
    // The answer to an upload of ours may have been lost.
    return asset.label === label ? 'created' : 'exists';
  }

  /** Takes away what is left of an upload that ended early; what cannot be removed now is removed when it is old. */
  async #clearAway(digest: Digest, label: string): Promise<void> {
    try {
      const { asset, release } = await this.#find(digest);
      if (asset !== undefined && !isUploaded(asset) && asset.label === label) await release.remove(asset);
    } catch {
      // The source's own error is what is told.
    }
  }

  async *#download(digest: Digest, asset: Asset): AsyncGenerator<Uint8Array, void, undefined> {
    const key = blobKey(digest);
    let bytes = 0;
    try {
      const { data } = await this.#site.client.request('GET /repos/{owner}/{repo}/releases/assets/{asset_id}', {
        ...this.#place,
        asset_id: asset.id,
        headers: { accept: 'application/octet-stream' },
        request: { parseSuccessResponseBody: false },
      });
      for await (const chunk of piecesOf(data)) {
        bytes += chunk.length;
        yield chunk;
      }
    } catch (error) {
      throw gitHubStoreFailure(this.#site, 'read', key, error);
    }
    if (bytes === asset.size) return;
    throw new ServiceFailure('store_failed', {
      where: `${this.#site.location}: ${key}`,
      found: `cannot read it: of ${asset.size} bytes ${bytes} came`,
      remedy: 'Run the command again',
    });
  }

  async #saying<T>(deed: Deed, name: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw gitHubStoreFailure(this.#site, deed, isDigest(name) ? blobKey(name) : name, error);
    }
  }

  #tooLarge({ name, bytes }: ByteSource): ServiceFailure {
    return new ServiceFailure('store_full', {
      where: name,
      found: `it holds ${bytes.toLocaleString('en')} bytes`,
      expected: `at most ${MOST_BYTES.toLocaleString('en')}: a registry on GitHub keeps files as release assets`,
      remedy: 'Name another place as "registry" in touchstone.yml: docs/registry.md',
    });
  }
}

const TAG = new RegExp(`^${PREFIX}[0-9a-f](?:-[0-9]+)?$`);
