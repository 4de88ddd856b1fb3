/**
 * Holm's adjusted p-values, in the order given: an adjusted value at or below alpha is significant with every other
 * finding taken into account. (Holm, Scand. J. Statist. 6 (1979), 65.)
 */
export function holm(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((_, i) => i).sort((i, j) => (pValues[i] ?? 0) - (pValues[j] ?? 0));
  const adjusted = new Array<number>(pValues.length);
  let running = 0;
  for (const [rank, i] of order.entries()) {
    running = Math.max(running, Math.min(1, (pValues.length - rank) * (pValues[i] ?? 0)));
    adjusted[i] = running;
  }
  return adjusted;
}
