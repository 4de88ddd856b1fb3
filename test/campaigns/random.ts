/** Numbers in [0, 1) that are the same for the same seed: Lehmer's generator with Park and Miller's numbers (1988). */
export function randomOf(seed: number): () => number {
  let state = (Math.abs(Math.trunc(seed)) % 2_147_483_646) + 1;
  const next = (): number => (state = (state * 48_271) % 2_147_483_647);
  // Neighbouring seeds begin alike.
  for (let turn = 0; turn < 10; turn += 1) next();
  return () => next() / 2_147_483_647;
}
