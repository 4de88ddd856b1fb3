import type { TaskClasses } from './classLabels.ts';
import type { SlicePatterns } from './slicePatterns.ts';

export type Floats = Float32Array | Float64Array;
/** One byte a row where there are at most 256 classes. */
export type ClassIndices = Uint8Array | Uint16Array;

/**
 * What is kept of each evaluation row: what the asked metrics and the illustration need, in one typed array a quantity.
 *
 * Probabilities stay in the precision in which the model answered, so that ties stay ties.
 */
export type EvaluationRows = ClassRows | ValueRows;

interface KeptRows {
  readonly count: number;
  /** By slice index of `patterns`. `overall` is not among them. */
  readonly sliceNames: readonly string[];
  readonly patterns: SlicePatterns;
  /** By row: its pattern of slices. */
  readonly pattern: Uint32Array;
  readonly groups?: RowGroups;
}

/** What rows depend on together. */
export interface RowGroups {
  /** By row: its group. */
  readonly of: Uint32Array;
  readonly count: number;
}

export interface ClassRows extends KeptRows {
  readonly kind: 'classes';
  readonly classes: TaskClasses;
  readonly truth: Uint16Array;
  /** Classes whose curves are drawn: their scores are kept, whether a metric asks for them or not. */
  readonly illustrated: readonly number[];
  readonly candidate: ClassAnswers;
  readonly baseline?: ClassAnswers;
}

/** One model's answers, as far as they are asked for; class indices are the task's. */
export interface ClassAnswers {
  readonly predicted: ClassIndices;
  /** `labels-only` where the model answers no probabilities. */
  readonly probabilities: 'answered' | 'labels-only';
  /** By class: its probability in each row. */
  readonly scores: ReadonlyMap<number, Floats>;
  /** Several classes: probability of the true class. */
  readonly ofTruth?: Floats;
  /** Several classes: probability of the class that was predicted. */
  readonly ofPredicted?: Floats;
  /** Several classes: sum over the classes of (probability - truth)^2. */
  readonly squaredError?: Floats;
  /** The lowest and highest probability that was answered, to tell probabilities from other scores. */
  readonly range: readonly [lowest: number, highest: number];
}

export interface ValueRows extends KeptRows {
  readonly kind: 'values';
  readonly truth: Float64Array;
  readonly candidate: { readonly values: Floats };
  readonly baseline?: { readonly values: Floats };
}

/** Which quantities of a classifier's answers are kept besides the predicted class. */
export interface ClassNeeds {
  readonly ofTruth: boolean;
  readonly ofPredicted: boolean;
  readonly squaredError: boolean;
  readonly scores: readonly number[];
  /** See {@link ClassRows.illustrated}. */
  readonly illustrated: readonly number[];
}
