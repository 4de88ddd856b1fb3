/**
 * What a verdict is explained with: curves, calibration, confusion, residuals, and the rows whose answer changed. It
 * decides nothing; every number that gates is in the judgement. Sizes are bounded, whatever the number of rows.
 */
export type Illustration = ClassIllustration | ValueIllustration;

interface ClassIllustration {
  readonly kind: 'classes';
  /** The task's labels, in its order. */
  readonly classes: readonly string[];
  /**
   * One class against the rest: of a binary task the positive class alone, of several at most 20, fewer where there are
   * many rows. Classes that no row is of, or every row, have none. Empty where the candidate answers no probabilities.
   */
  readonly curves: readonly ClassCurves[];
  /** Absent where the candidate answers no probabilities. */
  readonly calibration?: Calibration;
  readonly confusion: Confusion;
  /** Absent where there is no baseline, or the holdout is sealed. */
  readonly flips?: Flips;
}

export interface ClassCurves {
  readonly of: string;
  /** Rows of the class, and of all others. */
  readonly rows: number;
  readonly others: number;
  readonly candidate: ScoreCurves;
  readonly baseline?: ScoreCurves;
}

export interface ScoreCurves {
  /** (false positive rate, true positive rate) from (0, 0) to (1, 1), at most 200 points, ties as one step. */
  readonly roc: readonly Point[];
  /** (recall, precision), recall ascending, at most 200 points. */
  readonly precisionRecall: readonly Point[];
}

export type Point = readonly [x: number, y: number];

/** Of the positive class, or with several classes of the predicted one: how often a probability comes true. */
export interface Calibration {
  readonly of: 'positive' | 'predicted';
  readonly candidate: readonly CalibrationBin[];
  readonly baseline?: readonly CalibrationBin[];
}

/** At most 10 bins of about as many rows each. `interval` is Wilson's of `observed`, 95 %. */
export interface CalibrationBin {
  readonly rows: number;
  /** Mean probability. */
  readonly predicted: number;
  /** Share of rows in which it came true. */
  readonly observed: number;
  readonly interval: readonly [lower: number, upper: number];
}

export interface Confusion {
  /** The labels shown: all of them up to 20, the most confused ones beyond; rows of others are left out of both and counted. */
  readonly labels: readonly string[];
  readonly leftOut: number;
  /** Rows by [truth][predicted]. */
  readonly candidate: readonly (readonly number[])[];
  readonly baseline?: readonly (readonly number[])[];
}

interface ValueIllustration {
  readonly kind: 'values';
  /** Of prediction minus truth: shared edges, one more than there are counts, at most 40 bins; tails beyond are in the end bins. */
  readonly residuals: {
    readonly edges: readonly number[];
    readonly candidate: readonly number[];
    readonly baseline?: readonly number[];
  };
  /** (truth, prediction) of at most 400 rows, evenly through the holdout, the same rows for both. */
  readonly scatter: { readonly candidate: readonly Point[]; readonly baseline?: readonly Point[] };
  /** By quantile of the truth, at most 10 bins: mean truth, mean prediction. */
  readonly calibration: { readonly candidate: readonly ValueBin[]; readonly baseline?: readonly ValueBin[] };
  /** Absent where there is no baseline, or the holdout is sealed. For values: the rows whose error shrank or grew most. */
  readonly flips?: Flips;
}

export interface ValueBin {
  readonly rows: number;
  readonly truth: number;
  readonly predicted: number;
}

/** Rows that the candidate gets right and the baseline got wrong, and the reverse; values: errors that shrank, or grew. */
export interface Flips {
  readonly fixed: FlippedRows;
  readonly broken: FlippedRows;
  /** Names of the columns in `FlippedRow.values`. */
  readonly columns: readonly string[];
}

export interface FlippedRows {
  /** All of them; `examples` are the 20 furthest apart. */
  readonly rows: number;
  readonly examples: readonly FlippedRow[];
}

export interface FlippedRow {
  readonly truth: string;
  readonly baseline: string;
  readonly candidate: string;
  /** Probability that each gave to the truth, where they answer probabilities. */
  readonly baselineProbability?: number;
  readonly candidateProbability?: number;
  /** The row as its file has it, target left out: id, time and group first, at most 12 columns, text cut at 80 characters. */
  readonly values: readonly string[];
}
