import type { ColumnType } from '../dataset/columnType.ts';

/** What the columns of some data look like before anything is configured. Every number is counted over all rows. */
export interface Survey {
  /** Paths or globs as `data.train` would name them. */
  readonly files: readonly string[];
  readonly rows: number;
  /** In the order of the file. */
  readonly columns: readonly SurveyedColumn[];
}

export interface SurveyedColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Rows in which it holds nothing: null, NaN, an empty text. */
  readonly missing: number;
  /** Different values, the missing one not among them. */
  readonly distinct: number;
  /** Whether every number there is whole, however it is written. */
  readonly whole: boolean;
  /** The most frequent values in canonical form, most frequent first, at most 60. */
  readonly common: readonly { readonly value: string; readonly rows: number }[];
  /** Of numbers. */
  readonly range?: readonly [minimum: number, maximum: number];
  /** Of dates and timestamps: ISO 8601, first and last. */
  readonly span?: readonly [first: string, last: string];
  /** Whether no value is below the one in the row before it. */
  readonly ascending: boolean;
  /** Mean characters of a text. */
  readonly meanLength?: number;
}
