/** Seeded draws. One source per cell of the study, so that a cell can be run again alone. */
export interface RandomSource {
  /** In [0, 1). */
  readonly uniform: () => number;
  readonly normal: () => number;
  readonly binomial: (trials: number, share: number) => number;
  /** Fills `counts` with one multinomial draw. */
  readonly multinomial: (trials: number, shares: ArrayLike<number>, counts: Float64Array) => void;
}

export function randomSource(seed: number): RandomSource {
  const uniform = sfc32(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const binomial = (trials: number, share: number): number => {
    if (share > 0.5) return trials - binomial(trials, 1 - share);
    if (trials === 0 || share <= 0) return 0;
    return trials * share < 10 ? byInversion(uniform, trials, share) : byRejection(uniform, trials, share);
  };
  const multinomial = (trials: number, shares: ArrayLike<number>, counts: Float64Array): void => {
    let left = trials;
    let share = 1;
    for (let i = 0; i < shares.length; i++) {
      const own = shares[i] ?? 0;
      const drawn = i === shares.length - 1 ? left : binomial(left, Math.min(1, Math.max(0, own / share)));
      counts[i] = drawn;
      left -= drawn;
      share -= own;
    }
  };
  return { uniform, normal, binomial, multinomial };
}

/** sfc32 of PractRand (Doty-Humphrey), seeded by splitmix32. */
function sfc32(seed: number): () => number {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let [a, b, c, d] = [next(), next(), next(), next()];
  return () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 2 ** 32;
  };
}

/** Sums up the probabilities from 0 (Kachitvichyanukul and Schmeiser, BINV, CACM 31 (1988), 216). */
function byInversion(uniform: () => number, trials: number, share: number): number {
  const odds = share / (1 - share);
  let probability = (1 - share) ** trials;
  let left = uniform();
  let count = 0;
  while (left > probability && count < trials) {
    left -= probability;
    count++;
    probability *= (odds * (trials - count + 1)) / count;
  }
  return count;
}

/** BTRS: transformed rejection with squeeze (Hoermann, J. Stat. Comput. Simul. 46 (1993), 101). */
function byRejection(uniform: () => number, trials: number, share: number): number {
  const spread = Math.sqrt(trials * share * (1 - share));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * share;
  const centre = trials * share + 0.5;
  const vr = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * spread;
  const odds = share / (1 - share);
  const mode = Math.floor((trials + 1) * share);
  for (;;) {
    const u = uniform() - 0.5;
    let v = uniform();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + centre);
    if (k < 0 || k > trials) continue;
    if (us >= 0.07 && v <= vr) return k;
    v = Math.log((v * alpha) / (a / (us * us) + b));
    const bound =
      (mode + 0.5) * Math.log((mode + 1) / (odds * (trials - mode + 1))) +
      (trials + 1) * Math.log((trials - mode + 1) / (trials - k + 1)) +
      (k + 0.5) * Math.log((odds * (trials - k + 1)) / (k + 1)) +
      stirling(mode) +
      stirling(trials - mode) -
      stirling(k) -
      stirling(trials - k);
    if (v <= bound) return k;
  }
}

/** ln k! less Stirling's formula for it. */
function stirling(k: number): number {
  const table = [
    0.08106146679532726, 0.04134069595540929, 0.02767792568499834, 0.02079067210376509, 0.01664469118982119,
    0.01387612882307075, 0.01189670994589177, 0.01041126526197209, 0.009255462182712733, 0.008330563433362871,
  ];
  const exact = table[k];
  if (exact !== undefined) return exact;
  const n = k + 1;
  return (1 / 12 - (1 / 360 - 1 / 1260 / (n * n)) / (n * n)) / n;
}
