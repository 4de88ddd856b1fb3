import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import tCdf from '@stdlib/stats-base-dists-t-cdf';
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { ALPHA_TWO_SIDED } from './estimate.ts';

/** 1.959964: the standard normal quantile at 97.5 %. */
export const Z_UPPER = 1.959963984540054;

/** P(T <= t) for `df` degrees of freedom; the normal distribution where `df` is infinite. */
export function lowerTail(t: number, df: number): number {
  return Number.isFinite(df) ? tCdf(t, df) : normalCdf(t, 0, 1);
}

/** The quantile at 1 - alpha/2 that the ends of an interval are made with. */
export function criticalValue(df: number): number {
  return Number.isFinite(df) ? tQuantile(1 - ALPHA_TWO_SIDED / 2, df) : Z_UPPER;
}
