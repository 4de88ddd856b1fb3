/** A discrete distribution centred on its mean, as it is to be reweighted to have a mean below that. */
export interface Reweighted {
  readonly value: Float64Array;
  /** All positive. */
  readonly weight: Float64Array;
  readonly variance: number;
  /** The least value that may take weight, seen or not. */
  readonly lowest: number;
}

/**
 * Lambda of the weights `w_i / (n (1 + lambda (value_i + distance)))`, the likeliest under which the mean is `distance`
 * below 0. (Owen, Empirical Likelihood (2001), section 2.4.) Infinite where no weights reach so far.
 *
 * A lowest value that was not seen bounds lambda at the point where its own weight would become negative; at that bound
 * it takes the weight that the others leave.
 */
export function reweightingMultiplier(side: Reweighted, distance: number): number {
  const room = -(side.lowest + distance);
  if (room <= 0) return Infinity;
  const limit = 1 / room;
  if (excess(side, distance, limit * (1 - 1e-12)).value >= 0) return limit;
  // Newton's method, held between ends that enclose the root.
  let low = 0;
  let high = limit;
  let lambda = side.variance > 0 ? Math.min(limit / 2, distance / side.variance) : limit / 2;
  for (let step = 0; step < 200; step++) {
    const { value, slope } = excess(side, distance, lambda);
    if (value > 0) low = lambda;
    else high = lambda;
    const newton = lambda - value / slope;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - lambda) <= 1e-13 * next) return next;
    lambda = next;
  }
  return lambda;
}

/** Sum of v / (1 + lambda v) for v = value + distance, which falls from `total * distance` at lambda = 0, and its slope. */
function excess(
  side: Reweighted,
  distance: number,
  lambda: number,
): { readonly value: number; readonly slope: number } {
  const { value, weight } = side;
  let sum = 0;
  let slope = 0;
  for (let i = 0; i < value.length; i++) {
    const v = (value[i] ?? 0) + distance;
    const denominator = 1 + lambda * v;
    if (denominator <= 0) return { value: -Infinity, slope: -Infinity };
    const share = v / denominator;
    sum += (weight[i] ?? 0) * share;
    slope -= (weight[i] ?? 0) * share * share;
  }
  return { value: sum, slope };
}
