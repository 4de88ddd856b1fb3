import type { DifferenceEstimate } from './estimate.ts';
import { criticalValue, lowerTail } from './studentT.ts';

/** A test of every value that the difference could have. */
export interface InvertibleTest {
  readonly estimate: number;
  /** Signed distance from `bound` to the estimate in standard errors: positive below it, falling as the bound rises. */
  readonly score: (bound: number) => number;
  readonly degreesOfFreedom: number;
  /** Of the estimate; where the search for the ends begins. */
  readonly standardError: number;
}

/**
 * The values that the test does not reject at 2.5 % on either side, and its p-value. Where a statistic does not fall
 * throughout (a class that hardly anybody predicts), the interval is what counts, so that both always agree.
 */
export function invertTest(test: InvertibleTest): Pick<DifferenceEstimate, 'interval' | 'pAtLeast'> {
  const { score, degreesOfFreedom } = test;
  const critical = criticalValue(degreesOfFreedom);
  const lower = lowerEnd(test);
  const upper = -lowerEnd({ ...test, estimate: -test.estimate, score: (bound) => -score(-bound) });
  const within = critical * (1 - 1e-9);
  const beyond = critical * (1 + 1e-9);
  return {
    interval: [lower, upper],
    pAtLeast: (bound) => {
      const found = score(bound);
      const agreeing =
        bound < lower
          ? Math.max(found, beyond)
          : bound > upper
            ? Math.min(found, -beyond)
            : Math.max(-within, Math.min(within, found));
      return lowerTail(agreeing, degreesOfFreedom);
    },
  };
}

/** The bound below `estimate` at which the statistic reaches `critical`; -Infinity where it never does. */
export function lowerEnd({ estimate, score, degreesOfFreedom, standardError }: InvertibleTest): number {
  const critical = criticalValue(degreesOfFreedom);
  let step = standardError > 0 ? critical * standardError : 1e-9 * (1 + Math.abs(estimate));
  let inside = { bound: estimate, excess: -critical };
  let outside = { bound: estimate - step, excess: score(estimate - step) - critical };
  for (let doubling = 0; outside.excess < 0; doubling++) {
    if (doubling > 200) return -Infinity;
    inside = outside;
    step *= 2;
    outside = { bound: inside.bound - step, excess: score(inside.bound - step) - critical };
  }
  // False position with the Illinois rule; a halving now and then bounds the number of steps.
  const tolerance = 1e-10 * step + 1e-15 * Math.abs(estimate);
  let weightInside = 1;
  let weightOutside = 1;
  for (let turn = 1; turn < 200 && inside.bound - outside.bound > tolerance; turn++) {
    const a = weightInside * inside.excess;
    const b = weightOutside * outside.excess;
    const position = turn % 8 === 0 || !Number.isFinite(b) ? 0.5 : a / (a - b);
    const bound = inside.bound - position * (inside.bound - outside.bound);
    const excess = score(bound) - critical;
    if (excess < 0) {
      inside = { bound, excess };
      weightInside = 1;
      weightOutside /= 2;
    } else {
      outside = { bound, excess };
      weightOutside = 1;
      weightInside /= 2;
    }
  }
  // The inner side of the last bracket: the statistic there is still within the critical value, so the end and the
  // p-value never disagree.
  return inside.bound;
}
