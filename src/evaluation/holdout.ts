import type { Digest } from '../identity/digest.ts';
import type { FeatureBatch, FeatureKind } from './predictor.ts';

/** A named part of the evaluation rows. `overall` is one, and is not in this list. */
export interface Slice {
  readonly name: string;
  /** SQL condition over the holdout's columns. A column's value is turned into one by the adapter that lists values. */
  readonly where: string;
}

/** What is to be read of each row. */
export interface HoldoutRequest {
  readonly features: ReadonlyMap<string, FeatureKind>;
  readonly truth:
    | { readonly kind: 'class'; readonly column: string; readonly classes: readonly string[] }
    | { readonly kind: 'value'; readonly column: string };
  readonly slices: readonly Slice[];
  readonly group?: string;
  /** Read only for predictions on file. */
  readonly id?: string;
}

export interface HoldoutBatch {
  readonly rows: number;
  readonly features: FeatureBatch;
  /** Class index (Uint16) or target value (Float64), as the request says. */
  readonly truth: Uint16Array | Float64Array;
  /** Bit s of a row's words is set where the row is in slice s: `words` Uint32 a row, `words = ceil(slices / 32)`. */
  readonly slices: Uint32Array;
  /** Dense group index, counted over the whole read in order of first appearance. */
  readonly group?: Uint32Array;
  readonly ids?: readonly string[];
}

/** The evaluation rows: those put aside, less those that stand in a model's training data. */
export interface Holdout {
  readonly digest: Digest;
  readonly rows: number;
  /** Rows dropped because a model's declared training data holds them. */
  readonly dropped: number;
  /** Batches of some ten thousand rows, always in the same order. */
  batches(request: HoldoutRequest): AsyncIterable<HoldoutBatch>;
  /** A few rows to be shown to a person, numbered from 0 in the order of the batches, ascending. */
  rowsAt(rows: readonly number[], wish: RowsWish): Promise<RowTexts>;
}

/** Which columns of rows to show: at most 12, those of `first` before others, in this order. */
export interface RowsWish {
  readonly first: readonly string[];
  readonly without: readonly string[];
}

/** Rows as their file has them; what is missing is an empty text, and a text of more than 80 characters is cut. */
export interface RowTexts {
  readonly columns: readonly string[];
  /** In the order in which they were asked for. */
  readonly rows: readonly (readonly string[])[];
}
