import type { ModelVersionReference } from '../identity/names.ts';
import { getDocument } from '../registry/blobs.ts';
import { parseEvidence, type Evidence } from '../registry/evidence.ts';
import { readLog } from '../registry/log.ts';
import type { Manifest } from '../registry/manifest.ts';
import { parseManifest } from '../registry/manifestDocument.ts';
import { selectVersion } from '../registry/selectVersion.ts';
import type { RegistryStore } from '../registry/store.ts';
import { modelLog, type ModelVersion } from '../registry/versions.ts';
import { championsOf, selectModels, type ServingChampion } from './registryList.ts';

export interface ShownVersion {
  readonly version: ModelVersion;
  readonly manifest: Manifest;
  readonly evidence: Evidence;
  /** The environments that it serves. */
  readonly serves: readonly ServingChampion[];
}

/** What a version is and what was known of it. @throws UserMistake where none or several are meant. */
export async function showVersion(store: RegistryStore, reference: ModelVersionReference): Promise<ShownVersion> {
  const { model } = reference;
  await selectModels(store, model);
  const { state } = await readLog(store, modelLog(model));
  const version = selectVersion(model, state, reference.version);
  const [manifest, evidence, champions] = await Promise.all([
    getDocument(store, version.manifest, parseManifest),
    getDocument(store, version.evidence, parseEvidence),
    championsOf(store, model),
  ]);
  return {
    version,
    manifest,
    evidence,
    serves: champions.filter(({ champion }) => champion.manifest === version.manifest),
  };
}
