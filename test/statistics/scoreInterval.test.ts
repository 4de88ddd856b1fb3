import { expect, test } from 'vitest';
import { scoreInterval } from '../../src/statistics/scoreInterval.ts';
import { pointsOf, weightedPoints } from '../../src/statistics/weightedPoints.ts';

test.each([
  // statsmodels proportion_confint(method='wilson').
  [0, 10, 0, 0.27753279986288926],
  [5, 10, 0.23659309051256394, 0.7634069094874361],
  [81, 263, 0.2552885198782742, 0.36620957698280004],
  [10, 10, 0.7224672001371106, 1],
])("of %i in %i it is Wilson's", (found, rows, lower, upper) => {
  const { interval } = scoreInterval({
    estimate: found / rows,
    points: weightedPoints(Float64Array.of(0, 1), Float64Array.of(rows - found, found)),
    possible: { least: 0, most: 1 },
    method: 'paired-score',
  });
  expect(interval[0]).toBeCloseTo(lower, 8);
  expect(interval[1]).toBeCloseTo(upper, 8);
});

// scipy 1.16 stats.ttest_1samp of these values.
const VALUES = Float64Array.of(
  ...[0.12, -0.3, 0.05, 0.4, -0.22, 0.31, 0.08, -0.11, 0.27, 0.02],
  ...[-0.45, 0.19, 0.33, -0.07, 0.15, 0.09, -0.18, 0.24, 0.06, -0.02],
);
const T_INTERVAL = [-0.05577285293777306, 0.15177285293777307] as const;
const T_STANDARD_ERROR = 0.04958034415285749;

function ofMean(values: Float64Array): ReturnType<typeof scoreInterval> {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  return scoreInterval({
    estimate: mean,
    points: pointsOf(values),
    standardError: Math.sqrt(squares / (values.length - 1) / values.length),
    degreesOfFreedom: values.length - 1,
    method: 'paired-score',
  });
}

test("of a mean it is never narrower than Student's", () => {
  const { interval, standardError } = ofMean(VALUES);
  expect(standardError).toBeCloseTo(T_STANDARD_ERROR, 12);
  expect(interval[0]).toBeLessThanOrEqual(T_INTERVAL[0] + 1e-9);
  expect(interval[1]).toBeGreaterThanOrEqual(T_INTERVAL[1] - 1e-9);
});

test("where reweighting lowers the variance, Student's t is what counts", () => {
  // Two heavy tails and nothing between: t of scipy, ttest_1samp([-1] * 5 + [0] * 90 + [1] * 5, 0).confidence_interval().
  const heavy = Float64Array.from({ length: 100 }, (_, i) => (i < 5 ? -1 : i < 95 ? 0 : 1));
  const { interval } = ofMean(heavy);
  expect(interval[0]).toBeLessThanOrEqual(-0.06306255);
  expect(interval[1]).toBeGreaterThanOrEqual(0.06306255);
});

test('one large loss widens the interval on the side where more of it may lie', () => {
  const withLoss = Float64Array.from({ length: 500 }, (_, i) => (i === 0 ? -10 : i % 2 === 0 ? 0.01 : -0.01));
  const { difference, interval, standardError } = ofMean(withLoss);
  expect(difference - interval[0]).toBeGreaterThan(2.5 * standardError);
  expect(interval[1] - difference).toBeLessThan(difference - interval[0]);
});

test('a loss that is possible and was not seen lowers what `met` is decided on, not the interval', () => {
  const base = { estimate: 0, points: pointsOf(VALUES.map((each) => each - 0.048)), degreesOfFreedom: 19 };
  const seen = scoreInterval({ ...base, method: 'paired-score' });
  const reckoned = scoreInterval({ ...base, unseen: { least: -5 }, method: 'paired-score' });
  expect(reckoned.interval).toEqual(seen.interval);
  expect(seen.lowerWithUnseen).toBe(seen.interval[0]);
  expect(reckoned.lowerWithUnseen).toBeLessThan(-0.5);
});

test('what is too rare to matter is left out: from some 4,000 rows on the interval alone decides', () => {
  const lowerOf = (rows: number): readonly [reckoned: number, seen: number] => {
    const points = weightedPoints(Float64Array.of(-0.1, 0.1), Float64Array.of(rows / 2, rows / 2));
    const { interval, lowerWithUnseen } = scoreInterval({
      estimate: 0,
      points,
      unseen: { least: -1000, rarest: 0.001 },
      degreesOfFreedom: rows - 1,
      method: 'paired-score',
    });
    return [lowerWithUnseen, interval[0]];
  };
  const [few, fewSeen] = lowerOf(3_600);
  expect(few).toBeLessThan(fewSeen - 0.5);
  const [many, manySeen] = lowerOf(4_000);
  expect(many).toBeCloseTo(manySeen, 9);
});

test('where nothing varied, what is possible is all the evidence', () => {
  const { lowerWithUnseen } = scoreInterval({
    estimate: 0,
    points: weightedPoints(Float64Array.of(0), Float64Array.of(10_000)),
    unseen: { least: -1, rarest: 0.001 },
    degreesOfFreedom: 9_999,
    method: 'paired-score',
  });
  // Wilson's interval of 0 in 10,000 ends at z^2 / (n + z^2).
  expect(-lowerWithUnseen).toBeCloseTo(3.8414588 / 10_003.84, 5);
});

test('one row settles nothing', () => {
  const { interval, pAtLeast } = ofMean(Float64Array.of(3));
  expect(interval).toEqual([-Infinity, Infinity]);
  expect(pAtLeast(-100)).toBe(0.5);
});
