import type { DifferenceEstimate } from './estimate.ts';
import { Z_UPPER } from './studentT.ts';

/**
 * Median of paired differences of any distribution, with the interval between order statistics that the sign test gives:
 * the k-th smallest and the k-th largest difference, k as large as P(Binomial(n, 1/2) < k) stays below 2.5 %. Exact for
 * continuous differences, conservative for tied ones. (Conover, Practical Nonparametric Statistics (1999), 3.2.)
 *
 * With fewer than six differences no interval of that level exists; its ends are infinite then.
 */
export function medianDifference(differences: Float64Array): DifferenceEstimate {
  const sorted = differences.toSorted();
  const n = sorted.length;
  const tail = lowerTails(n);
  let k = 0;
  while (k < n && (tail[k] ?? 1) < 0.025) k += 1;
  const interval = [k === 0 ? -Infinity : (sorted[k - 1] ?? NaN), k === 0 ? Infinity : (sorted[n - k] ?? NaN)] as const;
  return {
    difference: medianOfSorted(sorted),
    interval,
    lowerWithUnseen: interval[0],
    pAtLeast: (bound) => tail[n - sorted.filter((difference) => difference < bound).length] ?? 1,
    standardError: (interval[1] - interval[0]) / (2 * Z_UPPER),
    method: 'sign-test',
  };
}

/** Of two middle values, their mean. NaN of none. */
export function median(values: Float64Array): number {
  return medianOfSorted(values.toSorted());
}

function medianOfSorted(sorted: Float64Array): number {
  const n = sorted.length;
  return ((sorted[Math.floor((n - 1) / 2)] ?? NaN) + (sorted[Math.floor(n / 2)] ?? NaN)) / 2;
}

/** P(Binomial(n, 1/2) <= k) for k from 0 to n. Reckoned from the middle outwards, where nothing underflows. */
function lowerTails(n: number): Float64Array {
  const weight = new Float64Array(n + 1);
  const middle = Math.floor(n / 2);
  weight[middle] = 1;
  for (let k = middle; k > 0; k -= 1) weight[k - 1] = ((weight[k] ?? 0) * k) / (n - k + 1);
  for (let k = middle; k < n; k += 1) weight[k + 1] = ((weight[k] ?? 0) * (n - k)) / (k + 1);
  const total = weight.reduce((sum, part) => sum + part, 0);
  let below = 0;
  return weight.map((part) => {
    below += part;
    return Math.min(1, below / total);
  });
}
