/**
 * What counts as a row of probabilities. Float noise is let through (random forests in float32 reach -1.2e-7 and
 * 1.0000001), scores and logits are not.
 */
const OUTSIDE_TOLERANCE = 1e-5;
const SUM_TOLERANCE = 1e-3;
/** Classes this close to the most probable one are tied: which of them a model names is a matter of rounding. */
const TIE_TOLERANCE = 1e-5;

export type ProbabilityFault = 'not finite' | 'outside [0, 1]' | 'not adding up to 1';

/** Rows whose probabilities are none; `value` is the worst number, or the sum, of the first of them. */
export interface FaultyProbabilities {
  readonly fault: ProbabilityFault;
  readonly rows: number;
  readonly firstRow: number;
  readonly value: number;
}

type Floats = Float32Array | Float64Array;

/**
 * @param probabilities row-major `[rows, classes]`.
 * @returns the first kind of fault that any row has, with its count; `undefined` where every row is sound.
 */
export function faultyProbabilities(probabilities: Floats, classes: number): FaultyProbabilities | undefined {
  const found = new Map<ProbabilityFault, { rows: number; firstRow: number; value: number }>();
  const rows = probabilities.length / classes;
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    let least = 0;
    let most = 0;
    for (let at = row * classes; at < (row + 1) * classes; at++) {
      const value = probabilities[at] ?? NaN;
      sum += value;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    // NaN and infinities show in the sum; every comparison with NaN is false, so the sound case is the one that is asked.
    if (Math.abs(sum - 1) <= SUM_TOLERANCE && least >= -OUTSIDE_TOLERANCE && most <= 1 + OUTSIDE_TOLERANCE) continue;
    const outside = least < -OUTSIDE_TOLERANCE ? least : most;
    const fault: ProbabilityFault = !Number.isFinite(sum)
      ? 'not finite'
      : outside < 0 || outside > 1 + OUTSIDE_TOLERANCE
        ? 'outside [0, 1]'
        : 'not adding up to 1';
    const value = fault === 'outside [0, 1]' ? outside : sum;
    const known = found.get(fault);
    if (known === undefined) found.set(fault, { rows: 1, firstRow: row, value });
    else known.rows++;
  }
  for (const fault of ['not finite', 'outside [0, 1]', 'not adding up to 1'] as const) {
    const rowsOfFault = found.get(fault);
    if (rowsOfFault !== undefined) return { fault, ...rowsOfFault };
  }
  return undefined;
}

/** The most probable class of every row; the first of those that are equal. */
export function mostProbable(probabilities: Floats, classes: number): Uint16Array {
  const rows = probabilities.length / classes;
  const predicted = new Uint16Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    let best = 0;
    for (let k = 1; k < classes; k++) {
      if ((probabilities[start + k] ?? 0) > (probabilities[start + best] ?? 0)) best = k;
    }
    predicted[row] = best;
  }
  return predicted;
}

/** Rows where the class that a model names is less probable, by its own account, than another. */
export function disagreements(
  predicted: Uint16Array,
  probabilities: Floats,
  classes: number,
): { readonly rows: number; readonly firstRow: number; readonly mostProbable: number } | undefined {
  let rows = 0;
  let first: { firstRow: number; mostProbable: number } | undefined;
  const best = mostProbable(probabilities, classes);
  for (let row = 0; row < predicted.length; row++) {
    const named = probabilities[row * classes + (predicted[row] ?? 0)] ?? 0;
    const top = probabilities[row * classes + (best[row] ?? 0)] ?? 0;
    if (top - named <= TIE_TOLERANCE) continue;
    rows++;
    first ??= { firstRow: row, mostProbable: best[row] ?? 0 };
  }
  return first === undefined ? undefined : { rows, ...first };
}
