import type { SliceConfig } from '../config/config.ts';
import type { Holdout, Slice } from '../evaluation/holdout.ts';
import type { Digest } from '../identity/digest.ts';
import type { Dataset, DatasetRole, ModelData, ModelDatasets } from './dataset.ts';

/** Reads the datasets of a model, writes them for its training, and streams the rows that judge it. */
export interface DataEngine {
  /**
   * Finds the files, reads every row once or twice, splits, and counts. Writes nothing.
   *
   * @param root the folder that paths in `model.data` are relative to.
   * @throws UserMistake with every file that cannot be read and why.
   */
  inspect(root: string, model: ModelData): Promise<ModelDatasets>;

  /**
   * Puts each dataset into one file for the training command: CSV stays CSV with the text of each value, Parquet keeps
   * its types. A dataset that is one whole file already stays where it is. Files appear in `folder` complete or not at
   * all; those of an earlier call are replaced, or left where they hold the same bytes already.
   */
  materialise(datasets: ModelDatasets, model: ModelData, folder: string, wanted?: WantedFiles): Promise<PreparedData>;

  /**
   * The evaluation rows, less those whose key stands in one of `trainedOn` (row keys in their binary form).
   *
   * @throws UserMistake where no row is left.
   */
  openHoldout(dataset: Dataset, trainedOn: readonly Uint8Array[]): Promise<OpenHoldout>;
}

export interface WantedFiles {
  /** Which datasets; all of them by default. */
  readonly roles?: readonly DatasetRole[];
  /** Also the holdout without its target, for predictions candidates. */
  readonly holdoutFeatures?: boolean;
  /** Of the files that the datasets were read from, by name: what is known to be written already is not written again. */
  readonly fileDigests?: ReadonlyMap<string, Digest>;
}

export interface PreparedDataset extends Dataset {
  /** Absolute path of the one file that holds exactly these rows. */
  readonly file: string;
}

export interface PreparedData {
  readonly train?: PreparedDataset;
  readonly validation?: PreparedDataset;
  readonly holdout?: PreparedDataset;
  /** Absolute path. */
  readonly holdoutFeatures?: string;
}

export interface OpenHoldout extends Holdout {
  /** The ids of all rows as canonical text, in the order of the batches: what predictions on file are joined by. */
  ids(column: string): AsyncIterable<readonly string[]>;
  /**
   * The slices of the config as named conditions, checked: a column gives one for each of its values, in their order.
   *
   * @throws UserMistake with every condition that is not one, and every column with more than 50 values.
   */
  slices(configured: readonly SliceConfig[]): Promise<readonly Slice[]>;
  close(): void;
}
