import type { SplitConfig } from '../config/config.ts';
import type { ColumnType, Physical } from './columnType.ts';

export type DatasetRole = 'train' | 'validation' | 'holdout';

export type FileFormat = 'csv' | 'parquet' | 'ndjson';

/** One file that a dataset is read from, with all that reading it takes: nothing is guessed twice. */
export interface SourceFile {
  /** Absolute. */
  readonly path: string;
  /** As a person would name it: relative to the root, `/` between segments. */
  readonly shown: string;
  readonly gzip: boolean;
  /** Names in the order of the file. */
  readonly columns: readonly string[];
  /** Of a CSV file. */
  readonly delimiter?: string;
  /** Of a CSV file that is well-formed but for line ends of both kinds. */
  readonly mixedLineEnds?: true;
  /** Of a Parquet file: the engine's names of its columns' types. */
  readonly types?: readonly string[];
}

export interface SourceColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** How the file holds it. Text is what CSV and NDJSON hold throughout. */
  readonly physical: Physical;
  /** Some of its timestamps are finer than a microsecond. */
  readonly nanoseconds?: boolean;
  /** Its type is float, and every number there is whole. */
  readonly whole?: boolean;
}

/** Where the rows of a dataset come from. Plain data, so that a part of a file can be named without being read. */
export interface DatasetSource {
  readonly format: FileFormat;
  readonly files: readonly SourceFile[];
  /** In the order of the first file. */
  readonly columns: readonly SourceColumn[];
  /** The rows of one side of a split; absent: all of them. */
  readonly part?: SplitPart;
}

interface SplitPart {
  readonly split: Split;
  readonly side: DatasetRole;
}

/** A split of some rows, with the columns that it goes by. */
export interface Split {
  readonly config: SplitConfig;
  readonly key: KeyColumns;
  /** The column of groups or of times, for a split by these. */
  readonly column?: string;
}

/** What makes a row the same row: its id, where the model has one and the row holds it; otherwise all but the target, so that duplicates stay together. */
export interface KeyColumns {
  readonly id?: string;
  /** Every column but the target. */
  readonly others: readonly string[];
}
