import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareAuc } from '../../src/statistics/auc.ts';
import { compareAveragePrecision } from '../../src/statistics/averagePrecision.ts';
import { type Contrast, differenceContrast } from '../../src/statistics/contrast.ts';
import { countDifference, type CountMetric } from '../../src/statistics/countMetrics.ts';
import type { DifferenceEstimate } from '../../src/statistics/estimate.ts';
import { groupT } from '../../src/statistics/groupT.ts';
import { holm } from '../../src/statistics/holm.ts';
import { jointTable } from '../../src/statistics/jointTable.ts';
import { pairedMean } from '../../src/statistics/pairedMean.ts';
import { marginFor80, powerOf, powerOfAll, rowsFor80, rowsToSettle } from '../../src/statistics/power.ts';
import { markRows } from '../../src/statistics/rankedRows.ts';
import { rankOrder } from '../../src/statistics/rankOrder.ts';
import { addRow, rowDistribution } from '../../src/statistics/rowDistribution.ts';

/** What every method owes: the interval and the p-value say the same of any bound. */
function agrees({ difference, interval, lowerWithUnseen, pAtLeast }: DifferenceEstimate, bound: number): void {
  const [lower, upper] = interval;
  expect(lower).toBeLessThanOrEqual(difference);
  expect(upper).toBeGreaterThanOrEqual(difference);
  if (Number.isFinite(lower)) expect(lowerWithUnseen).toBeLessThanOrEqual(lower + 1e-9 * (1 + Math.abs(lower)));
  const near = 1e-7 * (1 + Math.abs(bound));
  if (Math.abs(bound - upper) > near) expect(pAtLeast(bound) < 0.025).toBe(upper < bound);
  if (Math.abs(bound - lower) > near) expect(pAtLeast(bound) > 0.975).toBe(lower > bound);
}

const bounds = fc.double({ min: -1, max: 1, noNaN: true });
const contrasts = fc.constantFrom<Contrast>(
  differenceContrast(1),
  { candidate: 1, baseline: -0.9 },
  { candidate: 1, baseline: -1.1 },
);

describe('the interval and the p-value agree', () => {
  test('for accuracy, recall, precision and F1', () => {
    const metrics = fc.constantFrom<CountMetric>(
      { family: 'accuracy' },
      { family: 'recall', of: 1 },
      { family: 'recall', of: 'macro' },
      { family: 'precision', of: 1 },
      { family: 'precision', of: 'macro' },
      { family: 'f1', of: 1 },
      { family: 'f1', of: 'macro' },
    );
    const counts = fc.array(fc.oneof(fc.constant(0), fc.nat(3), fc.nat(400)), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(metrics, counts, contrasts, bounds, (metric, table, contrast, bound) => {
        const estimate = countDifference(jointTable(2, Float64Array.from(table)), metric, contrast);
        if (estimate !== undefined) agrees(estimate, bound);
      }),
      { numRuns: 1_000 },
    );
  });

  test('also where the statistic turns: a class that one row is predicted as', () => {
    const table = jointTable(2, Float64Array.of(0, 0, 0, 1, 0, 0, 0, 11));
    const contrast = { candidate: 1, baseline: -0.9 };
    const estimate = countDifference(table, { family: 'precision', of: 'macro' }, contrast);
    if (estimate === undefined) throw new Error('No estimate.');
    for (let bound = -1; bound <= 1; bound += 0.01) agrees(estimate, bound);
  });

  test('for mean losses and for groups', () => {
    const values = fc.array(fc.oneof(fc.constant(0), fc.double({ min: -1, max: 1, noNaN: true })), {
      minLength: 2,
      maxLength: 60,
    });
    fc.assert(
      fc.property(values, fc.boolean(), bounds, (list, bounded, bound) => {
        const distribution = rowDistribution();
        for (const each of list) addRow(distribution, each);
        const ofRows = pairedMean(distribution, differenceContrast(-1), { largest: 2, bounded });
        agrees(ofRows, bound);
        agrees(groupT(ofRows.difference, Float64Array.from(list), 3 * list.length, ofRows), bound);
      }),
      { numRuns: 1_000 },
    );
  });

  test('for AUC and average precision', () => {
    const rows = fc.array(fc.record({ truth: fc.nat(1), a: fc.nat(9), b: fc.nat(9) }), { minLength: 4, maxLength: 60 });
    fc.assert(
      fc.property(rows, contrasts, bounds, (list, contrast, bound) => {
        const request = {
          rows: {
            candidate: rankOrder(Float32Array.from(list, ({ a }) => a)),
            baseline: rankOrder(Float32Array.from(list, ({ b }) => b)),
          },
          marks: markRows(
            list.map(({ truth }) => truth),
            1,
          ),
        };
        for (const compare of [compareAuc, compareAveragePrecision]) {
          const estimate = compare(request, [contrast])?.estimates[0];
          if (estimate !== undefined) agrees(estimate, bound);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("Holm's adjustment", () => {
  test('is that of R multtest', () => {
    // statsmodels/stats/tests/test_multi.py; the four smallest.
    const p = [
      ...[0.838541367553, 0.642193923795, 0.680845947633, 0.967833824309, 0.71626938238],
      ...[0.177096952723, 5.23656777208e-5, 0.0202732688798, 0.00028140506198, 0.0149877310796],
    ];
    const adjusted = holm(p);
    expect(adjusted[6]).toBeCloseTo(5.23656777208e-4, 15);
    expect(adjusted[8]).toBeCloseTo(2.53264555782e-3, 15);
    expect(adjusted[9]).toBeCloseTo(0.11990184863680001, 13);
    expect(adjusted[7]).toBeCloseTo(0.14191288215860001, 13);
    expect(Math.max(...adjusted)).toBe(1);
  });

  test('leaves one alone, and nothing empty', () => {
    expect(holm([0.25])).toEqual([0.25]);
    expect(holm([])).toEqual([]);
  });

  test('never orders adjusted values against the raw ones', () => {
    expect(holm([0.03, 0.02, 0.01])).toEqual([0.04, 0.04, 0.03]);
  });
});

describe('power', () => {
  // scipy: norm.cdf(2.5 - 1.959964), (1.959964 + 0.841621) * 0.004, 1000 * (0.0112063 / 0.01)^2.
  const precision = { rows: 1_000, standardError: 0.004, reach: 1.959963984540054 * 0.004 };

  test('of a gate whose margin is two and a half standard errors', () => {
    expect(powerOf(precision, 0.01)).toBeCloseTo(0.7054139024424572, 10);
    expect(marginFor80(precision)).toBeCloseTo(0.011206340872451873, 12);
    expect(rowsFor80(precision, 0.01)).toBe(1_256);
    expect(rowsFor80(precision, 0)).toBeUndefined();
  });

  test('of models that never disagreed hangs on the width that the interval keeps', () => {
    const agreeing = { rows: 100, standardError: 0, reach: 0.037 };
    expect(powerOf(agreeing, 0.03)).toBe(0);
    expect(powerOf(agreeing, 0.04)).toBe(1);
    // That width falls with the rows, not with their root.
    expect(rowsFor80(agreeing, 0.01)).toBe(370);
  });

  test('of all gates is at least one minus what each may miss', () => {
    expect(powerOfAll([0.9, 0.95])).toBeCloseTo(0.85, 12);
    expect(powerOfAll([0.4, 0.4])).toBe(0);
  });

  test('the rows that would settle a finding do settle it', () => {
    const at = (times: number): DifferenceEstimate | undefined =>
      countDifference(
        jointTable(
          2,
          Float64Array.of(400, 12, 10, 10, 10, 11, 9, 438).map((count) => count * times),
        ),
        { family: 'accuracy' },
        differenceContrast(1),
      );
    const now = at(1);
    if (now === undefined) throw new Error('No estimate.');
    expect(now.lowerWithUnseen).toBeLessThan(-0.01);
    const rows = rowsToSettle(now, -0.01, 900) ?? NaN;
    expect(at((rows * 1.02) / 900)?.lowerWithUnseen).toBeGreaterThan(-0.01);
    expect(at((rows * 0.95) / 900)?.lowerWithUnseen).toBeLessThan(-0.01);
  });
});
