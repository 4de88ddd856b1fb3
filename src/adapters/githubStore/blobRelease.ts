import type { GitHubClient } from '../github/gitHubClient.ts';
import { isUnknownOutcome, messageOf, statusOf } from './gitHubStoreFailure.ts';
import type { UploadedSource } from './uploadedSource.ts';

/** A file of a release. One whose upload has not ended, or was cut off, has its name already. */
export interface Asset {
  readonly id: number;
  readonly name: string;
  /** In place of the name on the page of the release; empty where there is none. */
  readonly label: string;
  readonly size: number;
  readonly state: string;
  readonly createdAt: Date;
}

/** https://docs.github.com/en/rest/releases/assets: an upload that failed may leave an asset in the state `starter`. */
export function isUploaded({ state }: Asset): boolean {
  return state === 'uploaded';
}

type Listed = Awaited<ReturnType<GitHubClient['rest']['repos']['listReleaseAssets']>>['data'][number];

/** A release embeds its assets; of more than a page of them, no document says that it embeds all. */
const SURELY_EMBEDDED = 30;
const PAGE = 100;

/** One release that holds blobs, as it was last seen. */
export class BlobRelease {
  readonly #client: GitHubClient;
  readonly #place: { readonly owner: string; readonly repo: string };
  readonly #tag: string;
  #assets: ReadonlyMap<string, Asset> = new Map();
  #seen: { readonly id: number; readonly uploadUrl: string; readonly etag: string | undefined } | undefined;
  #seenAt = new Date(0);

  constructor(client: GitHubClient, place: { readonly owner: string; readonly repo: string }, tag: string) {
    this.#client = client;
    this.#place = place;
    this.#tag = tag;
  }

  get exists(): boolean {
    return this.#seen !== undefined;
  }

  get assets(): readonly Asset[] {
    return [...this.#assets.values()];
  }

  asset(name: string): Asset | undefined {
    return this.#assets.get(name);
  }

  /** By GitHub's clock. */
  ageSeconds({ createdAt }: Asset): number {
    return (this.#seenAt.getTime() - createdAt.getTime()) / 1000;
  }

  /** Asks what is in it now. One request, and one for each hundred assets where there are thirty or more. */
  async look(): Promise<void> {
    const known = this.#seen;
    try {
      const { data, headers } = await this.#client.rest.repos.getReleaseByTag({
        ...this.#place,
        tag: this.#tag,
        // A release's answer is known again only where it tells of all its assets.
        ...(known?.etag !== undefined &&
          this.#assets.size < SURELY_EMBEDDED && { headers: { 'if-none-match': known.etag } }),
      });
      const isWhole = data.assets.length < SURELY_EMBEDDED;
      const assets = isWhole ? data.assets : await this.#listAssets(data.id);
      this.#assets = new Map(assets.map((asset) => [asset.name, readAsset(asset)]));
      this.#seen = { id: data.id, uploadUrl: data.upload_url, etag: headers.etag };
      this.#note(headers.date);
    } catch (error) {
      const status = statusOf(error);
      if (status === 304) this.#note(dateOf(error));
      else if (status === 404) this.#forget();
      else throw error;
    }
  }

  async #listAssets(id: number): Promise<readonly Listed[]> {
    return this.#client.paginate(this.#client.rest.repos.listReleaseAssets, {
      ...this.#place,
      release_id: id,
      per_page: PAGE,
    });
  }

  /** Makes it, unless somebody else has. A tag points to the branch, where no workflow lies that it could start. */
  async create(branch: string): Promise<void> {
    try {
      await this.#client.rest.repos.createRelease({
        ...this.#place,
        tag_name: this.#tag,
        target_commitish: branch,
        name: this.#tag,
        body: 'Files of the model registry that the branch `touchstone` tells of, each named by its sha256. Written by Touchstone: do not edit or delete.',
        // A draft is hidden from those who may only read.
        draft: false,
        prerelease: true,
        make_latest: 'false',
        request: { retries: 0 },
      });
    } catch (error) {
      const isThere = statusOf(error) === 422 && messageOf(error).includes('already_exists');
      if (!isThere && !isUnknownOutcome(error)) throw error;
      await this.look();
      if (!this.exists) throw error;
      return;
    }
    // Of two that were made at once, everybody means the one that its tag leads to.
    await this.look();
  }

  async upload(name: string, source: UploadedSource, label: string): Promise<void> {
    if (this.#seen === undefined) throw new TypeError(`The release ${this.#tag} was not seen.`);
    const response = await this.#client.request(`POST ${this.#seen.uploadUrl}`, {
      name,
      label,
      headers: { 'content-type': 'application/octet-stream', 'content-length': source.bytes },
      data: source,
      request: { retries: 0 },
    });
    const asset = readAsset(response.data as Listed);
    this.#assets = new Map([...this.#assets, [asset.name, asset]]);
  }

  /** Takes away what is left of an upload. */
  async remove({ id }: Asset): Promise<void> {
    try {
      await this.#client.rest.repos.deleteReleaseAsset({ ...this.#place, asset_id: id });
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
    await this.look();
  }

  #note(date: string | undefined): void {
    if (date !== undefined) this.#seenAt = new Date(date);
  }

  #forget(): void {
    this.#assets = new Map();
    this.#seen = undefined;
  }
}

function readAsset({ id, name, label, size, state, created_at: createdAt }: Listed): Asset {
  return { id, name, label: label ?? '', size, state, createdAt: new Date(createdAt) };
}

function dateOf(error: unknown): string | undefined {
  const response: unknown = error instanceof Error && 'response' in error ? error.response : undefined;
  const headers = typeof response === 'object' && response !== null && 'headers' in response ? response.headers : {};
  return (headers as { readonly date?: string }).date;
}
