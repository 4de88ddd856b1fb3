import type { Candidate, CandidateFile } from './candidate.ts';
import type { InputFile } from './declaredInputs.ts';
import type { WrittenFile } from './outputs.ts';
import type { Claim } from './claims.ts';
import type { Digest } from '../identity/digest.ts';
import type { ModelName } from '../identity/names.ts';

export interface TrainingFolders {
  /** A fresh folder below `.touchstone/work`; what dead runs left there is removed first. */
  open(root: string): Promise<TrainingFolder>;
}

/** Where one training happens: declared inputs alone, data beside them, output and log; gone when it is closed. */
export interface TrainingFolder {
  /** The command's working folder. */
  readonly inputs: string;
  readonly output: string;
  readonly log: string;
  /**
   * Copies the inputs to their relative paths, executable bits kept, links as what they lead to.
   * @throws UserMistake where a file is no longer the one that was digested.
   */
  copyInputs(root: string, files: readonly InputFile[]): Promise<void>;
  /** Copies a data file, read-only, into a folder that holds nothing else; returns its path. */
  placeData(role: 'training' | 'validation' | 'holdout', file: string): Promise<string>;
  /** The folder of checkpoints for these inputs, with what the last run of the same inputs left if it failed. */
  claimCheckpoints(inputs: Digest): Promise<string>;
  /** Keeps the checkpoints for the next run of the same inputs. */
  keepCheckpoints(): Promise<void>;
  written(): Promise<readonly WrittenFile[]>;
  /** Whether the command wrote this path into its working folder. */
  wroteIntoInputs(path: string): Promise<boolean>;
  /** A claim of the output folder; `undefined` where there is none. */
  claim(path: string): Promise<Claim | undefined>;
  digest(file: WrittenFile): Promise<CandidateFile>;
  /** Makes the candidate's folder appear, whole, in place of the model's last one; returns its absolute path. */
  publish(candidate: Candidate): Promise<string>;
  /** Keeps the log of a training that failed as {@link failedLog}. */
  keepLog(model: ModelName): Promise<void>;
  close(): Promise<void>;
}

/** Where a model's candidate lies, relative to the root. */
export function candidateFolder(model: ModelName): string {
  return `.touchstone/candidates/${model}`;
}

/** Where the log of a model's last failed training lies, relative to the root. */
export function failedLog(model: ModelName): string {
  return `.touchstone/logs/${model}.log`;
}
