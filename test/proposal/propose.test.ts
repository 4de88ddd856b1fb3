import { describe, expect, it } from 'vitest';
import type { Associations } from '../../src/proposal/associations.ts';
import { propose } from '../../src/proposal/propose.ts';
import type { Proposal, Wishes } from '../../src/proposal/proposal.ts';
import type { Survey } from '../../src/proposal/survey.ts';
import { mistakeOf } from '../fakes/mistakeOf.ts';
import { counted, daysFrom, nothingFound, surveyOf } from './surveyed.ts';

const y = { name: 'y', type: 'integer', common: counted(['0', 700], ['1', 300]) } as const;
const x = { name: 'x', type: 'float', distinct: 900 } as const;

const proposed = (survey: Survey, wishes: Wishes = {}, found: Associations = nothingFound): Proposal =>
  propose(survey, found, wishes);
const outOf = (proposal: Proposal): Record<string, string> =>
  Object.fromEntries(proposal.leftOut.map(({ column, because }) => [column, because]));

describe('the id', () => {
  const id = { name: 'customerID', type: 'string', meanLength: 10, distinct: 1_000 } as const;

  it('is unique, in every row, and named so', () => {
    expect(proposed(surveyOf(1_000, [id, x, y]))).toMatchObject({ id: 'customerID', split: { by: 'id' } });
    expect(outOf(proposed(surveyOf(1_000, [id, x, y])))).toEqual({ customerID: 'role' });
  });

  it.each([
    ['repeated', { ...id, distinct: 990 }],
    ['missing somewhere', { ...id, missing: 1, distinct: 999 }],
    ['a float', { ...id, type: 'float' as const, whole: true }],
    ['a long text', { ...id, meanLength: 100 }],
    [
      'a measurement that happens to be unique',
      { ...id, name: 'income', type: 'integer' as const, range: [3, 90_000] as const },
    ],
  ])('is not what is %s', (_, column) => {
    expect(proposed(surveyOf(1_000, [column, x, y])).id).toBeUndefined();
  });

  it('may be what numbers the rows, for want of another', () => {
    const number = { name: 'instant', type: 'integer', distinct: 1_000, ascending: true, range: [1, 1_000] } as const;
    expect(proposed(surveyOf(1_000, [number, x, y])).id).toBe('instant');
    expect(proposed(surveyOf(1_000, [number, id, x, y])).id).toBe('customerID');
    expect(outOf(proposed(surveyOf(1_000, [number, id, x, y])))).toMatchObject({ instant: 'not-a-feature' });
    expect(outOf(proposed(surveyOf(1_000, [number, x, y]), { id: null }))).toEqual({ instant: 'not-a-feature' });
  });
});

describe('the group', () => {
  it('is who has several rows', () => {
    const customer = { name: 'customer_id', type: 'integer', distinct: 200, range: [1, 400] } as const;
    expect(proposed(surveyOf(1_000, [customer, x, y]))).toMatchObject({ group: 'customer_id', split: { by: 'group' } });
    // A place has an id too.
    expect(proposed(surveyOf(1_000, [{ ...customer, name: 'location_id' }, x, y])).group).toBeUndefined();
    expect(proposed(surveyOf(1_000, [{ ...customer, distinct: 5 }, x, y])).group).toBeUndefined();
    expect(proposed(surveyOf(1_000, [customer, x, y]), { group: null }).group).toBeUndefined();
  });
});

describe('a split by time', () => {
  const day = {
    name: 'day',
    type: 'date',
    distinct: 250,
    ascending: true,
    span: ['2024-01-01', '2024-09-06'],
    days: daysFrom('2024-01-01', 250, 4),
  } as const;

  it('begins at a midnight that leaves about that share behind, with validation before it', () => {
    const proposal = proposed(surveyOf(1_000, [day, x, y]));
    expect(proposal).toMatchObject({ time: 'day', group: 'day', split: { by: 'time' } });
    const { split, holdoutRows } = proposal;
    if (split.by !== 'time') throw new Error('The split goes by time.');
    // Of 1,000 rows, 30 % judge: 75 days of 4 rows, from 2024-01-01 plus 175 days.
    expect(holdoutRows).toBe(300);
    expect(split.holdoutFrom).toBe('2024-06-24T00:00:00.000Z');
    expect(split.validationFrom).toBe('2024-06-01T00:00:00.000Z');
  });

  it('prefers the first of a month that is about as near', () => {
    const many = { ...y, common: counted(['0', 5_000], ['1', 5_000]) };
    const { split } = proposed(surveyOf(10_000, [{ ...day, days: daysFrom('2024-01-01', 250, 40) }, x, many]));
    // A fifth would be from 2024-07-19 on, and 2024-08-01 leaves 15 %; 50 days are a fifth.
    expect(split).toMatchObject({ holdoutFrom: '2024-07-19T00:00:00.000Z' });
    const later = { ...day, days: daysFrom('2024-01-13', 250, 40) };
    expect(proposed(surveyOf(10_000, [later, x, many])).split).toMatchObject({
      holdoutFrom: '2024-08-01T00:00:00.000Z',
    });
  });

  it.each([
    ['too few days', { ...day, distinct: 10, days: daysFrom('2024-01-01', 10, 100) }],
    ['gaps', { ...day, missing: 1 }],
    ['births', { ...day, name: 'date_of_birth' }],
  ])('is not made of %s', (_, column) => {
    expect(proposed(surveyOf(1_000, [column, x, y])).split.by).toBe('row');
  });

  it('takes the time at which rows came to be, not one after it', () => {
    const end = { ...day, name: 'dropoff_time', ascending: false };
    const begin = { ...day, name: 'pickup_time', ascending: false };
    expect(proposed(surveyOf(1_000, [end, begin, x, y]))).toMatchObject({ time: 'pickup_time' });
    expect(outOf(proposed(surveyOf(1_000, [end, begin, x, y])))).toMatchObject({ dropoff_time: 'not-a-feature' });
    expect(proposed(surveyOf(1_000, [begin, x, y]), { time: null }).split.by).toBe('row');
  });
});

describe('the holdout', () => {
  it.each([
    [[70_000, 30_000], 0.2],
    // (50 + 2 sqrt 50) / 250 = 0.257
    [[750, 250], 0.3],
    // Of few rows up to 30 %, so that 1,000 judge.
    [[2_000, 2_000], 0.25],
    [[1_000, 1_000], 0.3],
    [[150, 50], 0.4],
  ])('of classes of %j rows is a share of %d', ([large = 0, small = 0], share) => {
    const target = { ...y, common: counted(['0', large], ['1', small]) };
    const { split, reasons } = proposed(surveyOf(large + small, [x, target]));
    expect(split).toMatchObject({ by: 'row', holdout: share });
    if (share === 0.4) expect(reasons.split).toContain('comparisons may stay inconclusive');
  });

  it('is not without a rare class, as far as a third of the rows makes sure of that', () => {
    const species = (rare: number): Proposal =>
      proposed(
        surveyOf(10_000, [
          x,
          { name: 'species', type: 'string', common: counted(['a', 6_000], ['b', 4_000 - rare], ['c', rare]) },
        ]),
      );
    // 1 - 0.05^(1/10) = 0.26
    expect(species(10).split).toMatchObject({ holdout: 0.3 });
    expect(species(100).split).toMatchObject({ holdout: 0.2 });
    expect(species(2).split).toMatchObject({ holdout: 0.2 });
    expect(species(2).reasons.split).toContain('"c" is in 2 rows alone');
  });

  it('puts no rows aside for validation where that might be none', () => {
    expect(proposed(surveyOf(1_000, [x, y])).split).toMatchObject({ validation: 0.1 });
    const target = { ...y, common: counted(['0', 60], ['1', 40]) };
    expect(proposed(surveyOf(100, [{ ...x, distinct: 90 }, target])).split).toMatchObject({ validation: 0 });
  });
});

describe('slices', () => {
  const sex = { name: 'sex', type: 'string', common: counted(['m', 6_000], ['f', 4_000]) } as const;
  const race = { name: 'race', type: 'string', common: counted(['a', 8_500], ['b', 1_000], ['c', 500]) } as const;
  const plan = { name: 'plan', type: 'string', common: counted(['basic', 5_001], ['pro', 4_999]) } as const;
  const target = { ...y, common: counted(['0', 7_000], ['1', 3_000]) };
  const named = (...columns: Parameters<typeof surveyOf>[1]): readonly string[] =>
    proposed(surveyOf(10_000, [...columns, target])).slices.map((slice) =>
      slice.kind === 'column' ? slice.column : slice.where,
    );

  it('are those of people first, ages in bands, then what a business is cut by; four at most', () => {
    const age = {
      name: 'age',
      type: 'integer',
      range: [17, 90],
      common: counted(['20', 2_000], ['40', 6_000], ['65', 2_000]),
    } as const;
    expect(named(plan, age, race, sex)).toEqual(['race', 'sex', '"age" < 25', '"age" >= 60']);
    expect(named(plan, sex)).toEqual(['sex', 'plan']);
  });

  it('have two values with enough rows each, and are no copy of another', () => {
    expect(named({ ...sex, common: counted(['m', 9_900], ['f', 100]) }, x)).toEqual([]);
    expect(named(sex, { ...sex, name: 'gender_code', common: counted(['1', 6_000], ['2', 4_000]) })).toEqual(['sex']);
    expect(
      named({ name: 'city_state', type: 'string', distinct: 300, common: counted(['a', 5_000], ['b', 4_000]) }, x),
    ).toEqual([]);
  });

  it('are not made of what gives the target away, nor of numbers that nothing names', () => {
    const found: Associations = { target: 'y', givingAway: [{ column: 'sex', sentence: 'it equals "y"' }] };
    expect(proposed(surveyOf(10_000, [sex, x, target]), {}, found).slices).toEqual([]);
    expect(named({ name: 'children', type: 'integer', common: counted(['0', 5_000], ['1', 5_000]) }, x)).toEqual([]);
  });
});

describe('features', () => {
  it('are numbers and texts of few values; everything else is left out with its reason', () => {
    const proposal = proposed(
      surveyOf(1_000, [
        x,
        { name: 'flag', type: 'boolean', common: counted(['true', 500], ['false', 500]) },
        { name: 'kind', type: 'string', distinct: 12, meanLength: 4 },
        { name: 'comment', type: 'string', distinct: 800, missing: 100, meanLength: 120 },
        { name: 'street', type: 'string', distinct: 700, meanLength: 12 },
        { name: 'signed', type: 'date', distinct: 300, missing: 10 },
        { name: 'raw', type: 'other', distinct: 50 },
        { name: 'none', type: 'string', distinct: 0, missing: 1_000 },
        { name: 'same', type: 'string', common: counted(['a', 1_000]) },
        { name: 'leak', type: 'string', distinct: 5 },
        { name: 'updated_ts', type: 'integer', distinct: 900, range: [1.6e9, 1.7e9] },
        { ...y, name: 'y' },
      ]),
      {},
      { target: 'y', givingAway: [{ column: 'leak', sentence: 'filled in 98 % of the rows' }] },
    );
    expect(proposal.features).toEqual([
      { column: 'x', kind: 'number' },
      { column: 'flag', kind: 'number' },
      { column: 'kind', kind: 'category' },
    ]);
    expect(outOf(proposal)).toEqual({
      comment: 'too-many-values',
      street: 'too-many-values',
      signed: 'not-a-feature',
      raw: 'not-a-feature',
      none: 'empty',
      same: 'constant',
      leak: 'gives-the-target-away',
      updated_ts: 'not-a-feature',
    });
    expect(proposal.leftOut.find(({ column }) => column === 'leak')).toEqual({
      column: 'leak',
      because: 'gives-the-target-away',
      sentence: 'filled in 98 % of the rows',
      as: 'category',
    });
    // Tomorrow's data may come without what no model reads.
    expect(proposal.schema.columns.get('leak')?.required).toBe(false);
    expect(proposal.schema.columns.get('x')?.required).toBe(true);
  });

  it('have to be there', () => {
    const id = { name: 'id', type: 'integer', distinct: 1_000 } as const;
    const told = mistakeOf(() => proposed(surveyOf(1_000, [id, y])));
    expect(told.code).toBe('no_features');
    expect(told.message).toContain('none to learn "y" from ("id": it says which row it is)');
  });
});

describe('the metric', () => {
  it('ranks rows of a binary task, and shows what a rare class needs', () => {
    const { metric, floor, shown } = proposed(surveyOf(1_000, [x, y]));
    expect([metric, floor, shown[0]]).toEqual([{ family: 'auc' }, 0.5, { family: 'accuracy' }]);
    const rare = { ...y, common: counted(['0', 9_900], ['1', 100]) };
    expect(proposed(surveyOf(10_000, [x, rare])).shown[0]).toEqual({ family: 'averagePrecision' });
  });

  it('counts right answers of several classes, or each class alike where one is most of the rows', () => {
    const species = (...rows: readonly number[]): Proposal =>
      proposed(
        surveyOf(1_000, [
          x,
          { name: 'species', type: 'string', common: counted(...rows.map((n, at) => [`s${at}`, n] as const)) },
        ]),
      );
    expect(species(400, 300, 300)).toMatchObject({ metric: { family: 'accuracy' }, floor: 0.4 });
    // sklearn.metrics.f1_score([a]*800 + [b]*100 + [c]*100, [a]*1000, average='macro') = 0.2963
    const uneven = species(800, 100, 100);
    expect(uneven.metric).toEqual({ family: 'f1', of: 'macro' });
    expect(uneven.floor).toBeCloseTo(0.2962963, 6);
  });

  it('is the mean error of numbers, and its floor that of the median', () => {
    const price = { name: 'price', type: 'float', distinct: 900, range: [1, 5] } as const;
    expect(proposed(surveyOf(1_000, [x, price]), {}, { ...nothingFound, deviation: 1.25 })).toMatchObject({
      metric: { family: 'mae' },
      floor: 1.25,
    });
  });
});

describe('a wish', () => {
  const survey = surveyOf(1_000, [{ name: 'code', type: 'string', distinct: 40, meanLength: 3 }, x, y]);

  it('is granted', () => {
    expect(proposed(survey, { id: 'code', group: 'code', model: 'mine' })).toMatchObject({
      id: 'code',
      group: 'code',
      model: 'mine',
    });
  });

  it.each([
    [{ id: 'codes' }, 'column_unknown', 'Perhaps "code" is meant'],
    [{ group: 'y' }, 'column_unusable', 'is the target'],
    [{ time: 'code' }, 'column_unusable', 'holds strings'],
    [{ model: 'My Model' }, 'model_name_invalid', 'Write "my-model"'],
  ])('%j is refused', (wishes, code, words) => {
    const told = mistakeOf(() => proposed(survey, wishes));
    expect(told.code).toBe(code);
    expect(told.message).toContain(words);
  });
});

describe('the name of a model', () => {
  it.each([
    ['churn.csv', 'churn'],
    ['data/Wine Quality.csv.gz', 'wine-quality'],
    ['data/adult/train.parquet', 'adult'],
    ['bike_sharing/hour.csv', 'bike-sharing'],
    ['taxi_monthly/*.csv', 'taxi'],
    ['titanic_reference.csv', 'titanic'],
    ['C:\\data\\Läden.csv', 'laden'],
    ['train.csv', 'train'],
    ['2024-01.csv', 'model'],
    ['数据.csv', 'model'],
    ['con.csv', 'model'],
  ])('of %s is %s', (file, model) => {
    expect(proposed(surveyOf(1_000, [x, y], [file])).model).toBe(model);
  });
});
