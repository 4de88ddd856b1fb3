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
  /**
   * The largest share of rows without a value, in [0, 1], that a tenth of the rows has: in the order of the files, and in
   * that of each column of times. A share over all rows tells nothing of a column that begins or ends some day.
   */
  readonly missingAtWorst: number;
  /** Different values, the missing one not among them. */
  readonly distinct: number;
  /** Whether every number there is whole, however it is written. */
  readonly whole: boolean;
  /** The most frequent values as a person names them (a number without `.0`), most frequent first, at most 60. */
  readonly common: readonly { readonly value: string; readonly rows: number }[];
  /** Of numbers, infinities among them. */
  readonly range?: readonly [minimum: number, maximum: number];
  /** Of dates and timestamps: ISO 8601, first and last. */
  readonly span?: readonly [first: string, last: string];
  /** Of dates and timestamps. */
  readonly days?: Days;
  /** Whether no value is below the one in the row before it; false where one is missing, or of text. */
  readonly ascending: boolean;
  /** Mean characters of a text. */
  readonly meanLength?: number;
}

export interface Days {
  /** Different days (UTC). */
  readonly count: number;
  /** Rows from the midnight on with which a day begins: at most 400 days, evenly through the rows, ascending. */
  readonly from: readonly { readonly day: string; readonly rows: number }[];
}
