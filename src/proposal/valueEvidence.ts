import { cellsOf, halfOf, ranksOf, type Cells, type SampledColumn } from './sample.ts';

/** How well one column alone tells a number, both as ranks: what is far out does not decide it. */
export interface ValueEvidence {
  /** Spearman's rank correlation; absent of a column without an order. */
  readonly correlation?: number;
  /** Share of the variance that its values or bins explain, on rows that they were not learned from. */
  readonly explained: number;
}

const LEAST_ROWS = 30;
/** As a correlation 0.995: what is left is a tenth of the target's spread. */
const TELLS_ALL = 0.99;

/** The evidence where the column gives the numbers away; `undefined` where it is no more than a good feature. */
export function valueEvidence(column: SampledColumn, target: Float64Array): ValueEvidence | undefined {
  const { ordered, values } = column;
  const present = [...values.keys()].filter((row) => !Number.isNaN(values[row]));
  if (present.length < LEAST_ROWS || present.length < target.length / 2) return undefined;
  const cells = cellsOf(column);
  const explained = cells === undefined ? 0 : explainedShare(cells, ranksOf(target));
  const pick = (from: Float64Array): Float64Array => Float64Array.from(present, (row) => from[row] ?? NaN);
  const correlation = ordered ? correlationOf(ranksOf(pick(values)), ranksOf(pick(target))) : 0;
  if (Math.max(explained, correlation ** 2) < TELLS_ALL) return undefined;
  return { explained, ...(correlation ** 2 >= TELLS_ALL && { correlation }) };
}

/** Pearson's; 0 where one of the two is constant. */
function correlationOf(a: Float64Array, b: Float64Array): number {
  const meanA = mean(a);
  const meanB = mean(b);
  let product = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let row = 0; row < a.length; row++) {
    const fromA = (a[row] ?? 0) - meanA;
    const fromB = (b[row] ?? 0) - meanB;
    product += fromA * fromB;
    squaresA += fromA ** 2;
    squaresB += fromB ** 2;
  }
  return squaresA === 0 || squaresB === 0 ? 0 : product / Math.sqrt(squaresA * squaresB);
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** 1 - (squared distance from the mean of the cell in the other half of the rows) / (from the mean of all). */
function explainedShare(cells: Cells, target: Float64Array): number {
  const whole = mean(target);
  let left = 0;
  let all = 0;
  for (const half of [0, 1]) {
    const sums = new Float64Array(cells.count);
    const counts = new Float64Array(cells.count);
    for (let row = 0; row < target.length; row++) {
      if (halfOf(row) === half) continue;
      const cell = cells.of[row] ?? 0;
      sums[cell] = (sums[cell] ?? 0) + (target[row] ?? 0);
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
    for (let row = 0; row < target.length; row++) {
      if (halfOf(row) !== half) continue;
      const cell = cells.of[row] ?? 0;
      const count = counts[cell] ?? 0;
      const told = count === 0 ? whole : (sums[cell] ?? 0) / count;
      left += ((target[row] ?? 0) - told) ** 2;
      all += ((target[row] ?? 0) - whole) ** 2;
    }
  }
  return all === 0 ? 0 : 1 - left / all;
}
