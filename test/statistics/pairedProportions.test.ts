import { expect, test } from 'vitest';
import { differenceContrast } from '../../src/statistics/contrast.ts';
import { pairedProportions } from '../../src/statistics/pairedProportions.ts';

const difference = differenceContrast(1);

// Cavo et al. (2012), complete response before and after therapy: the 2x2 table (59, 6; 16, 80) and the airway data of
// Bentur et al. (2009), (1, 1; 7, 12), as Fagerland, Lydersen and Laake, Statist. Med. 33 (2014), 2850, use them.
const cavo = { rows: 161, bothRight: 59, candidateOnly: 6, baselineOnly: 16 };
const bentur = { rows: 21, bothRight: 1, candidateOnly: 1, baselineOnly: 7 };

test("the interval is Tango's, as R's contingencytables computes it", () => {
  // tests/testthat/test-ch8.R of ocbe-uio/contingencytables: -0.1240 to -0.0054.
  const { interval, difference: found } = pairedProportions(cavo, difference);
  expect(found).toBeCloseTo(-10 / 161, 12);
  expect(interval[0]).toBeCloseTo(-0.124, 4);
  expect(interval[1]).toBeCloseTo(-0.0054, 4);
});

test("a relative margin is tested by Tang's score statistic for the ratio, as contingencytables has it", () => {
  // The same file: 95 % interval of the ratio 0.7476 to 0.9876. At its ends c - ratio * b = 0 has p 0.975 and 0.025.
  const pOfRatio = (ratio: number): number => pairedProportions(cavo, { candidate: 1, baseline: -ratio }).pAtLeast(0);
  expect(pOfRatio(0.7475)).toBeGreaterThan(0.975);
  expect(pOfRatio(0.7477)).toBeLessThan(0.975);
  expect(pOfRatio(0.9875)).toBeGreaterThan(0.025);
  expect(pOfRatio(0.9877)).toBeLessThan(0.025);
});

test.each([
  // Roots of Tango's statistic with his closed form of the constrained estimate (eq. 11 and 12 of the paper), by scipy's brentq.
  [44, 9, 3, -0.020095797869287536, 0.2947856044575099],
  [30, 0, 0, -0.11351339317409637, 0.11351339317409637],
  [1000, 0, 0, -0.003826758485632954, 0.003826758485632955],
  [1000, 5, 0, 0.0011541077220171, 0.011650955373375118],
  [100, 0, 7, -0.1374951473912121, -0.030416956918525372],
  [5000, 160, 140, -0.002805889888513121, 0.010847264162091936],
  [20, 10, 0, 0.2583122629208969, 0.7007019918017849],
])(
  '%i rows, %i right by the candidate alone and %i by the baseline alone',
  (rows, candidateOnly, baselineOnly, lower, upper) => {
    const counts = { rows, bothRight: rows - candidateOnly - baselineOnly, candidateOnly, baselineOnly };
    const { interval } = pairedProportions(counts, difference);
    expect(interval[0]).toBeCloseTo(lower, 9);
    expect(interval[1]).toBeCloseTo(upper, 9);
  },
);

test('the p-value against no difference is that of McNemar without correction, one-sided', () => {
  // mlxtend test_mcnemar_test.py, [[101, 121], [59, 33]]: uncorrected p 3.8151358651125936e-06, two-sided.
  const counts = { rows: 314, bothRight: 101, candidateOnly: 59, baselineOnly: 121 };
  expect(pairedProportions(counts, difference).pAtLeast(0)).toBeCloseTo(3.8151358651125936e-6 / 2, 15);
});

test('models that never disagree are not proof of equality: the interval keeps a width', () => {
  for (const rows of [1, 50, 1_000_000]) {
    for (const contrast of [difference, { candidate: 1, baseline: -0.98 }]) {
      const counts = { rows, bothRight: rows, candidateOnly: 0, baselineOnly: 0 };
      const { interval } = pairedProportions(counts, contrast);
      expect(interval[1] - interval[0]).toBeGreaterThan(1 / rows);
    }
  }
});

test('swapping the models mirrors the interval', () => {
  const swapped = { ...bentur, candidateOnly: bentur.baselineOnly, baselineOnly: bentur.candidateOnly };
  const [lower, upper] = pairedProportions(bentur, difference).interval;
  expect(lower).toBeCloseTo(-0.517, 3);
  expect(upper).toBeCloseTo(-0.026, 3);
  expect(pairedProportions(swapped, difference).interval[0]).toBeCloseTo(-upper, 9);
  expect(pairedProportions(swapped, difference).interval[1]).toBeCloseTo(-lower, 9);
});
