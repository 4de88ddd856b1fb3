import { createHash } from 'node:crypto';
import { type Json, invalid, notFound } from '../route.ts';
import { type Account, nodeId } from './account.ts';
import type { StandInRepository } from './repository.ts';

/** https://docs.github.com/en/repositories/releasing-projects-on-github/about-releases#storage-and-bandwidth-quotas */
const MOST_ASSETS = 1000;

export interface Asset {
  readonly id: number;
  readonly release: Release;
  readonly name: string;
  label: string | null;
  /** `open`: its upload has not ended, or never will. Documents call it `starter`, the description does not. */
  state: 'uploaded' | 'open';
  readonly contentType: string;
  bytes: Uint8Array;
  createdAt: string;
  readonly uploader: Account;
}

export interface Release {
  readonly id: number;
  readonly repository: StandInRepository;
  tag: string;
  target: string;
  name: string | null;
  body: string | null;
  isDraft: boolean;
  isPrerelease: boolean;
  /** Nothing of it may be added, changed or taken away once it is published. */
  isImmutable: boolean;
  readonly author: Account;
  readonly createdAt: string;
  readonly assets: Asset[];
}

/** The releases of a repository. */
export class Releases {
  readonly all: Release[] = [];
  /** How many assets a release takes. */
  mostAssets = MOST_ASSETS;
  /** How many assets a release embeds in its own answer. */
  mostEmbedded = 30;
  /** The repository's setting: releases made from now on are immutable. */
  areImmutable = false;
  readonly #repository: StandInRepository;

  constructor(repository: StandInRepository) {
    this.#repository = repository;
  }

  byId(id: number): Release {
    const release = this.all.find((each) => each.id === id);
    if (!release) throw notFound();
    return release;
  }

  /** A draft has no tag yet. */
  byTag(tag: string): Release | undefined {
    return this.all.find((each) => each.tag === tag && !each.isDraft);
  }

  asset(id: number): Asset {
    const asset = this.all.flatMap(({ assets }) => assets).find((each) => each.id === id);
    if (!asset) throw notFound();
    return asset;
  }

  create(made: Pick<Release, 'tag' | 'target' | 'name' | 'body' | 'isDraft' | 'isPrerelease' | 'author'>): Release {
    if (this.byTag(made.tag)) {
      throw invalid({ resource: 'Release', code: 'already_exists', field: 'tag_name' });
    }
    const { github } = this.#repository;
    const release: Release = {
      ...made,
      id: github.nextId('release'),
      repository: this.#repository,
      isImmutable: this.areImmutable && !made.isDraft,
      createdAt: github.time(),
      assets: [],
    };
    this.all.push(release);
    return release;
  }

  add(release: Release, made: Pick<Asset, 'name' | 'label' | 'contentType' | 'bytes' | 'uploader'>): Asset {
    if (release.assets.some(({ name }) => name === made.name)) {
      throw invalid({ resource: 'ReleaseAsset', code: 'already_exists', field: 'name' });
    }
    if (release.assets.length >= this.mostAssets) {
      const message = `file_count limited to ${this.mostAssets} assets per release`;
      throw invalid({ resource: 'ReleaseAsset', code: 'custom', field: 'file_count', message });
    }
    if (made.bytes.length === 0) {
      const message = 'size must be greater than or equal to 1';
      throw invalid({ resource: 'ReleaseAsset', code: 'custom', field: 'size', message });
    }
    const { github } = this.#repository;
    const asset: Asset = { ...made, id: github.nextId('asset'), release, state: 'uploaded', createdAt: github.time() };
    release.assets.push(asset);
    return asset;
  }
}

/** `release-asset` in GitHub's description. */
export function assetJson({ release, ...asset }: Asset): Json {
  const { repository } = release;
  const isWhole = asset.state === 'uploaded';
  return {
    url: `${repository.url}/releases/assets/${asset.id}`,
    id: asset.id,
    node_id: nodeId('RA', asset.id),
    name: asset.name,
    label: asset.label,
    uploader: asset.uploader.json,
    content_type: asset.contentType,
    state: asset.state,
    size: isWhole ? asset.bytes.length : 0,
    digest: isWhole ? `sha256:${createHash('sha256').update(asset.bytes).digest('hex')}` : null,
    download_count: 0,
    created_at: asset.createdAt,
    updated_at: asset.createdAt,
    browser_download_url: `${repository.htmlUrl}/releases/download/${release.tag}/${asset.name}`,
  };
}

/** `release` in GitHub's description. */
export function releaseJson(release: Release): Json {
  const { repository, id, tag } = release;
  const { url, htmlUrl, github } = repository;
  return {
    url: `${url}/releases/${id}`,
    assets_url: `${url}/releases/${id}/assets`,
    upload_url: `${github.uploadsUrl}/repos/${repository.fullName}/releases/${id}/assets{?name,label}`,
    html_url: `${htmlUrl}/releases/${release.isDraft ? `untagged-${id}` : `tag/${tag}`}`,
    id,
    author: release.author.json,
    node_id: nodeId('RE', id),
    tag_name: tag,
    target_commitish: release.target,
    name: release.name,
    draft: release.isDraft,
    immutable: release.isImmutable,
    prerelease: release.isPrerelease,
    created_at: release.createdAt,
    updated_at: release.createdAt,
    published_at: release.isDraft ? null : release.createdAt,
    assets: release.assets.slice(0, repository.releases.mostEmbedded).map(assetJson),
    tarball_url: release.isDraft ? null : `${url}/tarball/${tag}`,
    zipball_url: release.isDraft ? null : `${url}/zipball/${tag}`,
    body: release.body,
  };
}
