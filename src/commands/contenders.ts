import { UserMistake } from '../failure.ts';
import type { ModelFiles, ModelSource } from '../evaluation/modelFiles.ts';
import type { ModelSignature } from '../evaluation/predictor.ts';
import type { ModelName } from '../identity/names.ts';
import { getDocument, readBlob } from '../registry/blobs.ts';
import type { ChampionVersion } from '../registry/champions.ts';
import type { LocalFiles } from '../registry/localFiles.ts';
import { buildManifest, digestOfManifest, modelFile, type Manifest } from '../registry/manifest.ts';
import { parseManifest } from '../registry/manifestDocument.ts';
import type { RegistryStore } from '../registry/store.ts';
import type { Candidate } from '../training/candidate.ts';
import type { Contender } from './evaluate.ts';

/** A trained candidate with what it is: known before anything is judged. */
export interface IdentifiedCandidate {
  readonly candidate: Candidate;
  readonly signature: ModelSignature;
  readonly manifest: Manifest;
  readonly contender: Contender;
}

/**
 * What a candidate is, from the files that training left.
 *
 * @param folder absolute path of the folder that holds `candidate.json`.
 */
export async function identifyCandidate(
  candidate: Candidate,
  folder: string,
  models: ModelFiles,
  local: LocalFiles,
): Promise<IdentifiedCandidate> {
  const { output, files } = candidate;
  const source: ModelSource = {
    file: local.join(folder, output.path),
    where: output.path,
    digest: output.digest,
    beside: new Map(files.map(({ path, digest }) => [path, digest])),
  };
  const { signature } = await models.read(source);
  const manifest = buildManifest(candidate, signature);
  return {
    candidate,
    signature,
    manifest,
    contender: {
      label: 'candidate',
      identity: digestOfManifest(manifest),
      bytes: output.digest,
      trainedOn: await keysOfCandidate(candidate, local),
      open: (ids) => models.open(source, ids),
    },
  };
}

async function keysOfCandidate({ model, inputs }: Candidate, local: LocalFiles): Promise<readonly Uint8Array[]> {
  return Promise.all(
    inputs.data.flatMap(({ role, rowKeys }) => {
      if (rowKeys === undefined) return [];
      return [
        local.rowKeys(rowKeys).then((keys) => {
          if (keys !== undefined) return keys;
          throw new UserMistake('candidate-incomplete', {
            where: `the candidate of ${model}`,
            found: `the row keys of its ${role} data are gone, so nobody can tell what it has seen of the holdout`,
            remedy: `Train again: "touchstone train ${model}"`,
          });
        }),
      ];
    }),
  );
}

/** A registered version, its files copied to where they can be loaded. */
export async function versionContender(
  model: ModelName,
  version: ChampionVersion,
  store: RegistryStore,
  models: ModelFiles,
  local: LocalFiles,
): Promise<Contender> {
  const label = `${model}@v${version.version}`;
  const manifest = await getDocument(store, version.manifest, parseManifest);
  const { path, digest } = modelFile(manifest);
  return {
    label,
    identity: version.manifest,
    bytes: digest,
    trainedOn: await keysOfVersion(manifest, store),
    open: async (ids) => {
      const folder = await local.copyOf(store, manifest.files);
      const beside = manifest.files.filter((file) => file.role === 'beside');
      const source: ModelSource = {
        file: local.join(folder, path),
        where: `${label} ${path}`,
        digest,
        beside: new Map(beside.map((file) => [file.path, file.digest])),
      };
      return models.open(source, ids);
    },
  };
}

async function keysOfVersion(manifest: Manifest, store: RegistryStore): Promise<readonly Uint8Array[]> {
  const digests = manifest.data.flatMap(({ rowKeys }) => (rowKeys === undefined ? [] : [rowKeys]));
  return Promise.all(digests.map((digest) => readBlob(store, digest)));
}

/**
 * A file that nobody told anything about: judged as it is.
 *
 * @param trainedOn what the configuration says that the model's kind is trained on.
 */
export async function fileContender(
  source: ModelSource,
  trainedOn: readonly Uint8Array[],
  models: ModelFiles,
): Promise<Contender> {
  const { digest } = await models.read(source);
  const pinned = { ...source, digest };
  return {
    label: source.where,
    identity: digest,
    bytes: digest,
    trainedOn,
    open: (ids) => models.open(pinned, ids),
  };
}
