import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdoutOf, regressor } from '../contest.ts';
import { illustrated } from './illustrated.ts';

/*
 * Expected numbers: numpy 2.4.6, by this script.
 *
 *   i = np.arange(600)
 *   t = ((i * 7919 + 13) % 1009) / 10
 *   c = t + (((i * 577 + 5) % 613) / 613 - 0.4) * 8
 *   b = t * 0.9 + (((i * 211 + 3) % 401) / 401 - 0.5) * 20
 *   np.percentile(np.concatenate([c - t, b - t]), [0.5, 99.5])         # -17.92, 7.70: 27 bins of width 1
 *   e = np.arange(-18.5, 9); e[0], e[-1] = -np.inf, np.inf             # tails lie in the end bins
 *   np.histogram(c - t, e), np.histogram(b - t, e)
 *   bins = np.searchsorted(np.percentile(t, np.arange(10, 100, 10)), t)
 *   np.bincount(bins, t) / np.bincount(bins), np.bincount(bins, c) / np.bincount(bins)
 *   s = np.abs(b - t) - np.abs(c - t)
 *   (s > 0).sum(), (s < 0).sum(), np.argsort(-s), np.argsort(s)
 */
const RESIDUALS = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 53, 75, 74, 75, 75, 74, 75, 77, 22, 0, 0, 0];
const RESIDUALS_BEFORE = [
  9, 7, 15, 14, 18, 21, 23, 31, 28, 31, 30, 31, 31, 29, 29, 30, 30, 30, 31, 26, 24, 20, 18, 16, 11, 8, 9,
];
const MEAN_TRUTH = [
  4.855, 14.945, 25.02833333333333, 35.153333333333336, 45.215, 55.285, 65.41499999999999, 75.485, 85.54666666666667,
  95.67166666666667,
];
const MEAN_PREDICTION = [
  5.675663404023925, 15.632330070690587, 25.857262098966828, 36.163665035345296, 45.902330070690596, 56.130459488852644,
  66.34420065252854, 76.1723300706906, 86.31099510603589, 96.48406470908101,
];

const REGRESSION = { task: { kind: 'regression' } } as const;
const truth = (row: number): number => ((row * 7919 + 13) % 1009) / 10;
const rows = { count: 600, truth };
const candidate = regressor((row) => truth(row) + (((row * 577 + 5) % 613) / 613 - 0.4) * 8);
const baseline = regressor((row) => truth(row) * 0.9 + (((row * 211 + 3) % 401) / 401 - 0.5) * 20);
const shown = illustrated('values', holdoutOf(rows), { candidate, baseline }, REGRESSION);

describe('residuals', () => {
  it('are counted in bins that both models share, the tails in the outermost', async () => {
    const { residuals } = await shown;
    expect(residuals.edges).toEqual(Array.from({ length: 28 }, (_, index) => index - 18.5));
    expect(residuals.candidate).toEqual(RESIDUALS);
    expect(residuals.baseline).toEqual(RESIDUALS_BEFORE);
  });

  it('of a model that is always right lie in one bin around 0', async () => {
    const { residuals } = await illustrated('values', holdoutOf(rows), { candidate: regressor(truth) }, REGRESSION);
    expect(residuals.candidate).toEqual([600]);
    expect(residuals).not.toHaveProperty('baseline');
    expect(residuals.edges).toEqual([-0.5, 0.5]);
  });

  it('have at most 40 bins with edges apart, and every row in one, whatever the residuals are', async () => {
    const size = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: 1e6, max: 1e6 + 1e-6, noNaN: true }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(size, { minLength: 1, maxLength: 300 }), fc.boolean(), async (values, zero) => {
        const holdout = holdoutOf({ count: values.length, truth: (row) => (zero ? 0 : -(values[row] ?? 0)) });
        const model = regressor((row) => values[row] ?? 0);
        const { residuals } = await illustrated('values', holdout, { candidate: model }, REGRESSION);
        expect(residuals.candidate.length).toBeGreaterThan(0);
        expect(residuals.candidate.length).toBeLessThanOrEqual(40);
        expect(residuals.edges).toHaveLength(residuals.candidate.length + 1);
        expect(residuals.edges).toEqual([...new Set(residuals.edges)].toSorted((a, b) => a - b));
        expect(residuals.candidate.reduce((sum, count) => sum + count, 0)).toBe(values.length);
      }),
      {
        numRuns: 200,
        examples: [
          [[2.8939684488253437e293, -1.797693134862313e308], true],
          [[0, -5e-323], false],
        ],
      },
    );
  });
});

describe('scatter', () => {
  it('shows 400 rows evenly through the holdout, the same of both models', async () => {
    const { scatter } = await shown;
    expect(scatter.candidate).toHaveLength(400);
    const xs = scatter.candidate.map(([x]) => x);
    expect(scatter.baseline?.map(([x]) => x)).toEqual(xs);
    const half = rows.count / 2;
    const first = new Set(Array.from({ length: half }, (_, row) => truth(row)));
    expect(xs.slice(0, 200).every((x) => first.has(x))).toBe(true);
  });

  it('shows every row where there are fewer', async () => {
    const few = holdoutOf({ count: 3, truth: (row) => row });
    const { scatter } = await illustrated('values', few, { candidate: regressor((row) => row + 1) }, REGRESSION);
    expect(scatter).toEqual({
      candidate: [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
    });
  });
});

describe('calibration of values', () => {
  it('is the mean prediction by quantile of the truth', async () => {
    const { calibration } = await shown;
    expect(calibration.candidate.map((bin) => bin.rows)).toEqual(Array(10).fill(60));
    calibration.candidate.forEach((bin, index) => {
      expect(bin.truth).toBeCloseTo(MEAN_TRUTH[index] ?? NaN, 10);
      expect(bin.predicted).toBeCloseTo(MEAN_PREDICTION[index] ?? NaN, 10);
    });
    expect(calibration.baseline?.map((bin) => bin.truth)).toEqual(calibration.candidate.map((bin) => bin.truth));
  });
});

describe('flips of values', () => {
  it('are the rows whose error shrank or grew, the most changed first', async () => {
    const { flips } = await shown;
    expect([flips?.fixed.rows, flips?.broken.rows]).toEqual([483, 117]);
    expect(flips?.columns).toEqual(['row']);
    expect(flips?.fixed.examples).toHaveLength(20);
    expect(flips?.fixed.examples.slice(0, 3).map(({ values }) => values)).toEqual([['574'], ['555'], ['403']]);
    expect(flips?.broken.examples.slice(0, 3).map(({ values }) => values)).toEqual([['598'], ['461'], ['343']]);
  });

  it('tell truth and answers in the digits that they have', async () => {
    const holdout = holdoutOf({ count: 1, truth: () => 0.1 });
    const models = { candidate: regressor(() => Math.fround(0.3)), baseline: regressor(() => 123456.789) };
    const { flips } = await illustrated('values', holdout, models, REGRESSION);
    expect(flips?.fixed.examples).toEqual([{ truth: '0.1', baseline: '123456.8', candidate: '0.3', values: ['0'] }]);
  });
});
