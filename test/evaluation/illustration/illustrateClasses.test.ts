import { describe, expect, it } from 'vitest';
import type { Point } from '../../../src/evaluation/illustration/illustration.ts';
import { classifier, holdoutOf } from '../contest.ts';
import { illustrated } from './illustrated.ts';

/*
 * Expected numbers: scikit-learn 1.9.1, numpy 2.4.6 and statsmodels 0.14, by this script.
 *
 *   i = np.arange(300)
 *   noise = (i * 7919 + 13) % 1009
 *   score = (noise % 23) / 23                                          # 23 different scores: ties throughout
 *   y = (noise % 23 + (i * 31) % 29 > 25).astype(int)
 *   roc_curve(y, score, drop_intermediate=False)                       # times the rows of each class
 *   precision_recall_curve(y, score)                                   # turned round: recall ascending
 *
 *   p = np.where(i % 3 == 0, np.round(noise / 1009, 1), noise / 1009)
 *   y = ((i * 577 + 5) % 613 / 613 < p).astype(int)
 *   calibration_curve(y, p, n_bins=10, strategy='quantile')
 *   proportion_confint(hits, rows, method='wilson')                    # of its bins
 *
 *   t = (i * 7) % 5
 *   confusion_matrix(t, np.where((i * 13) % 4 == 0, (t + 1 + i % 3) % 5, t))
 *   confusion_matrix(t, np.where((i * 11) % 3 == 0, (t + 2) % 5, t))
 */
const FALSE_POSITIVES = [
  0, 4, 9, 11, 12, 13, 16, 21, 26, 30, 39, 47, 56, 63, 71, 78, 87, 95, 104, 111, 125, 138, 152, 165,
];
const TRUE_POSITIVES = [
  0, 9, 15, 25, 37, 50, 61, 69, 78, 87, 92, 95, 99, 105, 112, 118, 123, 126, 130, 134, 134, 134, 135, 135,
];
const PRECISION_RECALL: readonly Point[] = [
  [0, 1],
  [0.06666666666666667, 0.6923076923076923],
  [0.1111111111111111, 0.625],
  [0.18518518518518517, 0.6944444444444444],
  [0.2740740740740741, 0.7551020408163265],
  [0.37037037037037035, 0.7936507936507936],
  [0.45185185185185184, 0.7922077922077922],
  [0.5111111111111111, 0.7666666666666667],
  [0.5777777777777777, 0.75],
  [0.6444444444444445, 0.7435897435897436],
  [0.6814814814814815, 0.7022900763358778],
  [0.7037037037037037, 0.6690140845070423],
  [0.7333333333333333, 0.6387096774193548],
  [0.7777777777777778, 0.625],
  [0.8296296296296296, 0.6120218579234973],
  [0.8740740740740741, 0.6020408163265306],
  [0.9111111111111111, 0.5857142857142857],
  [0.9333333333333333, 0.5701357466063348],
  [0.9629629629629629, 0.5555555555555556],
  [0.9925925925925926, 0.5469387755102041],
  [0.9925925925925926, 0.5173745173745173],
  [0.9925925925925926, 0.49264705882352944],
  [1, 0.47038327526132406],
  [1, 0.45],
];
const CALIBRATION = {
  predicted: [
    0.05233862975159053, 0.15762140733399413, 0.2645069375619425, 0.36425716934684615, 0.4655909316154609,
    0.5724179355497492, 0.6720105259560506, 0.7711199207135778, 0.8714745858700269, 0.9624628344895937,
  ],
  observed: [
    0.06451612903225806, 0.13333333333333333, 0.34375, 0.22580645161290322, 0.65625, 0.36363636363636365,
    0.8275862068965517, 0.6333333333333333, 0.9285714285714286, 0.9583333333333334,
  ],
  rows: [31, 30, 32, 31, 32, 33, 29, 30, 28, 24],
  lower: [
    0.01787478352191456, 0.05309655484054743, 0.20410437924433178, 0.11395135561262493, 0.4831108797896222,
    0.2218717823524236, 0.6545156010980477, 0.45513563654794864, 0.7735463743160095, 0.7975819352134407,
  ],
  upper: [
    0.2071863673629813, 0.296813266820363, 0.5168891202103778, 0.39812418383342063, 0.7958956207556682,
    0.5338382169773361, 0.9240214274710878, 0.7812607919389929, 0.9801879358846942, 0.9926065438344943,
  ],
};
const CONFUSION = [
  [45, 5, 5, 5, 0],
  [0, 45, 5, 5, 5],
  [5, 0, 45, 5, 5],
  [5, 5, 0, 45, 5],
  [5, 5, 5, 0, 45],
];
const CONFUSION_BEFORE = [
  [40, 0, 20, 0, 0],
  [0, 40, 0, 20, 0],
  [0, 0, 40, 0, 20],
  [20, 0, 0, 40, 0],
  [0, 20, 0, 0, 40],
];

const BINARY = { task: { kind: 'binary' } } as const;
const noise = (row: number): number => (row * 7919 + 13) % 1009;
const label = (positive: boolean): string => (positive ? 'yes' : 'no');
const scored = (score: (row: number) => number, more: Parameters<typeof classifier>[2] = {}) =>
  classifier(['no', 'yes'], (row) => [1 - score(row), score(row)], { precision: Float64Array, ...more });

const expectPoints = (found: readonly Point[] = [], expected: readonly Point[]): void => {
  expect(found).toHaveLength(expected.length);
  found.forEach(([x, y], index) => {
    expect(x).toBeCloseTo(expected[index]?.[0] ?? NaN, 14);
    expect(y).toBeCloseTo(expected[index]?.[1] ?? NaN, 14);
  });
};

/** By the trapezoidal rule. */
const areaOf = (points: readonly Point[]): number =>
  points.slice(1).reduce((sum, [x, y], index) => {
    const [fromX, fromY] = points[index] ?? [0, 0];
    return sum + ((x - fromX) * (y + fromY)) / 2;
  }, 0);

describe('curves', () => {
  const rows = { count: 300, truth: (row: number) => label((noise(row) % 23) + ((row * 31) % 29) > 25) };
  const candidate = scored((row) => (noise(row) % 23) / 23);

  it('are those of scikit-learn, equal scores being one step', async () => {
    const { curves } = await illustrated('classes', holdoutOf(rows), { candidate }, BINARY);
    expect(curves).toMatchObject([{ of: 'yes', rows: 135, others: 165 }]);
    expect(curves[0]).not.toHaveProperty('baseline');
    expectPoints(
      curves[0]?.candidate.roc,
      FALSE_POSITIVES.map((count, index) => [count / 165, (TRUE_POSITIVES[index] ?? NaN) / 135]),
    );
    expectPoints(curves[0]?.candidate.precisionRecall, PRECISION_RECALL);
  });

  it('are the same where metrics had the rows sorted already', async () => {
    const metrics = ['auc', 'averagePrecision', 'auc[no]'];
    const baseline = scored((row) => (noise(row) % 7) / 7);
    const asked = await illustrated('classes', holdoutOf(rows), { candidate, baseline }, { ...BINARY, metrics });
    const unasked = await illustrated('classes', holdoutOf(rows), { candidate, baseline }, BINARY);
    expect(asked).toEqual(unasked);
    expectPoints(asked.curves[0]?.candidate.precisionRecall, PRECISION_RECALL);
  });

  it('of many rows keep both ends and the area under them with 200 points', async () => {
    const count = 30_000;
    const truth = (row: number): boolean => (row * 7919) % 10_007 < 1200;
    const score = (row: number): number => (((row * 104_729) % 15_013) / 15_013 + (truth(row) ? 0.35 : 0)) / 1.35;
    const many = { count, truth: (row: number) => label(truth(row)), batchRows: 4096 };
    const { curves } = await illustrated('classes', holdoutOf(many), { candidate: scored(score) }, BINARY);
    const { roc = [], precisionRecall = [] } = curves[0]?.candidate ?? {};
    expect(roc.length).toBeLessThanOrEqual(200);
    expect(precisionRecall.length).toBeLessThanOrEqual(200);
    expect([roc[0], roc.at(-1)]).toEqual([
      [0, 0],
      [1, 1],
    ]);
    expect([precisionRecall[0], precisionRecall.at(-1)]).toEqual([
      [0, 1],
      [1, (curves[0]?.rows ?? NaN) / count],
    ]);
    // scikit-learn 1.9.1: roc_auc_score(y, score) and auc(recall, precision) of precision_recall_curve(y, score).
    expect(areaOf(roc)).toBeCloseTo(0.7896205582485097, 4);
    expect(areaOf(precisionRecall)).toBeCloseTo(0.5332119636806785, 3);
    const sorted = roc.toSorted(([x, y], [otherX, otherY]) => x - otherX || y - otherY);
    expect(roc).toEqual(sorted);
  });

  it('there are none where one class is missing in the holdout', async () => {
    for (const only of ['yes', 'no']) {
      const shown = await illustrated('classes', holdoutOf({ count: 40, truth: () => only }), { candidate }, BINARY);
      expect(shown.curves).toEqual([]);
      expect(shown.calibration?.candidate.every(({ observed }) => observed === (only === 'yes' ? 1 : 0))).toBe(true);
    }
  });

  it('are drawn of scores that are no probabilities, which no calibration is', async () => {
    const margins = scored((row) => noise(row) - 500);
    const shown = await illustrated('classes', holdoutOf(rows), { candidate: margins }, BINARY);
    expect(shown.curves).toHaveLength(1);
    expect(shown).not.toHaveProperty('calibration');
  });

  it('there are none of a model that answers labels alone', async () => {
    const labels = scored((row) => (noise(row) % 7) / 7, { labelsOnly: true });
    const bare = await illustrated('classes', holdoutOf(rows), { candidate: labels, baseline: candidate }, BINARY);
    expect(bare.curves).toEqual([]);
    expect(bare).not.toHaveProperty('calibration');
    const beside = await illustrated('classes', holdoutOf(rows), { candidate, baseline: labels }, BINARY);
    expect(beside.curves).toHaveLength(1);
    expect(beside.curves[0]).not.toHaveProperty('baseline');
    expectPoints(beside.curves[0]?.candidate.precisionRecall, PRECISION_RECALL);
    expect(beside.calibration).not.toHaveProperty('baseline');
  });
});

describe('curves of several classes', () => {
  const labels = Array.from({ length: 25 }, (_, index) => `c${index}`);
  const several = classifier(labels, (row) => labels.map((_, index) => (((row * 7 + index * 5) % 29) + 1) / 1000));
  const rows = { count: 100, truth: (row: number) => `c${row % 25}` };
  const MULTICLASS = { task: { kind: 'multiclass' } } as const;

  it('are those of each class up to 20, those that metrics rank by among them', async () => {
    const { curves } = await illustrated('classes', holdoutOf(rows), { candidate: several }, MULTICLASS);
    expect(curves.map(({ of }) => of)).toEqual(labels.slice(0, 20));
    const metrics = ['auc[c24]', 'averagePrecision[c24]'];
    const asked = await illustrated('classes', holdoutOf(rows), { candidate: several }, { ...MULTICLASS, metrics });
    expect(asked.curves.map(({ of }) => of)).toEqual([...labels.slice(0, 19), 'c24']);
  });

  it('leave out a class that no row is of', async () => {
    const without = { count: 100, truth: (row: number) => `c${row % 3}` };
    const { curves } = await illustrated('classes', holdoutOf(without), { candidate: several }, MULTICLASS);
    expect(curves.map(({ of, rows: count, others }) => [of, count, others])).toEqual([
      ['c0', 34, 66],
      ['c1', 33, 67],
      ['c2', 33, 67],
    ]);
  });
});

describe('calibration', () => {
  const probability = (row: number): number => {
    const p = noise(row) / 1009;
    return row % 3 === 0 ? Math.round(p * 10) / 10 : p;
  };
  const rows = { count: 300, truth: (row: number) => label(((row * 577 + 5) % 613) / 613 < probability(row)) };

  it("has scikit-learn's quantile bins, each with Wilson's interval", async () => {
    const { calibration } = await illustrated('classes', holdoutOf(rows), { candidate: scored(probability) }, BINARY);
    expect(calibration?.of).toBe('positive');
    const bins = calibration?.candidate ?? [];
    expect(bins.map((bin) => bin.rows)).toEqual(CALIBRATION.rows);
    bins.forEach((bin, index) => {
      expect(bin.predicted).toBeCloseTo(CALIBRATION.predicted[index] ?? NaN, 12);
      expect(bin.observed).toBeCloseTo(CALIBRATION.observed[index] ?? NaN, 12);
      expect(bin.interval[0]).toBeCloseTo(CALIBRATION.lower[index] ?? NaN, 12);
      expect(bin.interval[1]).toBeCloseTo(CALIBRATION.upper[index] ?? NaN, 12);
    });
  });

  it('puts equal probabilities into one bin', async () => {
    const same = scored((row) => (row % 2 === 0 ? 0.25 : 0.75));
    const { calibration } = await illustrated('classes', holdoutOf(rows), { candidate: same }, BINARY);
    expect(calibration?.candidate.map((bin) => [bin.predicted, bin.rows])).toEqual([
      [0.25, 150],
      [0.75, 150],
    ]);
  });

  it('of several classes is that of the predicted one', async () => {
    // Says a, b, c in turn with 0.6; a is right always, b half the time, c never.
    const candidate = classifier(['a', 'b', 'c'], (row) => [0, 1, 2].map((k) => (k === row % 3 ? 0.6 : 0.2)));
    const truth = (row: number): string =>
      row % 3 === 0 || (row % 3 === 1 && row % 2 === 0) ? 'abc'.charAt(row % 3) : 'a';
    const { calibration } = await illustrated(
      'classes',
      holdoutOf({ count: 600, truth }),
      { candidate },
      {
        task: { kind: 'multiclass' },
      },
    );
    expect(calibration?.of).toBe('predicted');
    expect(calibration?.candidate).toHaveLength(1);
    expect(calibration?.candidate[0]).toMatchObject({ rows: 600, observed: 0.5 });
    expect(calibration?.candidate[0]?.predicted).toBeCloseTo(0.6, 6);
  });
});

describe('confusion', () => {
  const truth = (row: number): number => (row * 7) % 5;
  const says = (label: (row: number) => number, classes = 5) =>
    classifier(
      Array.from({ length: classes }, (_, k) => `${k}`),
      (row) => Array.from({ length: classes }, (_, k) => (k === label(row) ? 1 : 0)),
    );
  const MULTICLASS = { task: { kind: 'multiclass' } } as const;

  it("is scikit-learn's of both models", async () => {
    const candidate = says((row) => ((row * 13) % 4 === 0 ? (truth(row) + 1 + (row % 3)) % 5 : truth(row)));
    const baseline = says((row) => ((row * 11) % 3 === 0 ? (truth(row) + 2) % 5 : truth(row)));
    const holdout = holdoutOf({ count: 300, truth: (row) => `${truth(row)}` });
    const { confusion } = await illustrated('classes', holdout, { candidate, baseline }, MULTICLASS);
    expect(confusion).toEqual({
      labels: ['0', '1', '2', '3', '4'],
      leftOut: 0,
      candidate: CONFUSION,
      baseline: CONFUSION_BEFORE,
    });
  });

  it('of many classes shows the 20 most confused, and leaves the same rows out of both', async () => {
    // Rows of the classes 5 to 24 are confused within pairs, those of 0 to 4 never; 30 rows a class.
    const of = (row: number): number => row % 25;
    const partner = (label: number): number =>
      label < 5 ? label : label % 2 === 1 && label < 24 ? label + 1 : label - 1;
    const candidate = says((row) => (row % 2 === 0 ? partner(of(row)) : of(row)), 25);
    const holdout = holdoutOf({ count: 750, truth: (row) => `${of(row)}` });
    // Once it says a class that is not among them.
    const baseline = says((row) => (row === 30 ? 0 : of(row)), 25);
    const { confusion } = await illustrated('classes', holdout, { candidate, baseline }, MULTICLASS);
    expect(confusion.labels).toEqual(Array.from({ length: 20 }, (_, k) => `${k + 5}`));
    expect(confusion.leftOut).toBe(151);
    const total = (matrix: readonly (readonly number[])[] = []): number => matrix.flat().reduce((sum, n) => sum + n, 0);
    expect([total(confusion.candidate), total(confusion.baseline)]).toEqual([599, 599]);
  });
});
