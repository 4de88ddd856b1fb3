/** A discrete distribution: `weight[i]` rows have the value `value[i]`. Weights need not be whole. */
export interface WeightedPoints {
  readonly value: Float64Array;
  readonly weight: Float64Array;
  /** Sum of the weights. */
  readonly total: number;
}

export function weightedPoints(value: Float64Array, weight: Float64Array): WeightedPoints {
  return { value, weight, total: sum(weight) };
}

/** Each value once. */
export function pointsOf(value: Float64Array): WeightedPoints {
  return weightedPoints(value, new Float64Array(value.length).fill(1));
}

export function meanOf(points: WeightedPoints): number {
  let total = 0;
  for (let i = 0; i < points.value.length; i++) total += (points.weight[i] ?? 0) * (points.value[i] ?? 0);
  return total / points.total;
}

/** Population variance (divided by the total weight). */
export function varianceOf(points: WeightedPoints): number {
  const mean = meanOf(points);
  let total = 0;
  for (let i = 0; i < points.value.length; i++) total += (points.weight[i] ?? 0) * ((points.value[i] ?? 0) - mean) ** 2;
  return total / points.total;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
