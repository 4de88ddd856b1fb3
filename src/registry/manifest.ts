import type { ModelSignature } from '../evaluation/predictor.ts';
import { digestOfBytes, type Digest } from '../identity/digest.ts';
import type { Candidate, TrainingData } from '../training/candidate.ts';
import { formatDocument } from './document.ts';

/**
 * What a model version is, and nothing of how it came about: no commit, clock, run, machine, metric or verdict. Equal
 * inputs and equal bytes make one manifest, whose digest is the version's name everywhere: `churn@3f9c2ab1`.
 */
export interface Manifest {
  readonly schema: 'touchstone/manifest/v1';
  /** Sorted by path; exactly one is the model. */
  readonly files: readonly ManifestFile[];
  readonly signature: ModelSignature;
  /** Each file of `train.inputs` with its git object id, sorted by path. */
  readonly code: readonly { readonly path: string; readonly object: string }[];
  /** Sorted by role, then digest. */
  readonly data: readonly TrainingData[];
  readonly command: readonly string[];
  readonly params: { readonly [name: string]: string | number | boolean };
  readonly seed: number;
  readonly lockfile?: Digest;
}

export interface ManifestFile {
  /** `model`: what predicts, or its predictions on file. `beside`: kept with it (`train.files`). */
  readonly role: 'model' | 'beside';
  /** Relative to the folder that the files are put in. */
  readonly path: string;
  readonly digest: Digest;
  readonly bytes: number;
}

/** What a candidate is, in its one form. Fields are named one by one, so that nothing circumstantial can slip in. */
export function buildManifest(candidate: Candidate, signature: ModelSignature): Manifest {
  const { code, data, command, params, seed, lockfile } = candidate.inputs;
  const file = (role: ManifestFile['role'], { path, digest, bytes }: Candidate['output']): ManifestFile => ({
    role,
    path,
    digest,
    bytes,
  });
  return {
    schema: 'touchstone/manifest/v1',
    files: [file('model', candidate.output), ...candidate.files.map((beside) => file('beside', beside))].sort(
      byText((one) => one.path),
    ),
    signature,
    code: code.map(({ path, object }) => ({ path, object })).sort(byText((one) => one.path)),
    data: [...data].sort(byText((one) => `${one.role} ${one.digest}`)),
    command,
    params,
    seed,
    ...(lockfile !== undefined && { lockfile }),
  };
}

/** The order of code units, which no locale changes. */
function byText<T>(text: (one: T) => string): (a: T, b: T) => number {
  return (a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0);
}

/** Of its canonical JSON, which is what is stored. */
export function digestOfManifest(manifest: Manifest): Digest {
  return digestOfBytes(formatDocument(manifest));
}

/** The one file that predicts. */
export function modelFile(manifest: Manifest): ManifestFile {
  const [model, ...others] = manifest.files.filter((file) => file.role === 'model');
  if (model === undefined || others.length > 0) throw new TypeError('A manifest has exactly one model file.');
  return model;
}

/** Every blob that a manifest names: without one of them the version is not whole. */
export function blobsOfManifest(manifest: Manifest): readonly { readonly what: string; readonly digest: Digest }[] {
  return [
    ...manifest.files.map((file) => ({ what: file.path, digest: file.digest })),
    ...manifest.data.flatMap(({ role, rowKeys }) =>
      rowKeys === undefined ? [] : [{ what: `${role} row keys`, digest: rowKeys }],
    ),
  ];
}
