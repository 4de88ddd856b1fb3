import { describe, expect, it } from 'vitest';
import { classifier, holdoutOf, regressor, type Rows } from './contest.ts';
import { measure, valuesOf } from './measure.ts';

/*
 * Expected values and standard errors: scikit-learn 1.9.1 and numpy 2, by this script. (Its losses of float32 answers are
 * reckoned in float32, so they agree to six digits.)
 *
 *   import numpy as np, sklearn.metrics as m
 *   i = np.arange(120)
 *   # binary; predicted is q >= 0.5
 *   y = ((i * 7) % 10 < 4).astype(int)
 *   q = lambda step: (((i * step + 40 * y) % 101) / 101).astype(np.float32)   # candidate q(37), baseline q(53)
 *   m.accuracy_score, recall_score, precision_score, f1_score (pos_label, average='macro'),
 *   log_loss, brier_score_loss, roc_auc_score, average_precision_score, each on all rows and on i % 2 == 0
 *   # several classes; predicted is q.argmax(axis=1)
 *   y = (i * 7) % 3
 *   w = lambda step: np.stack([((i * step + 17 * k) % 23) + 1 + 6 * (y == k) for k in range(3)], axis=1)
 *   q = lambda step: w(step) / w(step).sum(axis=1, keepdims=True)             # candidate q(5), baseline q(11)
 *   # regression
 *   y = 10 + (i * 7) % 31 / 4
 *   q = lambda step: y + ((i * step) % 13 - 6) / 3                            # candidate q(5), baseline q(11)
 *   m.mean_absolute_error, root_mean_squared_error, r2_score
 *
 * Standard errors of the difference: of means and proportions from the rows' differences (n - 1; n for proportions), of
 * AUC from the placements (DeLong 1988), of ratios and of RMSE, R2 and average precision by the jackknife, which agrees
 * with the delta method to a few per cent at this size; of groups i // 4 from their totals or by the jackknife over them.
 */

const EVEN = { slices: { even: (row: number) => row % 2 === 0 } };

const binaryTruth = (row: number): number => ((row * 7) % 10 < 4 ? 1 : 0);
const binaryRows: Rows = { count: 120, truth: (row) => (binaryTruth(row) === 1 ? 'yes' : 'no'), ...EVEN };
const binaryModel = (step: number): ReturnType<typeof classifier> =>
  classifier(['no', 'yes'], (row) => {
    const p = ((row * step + 40 * binaryTruth(row)) % 101) / 101;
    return [1 - p, p];
  });
const BINARY_METRICS = [
  ...['accuracy', 'recall', 'recall[no]', 'recall[macro]', 'precision', 'precision[macro]', 'f1', 'f1[macro]'],
  ...['logLoss', 'brier', 'auc', 'averagePrecision', 'auc[no]', 'averagePrecision[no]'],
];

const byName = (names: readonly string[], slice: string, values: readonly number[]): Record<string, number> =>
  Object.fromEntries(names.map((name, i) => [`${name}@${slice}`, values[i] ?? NaN]));

function expectClose(found: Record<string, number | string>, expected: Record<string, number>, digits = 6): void {
  for (const [id, value] of Object.entries(expected)) expect(found[id], id).toBeCloseTo(value, digits);
}

describe('the metrics of a binary task are those of scikit-learn', () => {
  const measured = measure(
    holdoutOf(binaryRows),
    { candidate: binaryModel(37), baseline: binaryModel(53) },
    { task: { kind: 'binary' }, metrics: BINARY_METRICS, slices: ['even'] },
  );

  it('for the candidate, overall', async () => {
    expectClose(
      valuesOf(await measured, 'candidate'),
      byName(BINARY_METRICS, 'overall', [
        ...[0.5083333333333333, 0.4375, 0.5555555555555556, 0.4965277777777778, 0.39622641509433965],
        ...[0.49662067023373696, 0.4158415841584158, 0.49569057625186974, 1.0619601011276245, 0.32634790810027],
        ...[0.5005787037037037, 0.4207195820877086, 0.5005787037037037, 0.5944660789826539],
      ]),
    );
  });

  it('for the candidate, in a slice', async () => {
    expectClose(
      valuesOf(await measured, 'candidate'),
      byName(BINARY_METRICS, 'even', [
        ...[0.5333333333333333, 0.5, 0.5555555555555556, 0.5277777777777778, 0.42857142857142855],
        ...[0.5267857142857143, 0.46153846153846156, 0.5248868778280543, 0.9439242482185364, 0.3238800167914287],
        ...[0.4918981481481482, 0.39924356827421353, 0.49189814814814814, 0.5900008398549181],
      ]),
    );
  });

  it('for the baseline, in a slice', async () => {
    expectClose(
      valuesOf(await measured, 'baseline'),
      byName(BINARY_METRICS, 'even', [
        ...[0.5, 0.5, 0.5, 0.5, 0.4, 0.5, 0.4444444444444444, 0.4949494949494949, 0.9868853688240051],
        ...[0.33537071435652493, 0.4733796296296296, 0.39226531711520357, 0.4733796296296296, 0.5773525261612589],
      ]),
    );
  });

  it.each([
    ['overall', 'accuracy', 0.06400502729097551, 6],
    ['overall', 'recall', 0.09950506861741042, 6],
    ['overall', 'logLoss', 0.15713710159169864, 6],
    ['overall', 'brier', 0.03667571392382116, 6],
    ['overall', 'auc', 0.07443535510069679, 6],
    ['overall', 'f1', 0.07696228628390876, 2],
    ['overall', 'precision', 0.06735628719971803, 2],
    ['overall', 'averagePrecision', 0.0688894424795992, 2],
    ['even', 'accuracy', 0.09118560640153037, 6],
    ['even', 'recall', 0.14433756729740646, 6],
    ['even', 'logLoss', 0.1627353323982282, 6],
    ['even', 'brier', 0.05392175769248809, 6],
    ['even', 'auc', 0.11157541041956347, 6],
  ])('%s: the difference in %s has the standard error of its rows', async (slice, metric, expected, digits) => {
    const estimate = (await measured).get(`${metric}@${slice}`)?.compare?.(0);
    expect(estimate?.standardError).toBeCloseTo(expected, digits);
    expect(estimate?.interval[0]).toBeLessThan(estimate?.difference ?? NaN);
    expect(estimate?.interval[1]).toBeGreaterThan(estimate?.difference ?? NaN);
  });

  it('differences read better is +, for a loss too', async () => {
    const found = await measured;
    expect(found.get('accuracy@overall')?.compare?.(0)?.difference).toBeCloseTo(0.5083333 - 0.5, 6);
    expect(found.get('logLoss@overall')?.compare?.(0)?.difference).toBeCloseTo(0.9141148924 - 1.0619601011, 6);
  });

  it.each(['accuracy', 'recall', 'f1', 'brier', 'auc', 'averagePrecision'])(
    'a relative margin on %s is held against (c - b) -+ r |b|',
    async (metric) => {
      const found = (await measured).get(`${metric}@overall`);
      const c = Number(found?.candidate.kind === 'value' && found.candidate.value);
      const b = Number(found?.baseline?.kind === 'value' && found.baseline.value);
      const sign = metric === 'brier' ? -1 : 1;
      expect(found?.compare?.(-0.02)?.difference).toBeCloseTo(sign * (c - b) + 0.02 * b, 6);
      expect(found?.compare?.(0.1)?.difference).toBeCloseTo(sign * (c - b) - 0.1 * b, 6);
    },
  );
});

describe('rows that depend on each other', () => {
  const grouped = (group: (row: number) => number): ReturnType<typeof measure> =>
    measure(
      holdoutOf({ ...binaryRows, group }),
      { candidate: binaryModel(37), baseline: binaryModel(53) },
      { task: { kind: 'binary' }, metrics: BINARY_METRICS, slices: ['even'], group: 'user' },
    );

  it.each([
    ['even', 'accuracy', 0.10431311544403153, 6],
    ['even', 'logLoss', 0.18793367266745653, 6],
    ['even', 'auc', 0.12434058256792187, 2],
    ['even', 'f1', 0.11695462173935778, 2],
  ])('%s: the difference in %s has the standard error of its groups', async (slice, metric, expected, digits) => {
    const found = (await grouped((row) => Math.floor(row / 4))).get(`${metric}@${slice}`);
    const estimate = found?.compare?.(0);
    expect(estimate?.method).toBe('group-t');
    expect(estimate?.standardError).toBeCloseTo(expected, digits);
    expect(found?.least).toMatchObject({ minimum: 20, unit: 'groups' });
  });

  it.each([
    // By their groups alone: .0349, .1344, .0535.
    ['accuracy', 0.06400502729097551],
    ['logLoss', 0.15713710159169864],
    ['auc', 0.07443535510069679],
  ])('groups that happen to agree prove nothing: %s keeps the wider interval of its rows', async (metric, expected) => {
    const found = (await grouped((row) => Math.floor(row / 4))).get(`${metric}@overall`);
    expect(found?.compare?.(0)).toMatchObject({
      method: 'group-t',
      standardError: expect.closeTo(expected, 6) as number,
    });
  });

  it('are counted by their groups, and only by those that the slice and the metric touch', async () => {
    // Ten rows a group; the even rows of the first six groups have positives, one in ten of the later ones has none.
    const found = await grouped((row) => Math.floor(row / 10));
    expect(found.get('accuracy@overall')?.effectiveRows).toBe(12);
    const odd = await grouped((row) => (row % 2 === 0 ? Math.floor(row / 60) : 2 + row));
    expect(odd.get('accuracy@even')?.effectiveRows).toBe(2);
    expect(odd.get('auc@even')?.effectiveRows).toBe(2);
    expect(odd.get('recall@overall')?.effectiveRows).toBe(2 + 24);
  });

  it('leave out groups without a row of the class that recall speaks of', async () => {
    const recallOf = async (more: number): Promise<readonly number[] | undefined> => {
      const found = await measure(
        holdoutOf({
          count: 120 + more,
          truth: (row) => (row < 120 ? binaryRows.truth(row) : 'no'),
          group: (row) => (row < 120 ? Math.floor(row / 5) : row),
        }),
        { candidate: binaryModel(37), baseline: binaryModel(53) },
        { task: { kind: 'binary' }, metrics: ['recall'], group: 'user' },
      );
      expect(found.get('recall@overall')?.effectiveRows).toBe(24);
      return found.get('recall@overall')?.compare?.(0)?.interval;
    };
    const expected = (await recallOf(0)) ?? [];
    expect(await recallOf(500)).toEqual(expected.map((end) => expect.closeTo(end, 9) as number));
  });

  it('leave out groups that lie wholly outside the slice: they are no groups that agree', async () => {
    const found = await grouped((row) => (row % 2 === 0 ? Math.floor(row / 4) : 1000));
    const alone = await measure(
      holdoutOf({
        count: 60,
        truth: (row) => binaryRows.truth(2 * row),
        group: (row) => Math.floor(row / 2),
      }),
      {
        candidate: classifier(['no', 'yes'], (row) => probabilitiesAt(37, 2 * row)),
        baseline: classifier(['no', 'yes'], (row) => probabilitiesAt(53, 2 * row)),
      },
      { task: { kind: 'binary' }, metrics: BINARY_METRICS, group: 'user' },
    );
    for (const metric of BINARY_METRICS) {
      const inSlice = found.get(`${metric}@even`)?.compare?.(0);
      const onItsOwn = alone.get(`${metric}@overall`)?.compare?.(0);
      expect(inSlice?.interval[0], metric).toBeCloseTo(onItsOwn?.interval[0] ?? NaN, 6);
    }
  });
});

const probabilitiesAt = (step: number, row: number): readonly [number, number] => {
  const p = ((row * step + 40 * binaryTruth(row)) % 101) / 101;
  return [1 - p, p];
};

describe('the metrics of several classes are those of scikit-learn', () => {
  const LABELS = ['a', 'b', 'c'];
  const truth = (row: number): number => (row * 7) % 3;
  const model = (step: number): ReturnType<typeof classifier> =>
    classifier(
      LABELS,
      (row) => {
        const weights = LABELS.map((_, k) => ((row * step + 17 * k) % 23) + 1 + (truth(row) === k ? 6 : 0));
        const sum = weights.reduce((a, b) => a + b);
        return weights.map((weight) => weight / sum);
      },
      { precision: Float64Array },
    );
  const METRICS = [
    ...['accuracy', 'recall[c]', 'precision[a]', 'f1[b]', 'f1[macro]', 'precision[macro]'],
    ...['logLoss', 'brier', 'auc[b]', 'averagePrecision[c]'],
  ];
  const rows = { count: 120, truth: (row: number) => LABELS[truth(row)] ?? '', ...EVEN };
  const measured = measure(
    holdoutOf(rows),
    { candidate: firstOfEquals(model(5)), baseline: firstOfEquals(model(11)) },
    { task: { kind: 'multiclass' }, metrics: METRICS, slices: ['even'] },
  );

  it('overall', async () => {
    expectClose(
      valuesOf(await measured, 'candidate'),
      byName(METRICS, 'overall', [
        ...[0.35833333333333334, 0.275, 0.3508771929824561, 0.3333333333333333, 0.35185454076117645],
        ...[0.36023863421995844, 0.890950747923957, 0.5417702073342092, 0.7218749999999999, 0.5905024387297588],
      ]),
      9,
    );
  });

  it('in a slice, for the baseline', async () => {
    expectClose(
      valuesOf(await measured, 'baseline'),
      byName(METRICS, 'even', [
        ...[0.3333333333333333, 0.25, 0.3333333333333333, 0.24242424242424243, 0.31721207636856913],
        ...[0.3327228327228327, 0.9135078997182405, 0.5550409787229055, 0.7025, 0.5876036777257647],
      ]),
      9,
    );
  });
});

/** As numpy's argmax: of equal probabilities the first. */
function firstOfEquals(model: ReturnType<typeof classifier>): ReturnType<typeof classifier> {
  return {
    ...model,
    async predict(batch, ids) {
      const answers = await model.predict(batch, ids);
      if (answers.kind !== 'classes' || answers.probabilities === undefined) return answers;
      const { probabilities } = answers;
      return {
        ...answers,
        predicted: answers.predicted.map((_, row) => {
          const own = [...probabilities.subarray(row * 3, row * 3 + 3)];
          return own.indexOf(Math.max(...own));
        }),
      };
    },
  };
}

describe('the metrics of a regression are those of scikit-learn', () => {
  const truth = (row: number): number => 10 + ((row * 7) % 31) / 4;
  const model = (step: number): ReturnType<typeof regressor> =>
    regressor((row) => truth(row) + (((row * step) % 13) - 6) / 3);
  const measured = measure(
    holdoutOf({ count: 120, truth, ...EVEN }),
    { candidate: model(5), baseline: model(11) },
    { task: { kind: 'regression' }, metrics: ['mae', 'rmse', 'r2'], slices: ['even'] },
  );

  it('overall and in a slice', async () => {
    const found = await measured;
    expectClose(
      valuesOf(found, 'candidate'),
      {
        ...{ 'mae@overall': 1.0805555555555557, 'rmse@overall': 1.2512956248388072, 'r2@overall': 0.6889803922921027 },
        ...{ 'mae@even': 1.077777777777778, 'rmse@even': 1.247219128924647, 'r2@even': 0.6895572032430185 },
      },
      12,
    );
    expectClose(
      valuesOf(found, 'baseline'),
      { 'mae@even': 1.088888888888889, 'rmse@even': 1.259041375485804, 'r2@even': 0.683644007114314 },
      12,
    );
  });

  it.each([
    ['mae@overall', 0.07933572052681878, 9],
    ['mae@even', 0.1131544691003418, 9],
    ['rmse@overall', 0.06776230867827664, 2],
    ['rmse@even', 0.09576108265973798, 2],
    ['r2@overall', 0.03381854028951907, 3],
    ['r2@even', 0.04805329421737658, 3],
  ])('%s has the standard error of its rows', async (id, expected, digits) => {
    expect((await measured).get(id)?.compare?.(0)?.standardError).toBeCloseTo(expected, digits);
  });

  it('R2 keeps its digits far from 0, where a sum of squares would lose them', async () => {
    const far = 1e9;
    const shifted = await measure(
      holdoutOf({ count: 120, truth: (row) => far + truth(row) }),
      { candidate: regressor((row) => far + truth(row) + (((row * 5) % 13) - 6) / 3) },
      { task: { kind: 'regression' }, metrics: ['r2'] },
    );
    expectClose(valuesOf(shifted, 'candidate'), { 'r2@overall': 0.6889803922921027 }, 6);
  });
});
