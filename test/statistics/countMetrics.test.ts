import { describe, expect, test } from 'vitest';
import { differenceContrast } from '../../src/statistics/contrast.ts';
import { cellInfluence, countDifference, type CountMetric, countValues } from '../../src/statistics/countMetrics.ts';
import { cellIndex, type JointTable, jointTable } from '../../src/statistics/jointTable.ts';

/** Sixty rows of three classes: truth, candidate, baseline, count. */
const CELLS = [
  ...([
    [0, 0, 0, 18],
    [0, 0, 1, 1],
    [0, 0, 2, 1],
    [0, 1, 0, 2],
    [0, 2, 0, 3],
  ] as const),
  ...([
    [1, 1, 1, 14],
    [1, 2, 0, 1],
    [1, 2, 1, 2],
    [2, 0, 2, 2],
    [2, 1, 0, 1],
  ] as const),
  ...([
    [2, 1, 1, 1],
    [2, 1, 2, 1],
    [2, 2, 0, 2],
    [2, 2, 1, 1],
    [2, 2, 2, 10],
  ] as const),
];
const TABLE = jointTable(
  3,
  CELLS.map(([truth, candidate, baseline, count]) => [cellIndex(3, truth, candidate, baseline), count] as const),
);
const difference = differenceContrast(1);

/** Counts of the eight cells (truth, candidate, baseline) of a binary task, the baseline's class varying fastest. */
function binary(...counts: readonly number[]): JointTable {
  return jointTable(2, Float64Array.from(counts));
}

test('a dense table and its entries are the same table', () => {
  const dense = new Uint32Array(27);
  for (const [truth, candidate, baseline, count] of CELLS) dense[cellIndex(3, truth, candidate, baseline)] = count;
  expect(jointTable(3, dense)).toEqual(TABLE);
  expect(TABLE.rows).toBe(60);
});

// Values by scikit-learn; standard errors from central differences of scikit-learn's metric over sample_weight.
test.each<readonly [CountMetric, number, number, number]>([
  [{ family: 'recall', of: 'macro' }, 0.7819172113289761, 0.8611328976034859, 0.06258218350488078],
  [{ family: 'precision', of: 1 }, 0.7368421052631579, 0.8421052631578947, 0.10268007198189388],
  [{ family: 'precision', of: 'macro' }, 0.7767145135566188, 0.8741761811937251, 0.06395294300390333],
  [{ family: 'f1', of: 1 }, 0.7777777777777778, 0.8888888888888888, 0.07198706044541661],
  [{ family: 'f1', of: 'macro' }, 0.7771814367559049, 0.8620014245014245, 0.06474979215645248],
])('%o', (metric, candidate, baseline, standardError) => {
  const values = countValues(TABLE, metric);
  expect(values.candidate).toBeCloseTo(candidate, 13);
  expect(values.baseline).toBeCloseTo(baseline, 13);
  const estimate = countDifference(TABLE, metric, difference);
  expect(estimate?.difference).toBeCloseTo(candidate - baseline, 13);
  expect(estimate?.standardError).toBeCloseTo(standardError, 8);
  const influence = cellInfluence(TABLE, metric, difference);
  const squares = CELLS.reduce((sum, [t, c, b, count]) => sum + count * (influence?.of(t, c, b) ?? NaN) ** 2, 0);
  expect(Math.sqrt(squares) / 60).toBeCloseTo(standardError, 8);
});

test('recall of a class and accuracy are paired proportions', () => {
  expect(countDifference(TABLE, { family: 'accuracy' }, difference)?.method).toBe('tango');
  const recall = countDifference(TABLE, { family: 'recall', of: 1 }, difference);
  expect(recall?.method).toBe('tango');
  expect(recall?.difference).toBeCloseTo(-2 / 17, 13);
});

test("the precision of one model alone has Wilson's interval", () => {
  // 81 of 263 predicted are right; statsmodels proportion_confint(method='wilson').
  const table = binary(500, 0, 182, 0, 37, 0, 80, 1);
  const alone = countDifference(table, { family: 'precision', of: 1 }, { candidate: 1, baseline: 0 });
  expect(alone?.interval[0]).toBeCloseTo(0.2552885198782742, 5);
  expect(alone?.interval[1]).toBeCloseTo(0.36620957698280004, 5);
});

describe('what cannot be told', () => {
  test('a share of nothing does not exist', () => {
    const neverPredicted = binary(50, 0, 0, 0, 10, 0, 0, 0);
    expect(countValues(neverPredicted, { family: 'precision', of: 1 }).candidate).toBeUndefined();
    expect(countValues(neverPredicted, { family: 'recall', of: 1 }).candidate).toBe(0);
    const noneOfClass = binary(50, 0, 0, 0, 0, 0, 0, 0);
    expect(countValues(noneOfClass, { family: 'recall', of: 1 }).candidate).toBeUndefined();
    expect(countDifference(noneOfClass, { family: 'f1', of: 1 }, difference)).toBeUndefined();
  });

  test('a class without rows is left out of an average; one that is never predicted counts as 0', () => {
    const table = jointTable(
      4,
      CELLS.map(([t, c, b, count]) => [cellIndex(4, t, c, b), count] as const),
    );
    expect(countValues(table, { family: 'f1', of: 'macro' })).toEqual(
      countValues(TABLE, { family: 'f1', of: 'macro' }),
    );
    const neverPredicted = binary(50, 0, 0, 0, 10, 0, 0, 0);
    expect(countValues(neverPredicted, { family: 'precision', of: 'macro' }).candidate).toBeCloseTo(50 / 60 / 2, 14);
  });

  test('the rows that a metric hangs on are counted', () => {
    expect(countValues(TABLE, { family: 'accuracy' }).effectiveRows).toBe(60);
    expect(countValues(TABLE, { family: 'recall', of: 1 }).effectiveRows).toBe(17);
    expect(countValues(TABLE, { family: 'f1', of: 'macro' }).effectiveRows).toBe(17);
    // Class 1 is predicted 19 times by both.
    expect(countValues(TABLE, { family: 'precision', of: 1 }).effectiveRows).toBe(19);
  });

  test('models that never disagree keep a width in every metric', () => {
    const agreeing = jointTable(
      3,
      [0, 1, 2].map((k) => [cellIndex(3, k, k, k), 100] as const),
    );
    for (const family of ['precision', 'recall', 'f1'] as const) {
      for (const of of [1, 'macro'] as const) {
        const { interval } = countDifference(agreeing, { family, of }, difference) ?? { interval: [0, 0] };
        expect(interval[1]).toBeGreaterThan(0.005);
        expect(interval[0]).toBeLessThan(-0.005);
      }
    }
  });
});
