import type { ModelConfig } from '../config/config.ts';
import type { Digest } from '../identity/digest.ts';
import type { ColumnType } from './columnType.ts';
import type { DatasetRole, DatasetSource, KeyColumns } from './source.ts';

export type { DatasetRole };

/** What of a model's section says where its data lie and what their columns mean. */
export type ModelData = Pick<ModelConfig, 'name' | 'task' | 'target' | 'data'> &
  Partial<Pick<ModelConfig, 'id' | 'time' | 'group' | 'features' | 'train'>>;

/** Rows at a content digest, with what was counted while they were read. */
export interface Dataset {
  readonly role: DatasetRole;
  /** The files that were read, relative to the root, `/` between segments, sorted. */
  readonly files: readonly string[];
  readonly rows: number;
  readonly columns: readonly DatasetColumn[];
  /** Of the rows in canonical form: one digest whatever the file format, the order of rows and that of columns. */
  readonly digest: Digest;
  /** Sorted row keys in their binary form, see `rowKeys.ts`. */
  readonly rowKeys: Uint8Array;
  readonly target: TargetSummary;
  /** Rows whose id another row has too; 0 where the model has no id. */
  readonly duplicateIds: number;
  readonly source: DatasetSource;
  /** What its row keys are made of. */
  readonly key: KeyColumns;
}

export interface DatasetColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Rows in which it holds nothing: null, NaN, an empty text. */
  readonly missing: number;
  /** Whether the file holds text here, as CSV does throughout. */
  readonly text: boolean;
  /** Whether every number there is whole, however it is written. */
  readonly whole: boolean;
}

export type TargetSummary =
  | { readonly kind: 'absent' }
  /** Rows of each label in canonical form (`1`, `true`), most frequent first; more than `MOST_LABELS` are cut off. */
  | { readonly kind: 'labels'; readonly counts: readonly { readonly label: string; readonly rows: number }[] }
  /** `notNumbers` counts the values that are there and no finite number. The ends are absent where no number is. */
  | {
      readonly kind: 'values';
      readonly minimum?: number;
      readonly maximum?: number;
      readonly notNumbers: number;
    };

export const MOST_LABELS = 10_000;

/** The datasets of one model: what judges it, and what is configured of the rest. A model that is judged need not be trained here. */
export interface ModelDatasets {
  readonly train?: Dataset;
  readonly validation?: Dataset;
  readonly holdout: Dataset;
}
