import type { Digest } from '../identity/digest.ts';
import type { ManifestFile } from './manifest.ts';
import type { RegistryStore } from './store.ts';

/** Copies of what a registry holds, and what training leaves beside a candidate. */
export interface LocalFiles {
  /** Absolute path of a folder that holds these files of a version, each the bytes that its digest names. */
  copyOf(store: RegistryStore, files: readonly ManifestFile[]): Promise<string>;
  /** Row keys kept under their digest; `undefined` where they are gone. */
  rowKeys(digest: Digest): Promise<Uint8Array | undefined>;
  /** Joins a folder and a path below it. */
  join(folder: string, path: string): string;
}
