import type { Digest, Json } from '../identity/digest.ts';
import type { ModelName } from '../identity/names.ts';
import type { GpuUse } from './gpuUse.ts';

/** What one training left behind: the files, and all that says where they come from. Written as `candidate.json` beside them. */
export interface Candidate {
  readonly schema: 'touchstone/candidate/v1';
  readonly model: ModelName;
  /** The trained model, or its predictions; path relative to `candidate.json`. */
  readonly output: CandidateFile;
  /** Further files of `train.files`, sorted by path. */
  readonly files: readonly CandidateFile[];
  /** What went in and decides the bytes that come out; all of it enters the manifest. */
  readonly inputs: TrainingInputs;
  /** What the run was like; none of it enters the manifest. */
  readonly environment: TrainingEnvironment;
  /** What the training command said of itself (`metrics.json`, `params.json`): shown as claimed, never gating. */
  readonly claimed: { readonly metrics?: Json; readonly params?: Json };
  readonly startedAt: string;
  readonly seconds: number;
}

export interface CandidateFile {
  readonly path: string;
  readonly digest: Digest;
  readonly bytes: number;
}

export interface TrainingInputs {
  /** Each file of `train.inputs` with its git blob id (hex), sorted by path. */
  readonly code: readonly { readonly path: string; readonly object: string }[];
  readonly data: readonly TrainingData[];
  readonly command: readonly string[];
  readonly params: { readonly [name: string]: string | number | boolean };
  readonly seed: number;
  /** Of the requirements file that `train.setup` names. */
  readonly lockfile?: Digest;
}

export interface TrainingData {
  readonly role: 'train' | 'validation';
  readonly digest: Digest;
  readonly rows: number;
  /** Of the schema file's canonical form, where the model has one. */
  readonly schemaDigest?: Digest;
  /** Digest of the sorted row keys, kept as a blob: what a holdout must not contain. */
  readonly rowKeys?: Digest;
}

export interface TrainingEnvironment {
  readonly commit?: string;
  readonly tree?: string;
  /** Paths with uncommitted changes among the inputs; empty where the commit tells the whole truth. */
  readonly dirty: readonly string[];
  readonly repository?: string;
  readonly python?: string;
  /** Installed distributions, name to version. */
  readonly packages: { readonly [name: string]: string };
  readonly platform: string;
  readonly cpus: number;
  readonly gpus: readonly { readonly name: string; readonly driver: string; readonly memoryMiB: number }[];
  /** Absent where there was no GPU, or its driver told nothing. */
  readonly gpuUse?: GpuUse;
}
