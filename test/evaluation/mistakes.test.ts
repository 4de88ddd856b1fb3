import { describe, expect, it } from 'vitest';
import type { TaskConfig } from '../../src/config/config.ts';
import { UserMistake } from '../../src/failure.ts';
import { classifier, holdoutOf, regressor } from './contest.ts';
import { measure, valuesOf } from './measure.ts';

const BINARY: TaskConfig = { kind: 'binary' };
const rows = { count: 60, truth: (row: number) => (row % 3 === 0 ? 'yes' : 'no') };
const coin = classifier(['no', 'yes'], (row) => [(row % 7) / 7, 1 - (row % 7) / 7]);

async function mistake(run: Promise<unknown>): Promise<UserMistake> {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof UserMistake) return error;
  throw new Error(`Expected a mistake, found ${String(error)}.`);
}

describe('models that do not fit the task are told apart from bad models', () => {
  it.each([
    ['a regressor in a binary task', BINARY, regressor(() => 1), ['accuracy'], 'task-mismatch'],
    ['a classifier in a regression', { kind: 'regression' } as const, coin, ['mae'], 'task-mismatch'],
    ['three classes in a binary task', BINARY, classifier(['a', 'b', 'c'], () => [1, 0, 0]), ['auc'], 'task-mismatch'],
    ['one class in a binary task', BINARY, classifier(['a'], () => [1]), ['auc'], 'task-mismatch'],
    [
      'a positive that the model lacks',
      { kind: 'binary', positive: 'maybe' } as const,
      coin,
      ['auc'],
      'positive-unknown',
    ],
    ['a metric of a class that there is not', BINARY, coin, ['recall[maybe]'], 'class-unknown'],
    ['a metric of another task', BINARY, coin, ['rmse'], 'metric-unknown'],
    [
      'predictions on file without an id',
      BINARY,
      classifier(['no', 'yes'], () => [0, 1], { asks: 'on file' }),
      ['auc'],
      'id-missing',
    ],
  ] as const)('%s', async (_, task, candidate, metrics, code) => {
    expect(await mistake(measure(holdoutOf(rows), { candidate }, { task, metrics }))).toMatchObject({ code });
  });

  it('the baseline is looked at as the candidate is', async () => {
    const baseline = classifier(['0', '1'], () => [0, 1]);
    const told = await mistake(
      measure(holdoutOf(rows), { candidate: coin, baseline }, { task: BINARY, metrics: ['auc'] }),
    );
    expect(told).toMatchObject({ code: 'positive-unknown', problems: [{ where: 'baseline' }] });
  });

  const abc = { count: 30, truth: (row: number) => 'abc'[row % 3] ?? '' };
  const task = { kind: 'multiclass' } as const;

  it('a target with a class that the candidate never learnt names it, and the model', async () => {
    const candidate = classifier(['a', 'b', 'd'], () => [1, 0, 0]);
    const baseline = classifier(['a', 'b', 'c'], () => [1, 0, 0]);
    const told = await mistake(measure(holdoutOf(abc), { candidate, baseline }, { task, metrics: ['accuracy'] }));
    expect(told.code).toBe('class-unknown');
    expect(told.message).toBe(
      'candidate: the target holds a class that the model does not know: c. Expected its classes: a, b, d. ' +
        'Check how the labels are written, or take those rows out of the holdout.',
    );
  });

  it('a champion from before a class was added answers its rows wrongly', async () => {
    const candidate = classifier(['a', 'b', 'c'], (row) => [0, 1, 2].map((label) => (label === row % 3 ? 1 : 0)));
    const baseline = classifier(['a', 'b'], (row) => (row % 3 === 1 ? [0, 1] : [1, 0]));
    const measured = await measure(holdoutOf(abc), { candidate, baseline }, { task, metrics: ['accuracy', 'brier'] });
    expect(measured.get('accuracy@overall')).toMatchObject({ candidate: { value: 1 }, baseline: { value: 2 / 3 } });
    // Probability 1 for a wrong class and 0 for the true one: 1 + 1, on a third of the rows.
    expect(measured.get('brier@overall')).toMatchObject({ candidate: { value: 0 }, baseline: { value: 2 / 3 } });
  });

  it('a champion that knows no class of the target is none for it', async () => {
    const candidate = classifier(['a', 'b', 'c'], () => [1, 0, 0]);
    const baseline = classifier(['x', 'y'], () => [1, 0]);
    const told = await mistake(measure(holdoutOf(abc), { candidate, baseline }, { task, metrics: ['accuracy'] }));
    expect(told).toMatchObject({ code: 'class-unknown', problems: [{ where: 'baseline' }] });
  });
});

describe('answers that are no numbers', () => {
  it.each([
    ['NaN', NaN],
    ['infinity', -Infinity],
  ])('%s is counted over the whole holdout, with the first row', async (_, bad) => {
    const candidate = classifier(['no', 'yes'], (row) => (row === 20 || row === 41 ? [bad, 1] : [0.5, 0.5]));
    const told = await mistake(measure(holdoutOf(rows), { candidate }, { task: BINARY, metrics: ['accuracy'] }));
    expect(told.code).toBe('prediction-not-a-number');
    expect(told.message).toContain('for 2 rows of the holdout, the first of them row 21');
  });

  it('of a regressor too', async () => {
    const candidate = regressor((row) => (row > 50 ? NaN : 1));
    const told = await mistake(
      measure(
        holdoutOf({ count: 60, truth: (row) => row }),
        { candidate: regressor(() => 1), baseline: candidate },
        {
          task: { kind: 'regression' },
          metrics: ['mae'],
        },
      ),
    );
    expect(told).toMatchObject({ code: 'prediction-not-a-number', problems: [{ where: 'baseline' }] });
    expect(told.message).toContain('for 9 rows of the holdout, the first of them row 52');
  });

  it('a target that is no number', async () => {
    const holdout = holdoutOf({ count: 60, truth: (row) => (row === 3 ? NaN : row) });
    const told = await mistake(
      measure(holdout, { candidate: regressor(() => 1) }, { task: { kind: 'regression' }, metrics: ['mae'] }),
    );
    expect(told.code).toBe('target-not-a-number');
  });

  it('a holdout that gives other rows than it said is our bug, not the person’s mistake', async () => {
    const holdout = { ...holdoutOf(rows), rows: 61 };
    await expect(measure(holdout, { candidate: coin }, { task: BINARY, metrics: ['auc'] })).rejects.toThrow(
      /said 61 rows and gave 60/,
    );
  });
});

describe('what cannot be measured says why', () => {
  const labelsOnly = classifier(['no', 'yes'], (row) => [row % 2, 1 - (row % 2)], { labelsOnly: true });
  const PROBABILITY_METRICS = ['logLoss', 'brier', 'auc', 'averagePrecision'];
  const LABELS_ONLY = 'the model answers labels without probabilities';

  it('labels alone carry the counted metrics, and no others', async () => {
    const found = await measure(
      holdoutOf(rows),
      { candidate: labelsOnly },
      { task: BINARY, metrics: ['accuracy', ...PROBABILITY_METRICS] },
    );
    expect(valuesOf(found, 'candidate')).toEqual({
      'accuracy@overall': 0.5,
      ...Object.fromEntries(PROBABILITY_METRICS.map((metric) => [`${metric}@overall`, LABELS_ONLY])),
    });
  });

  it.each([
    ['candidate', { candidate: labelsOnly, baseline: coin }],
    ['baseline', { candidate: coin, baseline: labelsOnly }],
  ] as const)(
    'a %s that answers labels alone does not keep the other from being measured',
    async (side, contenders) => {
      const found = await measure(holdoutOf(rows), contenders, { task: BINARY, metrics: PROBABILITY_METRICS });
      const other = side === 'candidate' ? 'baseline' : 'candidate';
      const alone = await measure(holdoutOf(rows), { candidate: coin }, { task: BINARY, metrics: PROBABILITY_METRICS });
      expect(Object.values(valuesOf(found, side))).toEqual(PROBABILITY_METRICS.map(() => LABELS_ONLY));
      expect(valuesOf(found, other)).toEqual(valuesOf(alone, 'candidate'));
      for (const measurement of found.values()) expect(measurement.compare).toBeUndefined();
    },
  );

  it('scores that are no probabilities rank rows, and have no log loss', async () => {
    const margins = classifier(['no', 'yes'], (row) => [-(row % 7), row % 7]);
    const found = valuesOf(
      await measure(holdoutOf(rows), { candidate: margins }, { task: BINARY, metrics: PROBABILITY_METRICS }),
      'candidate',
    );
    expect(found['auc@overall']).toBeTypeOf('number');
    expect(found['logLoss@overall']).toMatch(/scores from -6 to 6, which are no probabilities/);
    expect(found['brier@overall']).toMatch(/no probabilities/);
  });

  it('a hair beyond [0, 1] is rounding: random forests answer such probabilities', async () => {
    const forest = classifier(['no', 'yes'], (row) => (row % 2 === 0 ? [1.0000001, -1.2e-7] : [-1.2e-7, 1.0000001]));
    const found = valuesOf(
      await measure(holdoutOf(rows), { candidate: forest }, { task: BINARY, metrics: ['logLoss'] }),
      'candidate',
    );
    // 30 rows right and 30 wrong, clipped at the spacing of float32: (ln(2^23) + -ln(1 - 2^-23)) / 2
    expect(found['logLoss@overall']).toBeCloseTo((23 * Math.LN2) / 2, 5);
  });

  it('a slice without what the metric needs is not 0', async () => {
    const holdout = holdoutOf({
      ...rows,
      slices: { none: () => false, no: (row) => row % 3 !== 0, yes: (row) => row % 3 === 0 },
    });
    const never = classifier(['no', 'yes'], () => [1, 0]);
    const found = valuesOf(
      await measure(
        holdout,
        { candidate: never },
        {
          task: BINARY,
          metrics: ['accuracy', 'recall', 'precision', 'f1', 'logLoss', 'auc'],
          slices: ['none', 'no', 'yes'],
        },
      ),
      'candidate',
    );
    expect(found).toMatchObject({
      'accuracy@none': 'no row lies in the slice',
      'logLoss@none': 'no row lies in the slice',
      'recall@no': 'no row of the slice is of class yes',
      'precision@overall': 'no row of the slice is predicted as class yes',
      'f1@no': 'no row of the slice is of class yes or predicted as it',
      'f1@yes': 0,
      'auc@no': 'no row of the slice is of class yes',
      'auc@yes': 'every row of the slice is of class yes',
      'auc@none': 'no row lies in the slice',
    });
  });

  it('R2 of a target that does not vary', async () => {
    const found = await measure(
      holdoutOf({ count: 60, truth: () => 5 }),
      { candidate: regressor(() => 4) },
      { task: { kind: 'regression' }, metrics: ['r2', 'rmse'] },
    );
    expect(valuesOf(found, 'candidate')).toEqual({
      'r2@overall': 'the target does not vary in the slice',
      'rmse@overall': 1,
    });
  });
});
