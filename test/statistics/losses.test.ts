import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differenceContrast, relativeContrast } from '../../src/statistics/contrast.ts';
import { groupT } from '../../src/statistics/groupT.ts';
import { pairedMean } from '../../src/statistics/pairedMean.ts';
import { addRow, rowDistribution, summarise } from '../../src/statistics/rowDistribution.ts';
import { r2Influence, rmseInfluence, squaredErrorDifference } from '../../src/statistics/squaredErrors.ts';

const LOWER_IS_BETTER = differenceContrast(-1);

describe('a distribution in constant memory', () => {
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
    fc.constantFrom(0, -0, 1e-30, -1e-30, 1e25, -1e25),
  );

  test('keeps rows, mean and variance exactly', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (values) => {
        const distribution = rowDistribution();
        for (const each of values) addRow(distribution, each);
        const { rows, mean, variance, points } = summarise(distribution);
        const trueMean = values.reduce((a, b) => a + b, 0) / values.length;
        const trueVariance = values.reduce((sum, each) => sum + (each - trueMean) ** 2, 0) / values.length;
        const size = Math.max(...values.map(Math.abs), 1e-100);
        expect(rows).toBe(values.length);
        expect(points.total).toBe(values.length);
        expect(Math.abs(mean - trueMean)).toBeLessThanOrEqual(1e-12 * size);
        expect(Math.abs(variance - trueVariance)).toBeLessThanOrEqual(1e-11 * size ** 2);
      }),
    );
  });

  test('keeps each value to an eighth of itself', () => {
    const distribution = rowDistribution();
    const values = Array.from({ length: 1_000 }, (_, i) => 1.07 ** (i - 500));
    for (const each of values) addRow(distribution, each);
    const seen = [...summarise(distribution).points.value];
    for (const each of values) expect(seen.some((point) => Math.abs(point - each) <= each / 8)).toBe(true);
  });
});

describe('a mean loss', () => {
  // scipy 1.16 stats.ttest_1samp(values): mean 0.048, interval and one-sided p against 0.1.
  const values = [
    ...[0.12, -0.3, 0.05, 0.4, -0.22, 0.31, 0.08, -0.11, 0.27, 0.02],
    ...[-0.45, 0.19, 0.33, -0.07, 0.15, 0.09, -0.18, 0.24, 0.06, -0.02],
  ];
  const distribution = rowDistribution();
  for (const each of values) addRow(distribution, each);
  const estimate = pairedMean(distribution, LOWER_IS_BETTER, { largest: 1, bounded: true });

  test("has Student's t interval where nothing calls for a wider one", () => {
    expect(estimate.difference).toBeCloseTo(0.048, 13);
    expect(estimate.standardError).toBeCloseTo(0.04958034415285749, 12);
    expect(estimate.interval[1]).toBeCloseTo(0.15177285293777307, 4);
    expect(estimate.pAtLeast(0.1)).toBeCloseTo(0.1537137849893864, 2);
  });

  test('reckons with a loss as large as possible on the side of the candidate', () => {
    // Wilson's end for none in 20 rows: z^2 / (20 + z^2) = 0.16 of the largest loss below the mean, at least.
    expect(estimate.lowerWithUnseen).toBeLessThan(0.048 - 0.15);
  });
});

describe('RMSE and R2', () => {
  const truth = [
    ...[-0.8, -1.32, -0.25, 0.42, 1.14, 0.11, -0.55, -0.78, 0.75, 1.63, 0.27, -1.23, -0.96, 1.6, 0.2],
    ...[-1.73, -0.08, -1.16, -0.63, -0.49, -0.71, 0.55, -0.06, -0.59, 0.41, 0.83, -1.64, -0.26, -0.98, -0.17],
  ];
  const candidate = [
    ...[-1.44, -1.31, -0.27, 0.27, 0.62, -0.09, -1.1, -1.46, 0.86, 1.08, 0.86, -0.87, -1.96, 1.74, -0.35],
    ...[-1.71, -0.06, -2.15, -0.75, -0.62, -0.23, -0.04, 0.31, -1.14, 0.24, 0.41, -0.92, 0.02, 0.24, 0.15],
  ];
  const baseline = [
    ...[-0.29, -0.82, -0.61, 0.38, 1.95, -0.13, -0.44, -0.79, 1.12, 1.41, 0.18, -1.08, -0.9, 1.08, 0.74],
    ...[-2.51, -0.8, -1.93, -0.05, -0.71, -1.29, -0.13, 0.19, -1.22, -0.35, 1.2, -2.36, -0.45, -0.98, -0.44],
  ];
  const mean = truth.reduce((a, b) => a + b, 0) / 30;
  const meanSquare = (predicted: readonly number[]): number =>
    truth.reduce((sum, y, i) => sum + (y - (predicted[i] ?? NaN)) ** 2, 0) / 30;
  const errors = {
    candidate: meanSquare(candidate),
    baseline: meanSquare(baseline),
    spread: meanSquare(truth.map(() => mean)),
  };

  // numpy: values, and standard errors from central differences of both metrics over the rows' weights.
  test.each([
    ['rmse', rmseInfluence(errors, LOWER_IS_BETTER), 0.47795745975278314 - 0.5178577668304943, 0.07669128204107335],
    ['r2', r2Influence(errors, differenceContrast(1)), 0.6426648876823696 - 0.6956080288806612, 0.10546116178414768],
  ])('%s', (_, influence, difference, standardError) => {
    if (influence === undefined) throw new Error('No influence.');
    const distribution = rowDistribution();
    for (const [i, y] of truth.entries()) {
      addRow(
        distribution,
        influence.candidate * (y - (candidate[i] ?? NaN)) ** 2 +
          influence.baseline * (y - (baseline[i] ?? NaN)) ** 2 +
          influence.spread * (y - mean) ** 2 +
          influence.constant,
      );
    }
    expect(summarise(distribution).mean).toBeCloseTo(0, 13);
    const estimate = squaredErrorDifference(influence, distribution, 9);
    expect(estimate.difference).toBeCloseTo(difference, 13);
    expect(estimate.standardError).toBeCloseTo(standardError, 8);
    expect(estimate.lowerWithUnseen).toBeLessThan(estimate.interval[0]);
  });

  test('do not exist without any error, or where the truth does not vary', () => {
    expect(rmseInfluence({ ...errors, candidate: 0 }, LOWER_IS_BETTER)).toBeUndefined();
    expect(r2Influence({ ...errors, spread: 0 }, differenceContrast(1))).toBeUndefined();
  });
});

describe('groups', () => {
  // numpy: sqrt(sum (g - mean)^2 * 20 / 19) / 200, and scipy's t quantile at 19 degrees of freedom.
  const totals = Float64Array.of(
    ...[1.2, -0.4, 0.3, -2.1, 0.8, 0.5, -0.6, 1.1, -0.2, 0.9],
    ...[-1.5, 0.1, 0.4, -0.3, 0.7, -0.9, 0.6, -0.8, 0.2, 0],
  );
  const halfWidth = 2.0930240544083087 * 0.019371710247026122;

  test('give t over their totals with one degree of freedom less than groups', () => {
    const estimate = groupT(0.3, totals, 200);
    expect(estimate.standardError).toBeCloseTo(0.019371710247026122, 13);
    expect(estimate.interval[0]).toBeLessThanOrEqual(0.3 - halfWidth + 1e-9);
    expect(estimate.interval[1]).toBeCloseTo(0.3 + halfWidth, 3);
    expect(estimate.method).toBe('group-t');
  });

  test('never make an interval narrower than that of independent rows', () => {
    const distribution = rowDistribution();
    for (let row = 0; row < 200; row++) addRow(distribution, row % 2 === 0 ? 1.3 : -0.7);
    const ofRows = pairedMean(distribution, LOWER_IS_BETTER, { largest: 5, bounded: true });
    const agreeing = groupT(ofRows.difference, new Float64Array(20), 200, ofRows);
    expect(agreeing.interval).toEqual(ofRows.interval);
    expect(agreeing.lowerWithUnseen).toBe(ofRows.lowerWithUnseen);
    expect(agreeing.pAtLeast(0.4)).toBeGreaterThanOrEqual(ofRows.pAtLeast(0.4));
  });

  test('reckon with one that is worse than the worst seen', () => {
    const estimate = groupT(0.3, totals, 200);
    expect(estimate.lowerWithUnseen).toBeLessThan(estimate.interval[0]);
  });
});

test('a relative margin is 0 where the candidate is exactly that share away, also below 0', () => {
  const at = (sign: 1 | -1, share: number, baseline: number, candidate: number): number => {
    const contrast = relativeContrast(sign, share, baseline);
    return contrast.candidate * candidate + contrast.baseline * baseline;
  };
  expect(at(1, -0.02, 0.8, 0.8 * 0.98)).toBeCloseTo(0, 14);
  expect(at(-1, -0.02, 0.8, 0.8 * 1.02)).toBeCloseTo(0, 14);
  expect(at(1, 0.02, 0.8, 0.8 * 1.02)).toBeCloseTo(0, 14);
  expect(at(-1, 0.02, 0.8, 0.8 * 0.98)).toBeCloseTo(0, 14);
  expect(at(1, -0.1, -0.5, -0.55)).toBeCloseTo(0, 14);
  expect(at(1, -0.1, -0.5, -0.56)).toBeLessThan(0);
});
