import type { DifferenceEstimate } from '../../src/statistics/estimate.ts';
import { MINIMUM_GROUPS, MINIMUM_ROWS, type MetricKind } from '../../src/statistics/minimumRows.ts';
import { Z_UPPER } from '../../src/statistics/studentT.ts';
import type { RandomSource } from './random.ts';

/** One sample of two models whose true difference is exactly minus the margin. */
interface Sample {
  /** Undefined where the metric does not exist in the sample. */
  readonly estimate: DifferenceEstimate | undefined;
  readonly effectiveRows: number;
}

/** One population and one number of rows. */
export interface Cell {
  readonly metric: string;
  readonly family: MetricKind;
  readonly scenario: string;
  readonly rows: number;
  /** The true difference is `-margin`, on the scale of the contrast. */
  readonly margin: number;
  readonly grouped?: boolean;
  /** What one sample costs: 1 for a handful of counts. Fewer samples are drawn where it is more. */
  readonly cost: number;
  readonly sample: (random: RandomSource) => Sample;
}

export interface Outcome {
  readonly cell: Cell;
  readonly samples: number;
  /** Share of samples that were judged `met`. */
  readonly met: number;
  /** The same if there were no minimum of rows. */
  readonly metWithoutMinimum: number;
  /** The same by the textbook: the difference less 1.96 standard errors lies above the margin. */
  readonly textbook: number;
  /** Share whose interval lies wholly below the truth, among those with rows enough. */
  readonly below: number;
  /** Share with rows enough. */
  readonly enough: number;
}

export function simulate(cell: Cell, samples: number, random: RandomSource): Outcome {
  const { minimum } = cell.grouped === true ? MINIMUM_GROUPS : MINIMUM_ROWS[cell.family];
  let met = 0;
  let metWithoutMinimum = 0;
  let textbook = 0;
  let below = 0;
  let enough = 0;
  for (let i = 0; i < samples; i++) {
    const { estimate, effectiveRows } = cell.sample(random);
    const evidence = effectiveRows >= minimum;
    if (evidence) enough++;
    if (estimate === undefined) continue;
    if (estimate.lowerWithUnseen > -cell.margin) {
      metWithoutMinimum++;
      if (evidence) met++;
    }
    if (estimate.difference - Z_UPPER * estimate.standardError > -cell.margin) textbook++;
    if (evidence && estimate.interval[1] < -cell.margin) below++;
  }
  return {
    cell,
    samples,
    met: met / samples,
    metWithoutMinimum: metWithoutMinimum / samples,
    textbook: textbook / samples,
    below: below / samples,
    enough: enough / samples,
  };
}
