/**
 * What is estimated of two models: `candidate * m(candidate) + baseline * m(baseline)` for a metric m, with signs chosen
 * so that better is +. One shape serves both the difference and the test of a relative margin.
 */
export interface Contrast {
  readonly candidate: number;
  readonly baseline: number;
}

/** The difference itself: `sign` is 1 where a higher metric is better, -1 where a lower one is. */
export function differenceContrast(sign: 1 | -1): Contrast {
  return { candidate: sign, baseline: -sign };
}

/**
 * The contrast that is at least 0 where the candidate keeps a relative margin: c - b is not below `share * |b|`.
 * `share` is -r for "not worse by more than r of |baseline|" and +r for "better by at least r of it".
 * `baselineValue` is the point value, needed for the sign of |b| alone (R2 can be negative).
 */
export function relativeContrast(sign: 1 | -1, share: number, baselineValue: number): Contrast {
  return { candidate: sign, baseline: -sign - share * (baselineValue < 0 ? -1 : 1) };
}

export function valueOf(contrast: Contrast, candidate: number, baseline: number): number {
  return contrast.candidate * candidate + contrast.baseline * baseline;
}
