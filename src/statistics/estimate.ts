/** The level of every interval: two-sided 95 %, so each of its ends is a one-sided bound at 2.5 %. */
export const ALPHA_TWO_SIDED = 0.05;

/**
 * What a method says about one difference, signed so that better is +.
 *
 * `interval` and `pAtLeast` agree by construction: the upper end lies below `bound` exactly where
 * `pAtLeast(bound) < 0.025`, so that a finding read off the interval and one read off the p-value are the same.
 */
export interface DifferenceEstimate {
  readonly difference: number;
  readonly interval: readonly [lower: number, upper: number];
  /**
   * What `met` is decided on: the lower end, or a value below it where losses that are possible and were not seen could
   * undo the difference. (Proportions and other count metrics reckon with them in the interval itself.)
   */
  readonly lowerWithUnseen: number;
  /** One-sided p of "the true difference is at least `bound`": small where the data lie below it. */
  readonly pAtLeast: (bound: number) => number;
  /** Of the difference, on its own scale; for power. */
  readonly standardError: number;
  readonly method: Method;
}

export type Method =
  /** Score interval for paired proportions. */
  | 'tango'
  /** The same score interval for a relative margin, c - (1 -+ r) b. */
  | 'tango-relative'
  /** Placements of the two ROC curves, their variance by DeLong. */
  | 'delong'
  /** Score interval for the mean of a difference per row. */
  | 'paired-score'
  /** Score interval for a smooth function of means, through its influence on each row. */
  | 'delta'
  /** Student's t over the totals of groups. */
  | 'group-t'
  /** Order statistics of paired differences (latency). */
  | 'sign-test';
