import type { DifferenceEstimate } from './estimate.ts';

/** AUC or average precision of two models on the same rows. */
export interface RankingComparison {
  readonly positives: number;
  readonly negatives: number;
  readonly candidate: number;
  readonly baseline: number;
  /** One for each contrast asked for, in that order. */
  readonly estimates: readonly DifferenceEstimate[];
}
