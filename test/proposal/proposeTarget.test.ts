import { describe, expect, it } from 'vitest';
import type { Wishes } from '../../src/proposal/proposal.ts';
import { proposeTarget, type TargetProposal } from '../../src/proposal/proposeTarget.ts';
import type { SurveyedColumn } from '../../src/proposal/survey.ts';
import { mistakeOf } from '../fakes/mistakeOf.ts';
import { counted, surveyOf } from './surveyed.ts';

type Given = Partial<SurveyedColumn> & Pick<SurveyedColumn, 'name'>;

const two = counted(['0', 700], ['1', 300]);
const number = (name: string): Given => ({ name });
const chosen = (columns: readonly Given[], wishes: Wishes = {}, rows = 1_000): TargetProposal =>
  proposeTarget(
    surveyOf(
      rows,
      columns.map((column) => ({ type: 'float', distinct: 900, ...column })),
    ),
    wishes,
  );

describe('the target', () => {
  it.each([
    [['age', 'target', 'city'], 'target'],
    [['Survived', 'age', 'fare'], 'Survived'],
    [['pclass', 'is_churned', 'age'], 'is_churned'],
    [['quality', 'class', 'age'], 'class'],
    [['casual', 'registered', 'cnt', 'temp'], 'cnt'],
    // What names the target itself before what is a target in other data.
    [['default', 'age', 'y', 'x9'], 'y'],
    [['SalePrice', 'LotArea'], 'SalePrice'],
    [['a', 'b', 'c'], 'c'],
  ])('of the columns %j is %s', (names, target) => {
    expect(chosen(names.map(number)).target).toBe(target);
  });

  it('is what a person says', () => {
    expect(chosen([number('a'), number('target'), number('b')], { target: 'a' }).target).toBe('a');
  });

  it('is not the last column where that cannot be one', () => {
    const told = mistakeOf(() => chosen([number('a'), { name: 'note', type: 'string', distinct: 950 }]));
    expect(told.code).toBe('target_unknown');
    expect(told.message).toContain('Expected one of a, note. Name it: --target COLUMN');
    expect(mistakeOf(() => chosen([number('a'), { name: 'on', type: 'date' }])).code).toBe('target_unknown');
    expect(mistakeOf(() => chosen([number('a'), { name: 'b', missing: 1 }])).code).toBe('target_unknown');
    expect(mistakeOf(() => chosen([number('a')])).code).toBe('target_unknown');
    const day = { name: 'TIME', distinct: 1_000, whole: true, ascending: true, range: [1, 1_000] } as const;
    expect(mistakeOf(() => chosen([number('a'), day])).code).toBe('target_unknown');
    expect(mistakeOf(() => chosen([number('a'), { name: 'row_id', distinct: 1_000 }])).code).toBe('target_unknown');
  });

  it('is a complete column where another with a name for it has gaps', () => {
    const label = { name: 'label', missing: 60, distinct: 2, common: two } as const;
    const churned = { name: 'churned', distinct: 2, common: two } as const;
    const { target, reasons } = chosen([churned, label, number('a')]);
    expect([target, reasons.target]).toEqual([
      'churned',
      '"churned" names what is predicted; so does "label", empty in 60 rows',
    ]);
    expect(chosen([churned, { ...label, missing: 0 }]).target).toBe('label');
    // What is no label, or names a target only sometimes, is not meant in its place.
    for (const other of [number('income'), { ...churned, name: 'status' }]) {
      const told = mistakeOf(() => chosen([other, label, number('a')]));
      expect(told.message).toContain('60 of 1,000 rows have no target');
      expect(told.message).toContain('Take these rows out of the file, or name another target: --target COLUMN');
    }
  });

  it('that is meant and cannot be read is told, and no other taken', () => {
    const prices = ['$2,980.96', '$1,096.63', '$403.43', '$148.41', '$54.60'].map((each) => [each, 2] as const);
    const price = { name: 'price', type: 'string', distinct: 990, common: counted(...prices) } as const;
    const told = mistakeOf(() => chosen([price, number('a')]));
    expect(told.message).toContain('the target holds numbers written as text, such as "$2,980.96"');
    expect(chosen([{ ...price, name: 'wish' }, number('a')]).target).toBe('a');
    expect(mistakeOf(() => chosen([{ name: 'target', missing: 600 }, number('a')])).code).toBe('target_unusable');
  });

  it.each([
    [{ missing: 3 }, '3 of 1,000 rows have no target', 'Take these rows out of the file'],
    [{ missing: 1_000, distinct: 0 }, 'the target holds nothing in any row', 'Fill it in'],
    [
      { distinct: 1, common: counted(['7', 1_000]) },
      'the target is "7" in all 1,000 rows',
      'Look at how the rows were chosen',
    ],
    [{ range: [0, Infinity] as const }, 'infinite in some rows', 'Correct these rows'],
    [{ type: 'timestamp' as const }, 'the target holds timestamps', 'Turn it into one of these'],
    [{ type: 'other' as const }, 'nested values or bytes', 'Turn it into one of these'],
  ])('that is %j is refused with what to do', (column, found, remedy) => {
    const told = mistakeOf(() => chosen([number('a'), { name: 'y', ...column }], { target: 'y' }));
    expect(told.code).toBe('target_unusable');
    expect(told.message).toContain(found);
    expect(told.message).toContain(remedy);
    expect(told.message).toContain('--target COLUMN');
  });

  it('that does not exist is answered with the one that may be meant', () => {
    const told = mistakeOf(() => chosen([number('price')], { target: 'prize' }));
    expect(told.message).toBe('--target: there is no column "prize". Expected one of price. Perhaps "price" is meant.');
  });

  it.each([
    [0, 'there are columns and no rows'],
    [1, 'there is 1 row'],
    [19, 'there are 19 rows'],
  ])('is not looked for in %d rows', (rows, found) => {
    const told = mistakeOf(() => chosen([number('y')], {}, rows));
    expect(told.code).toBe('too_few_rows');
    expect(told.message).toContain(found);
  });
});

describe('the task', () => {
  const taskOf = (column: Given, wishes: Wishes = {}): TargetProposal['task'] =>
    chosen([number('a'), column], { target: column.name, ...wishes }).task;
  const whole = (name: string, least: number, ...rows: readonly number[]): Given => ({
    name,
    type: 'integer',
    distinct: rows.length,
    range: [least, least + rows.length - 1],
    common: counted(...rows.map((n, at) => [String(least + at), n] as const)),
  });

  it.each<[string, Given, TargetProposal['task']]>([
    ['0 and 1', { name: 'y', type: 'integer', distinct: 2, common: two }, { kind: 'binary', positive: '1' }],
    [
      '1 and 0, 1 the frequent one',
      { name: 'y', type: 'integer', distinct: 2, common: counted(['1', 700], ['0', 300]) },
      { kind: 'binary', positive: '1' },
    ],
    [
      '-1 and 1',
      { name: 'y', type: 'integer', distinct: 2, common: counted(['1', 700], ['-1', 300]) },
      { kind: 'binary', positive: '1' },
    ],
    [
      '1 and 2',
      { name: 'y', type: 'integer', distinct: 2, common: counted(['1', 700], ['2', 300]) },
      { kind: 'binary', positive: '1' },
    ],
    [
      'Yes and No',
      { name: 'y', type: 'string', distinct: 2, common: counted(['Yes', 700], ['No', 300]) },
      { kind: 'binary', positive: 'Yes' },
    ],
    [
      'Good and Poor',
      { name: 'y', type: 'string', distinct: 2, common: counted(['Poor', 600], ['Good', 400]) },
      { kind: 'binary', positive: 'Poor' },
    ],
    [
      'two names',
      { name: 'y', type: 'string', distinct: 2, common: counted(['<=50K', 760], ['>50K', 240]) },
      { kind: 'binary', positive: '>50K' },
    ],
    // Converters turn booleans into 0 and 1.
    [
      'booleans',
      { name: 'y', type: 'boolean', distinct: 2, common: counted(['false', 700], ['true', 300]) },
      { kind: 'binary', positive: 'true', classes: ['false', 'true'] },
    ],
    ['three texts', { name: 'y', type: 'string', distinct: 3 }, { kind: 'multiclass' }],
    ['digits', whole('target', 0, 100, 99, 98, 101, 100, 102, 97, 103, 100, 100), { kind: 'multiclass' }],
    ['numbered classes', whole('z', 0, 400, 300, 300), { kind: 'multiclass' }],
    ['a count, which falls off', whole('z', 0, 700, 200, 80, 15, 5), { kind: 'regression' }],
    ['grades', whole('quality', 3, 20, 163, 300, 300, 117, 95, 5), { kind: 'regression' }],
    ['fractions', { name: 'y', type: 'float', distinct: 4, range: [0, 1] }, { kind: 'regression' }],
    ['whole floats', { ...whole('species', 0, 400, 300, 300), type: 'float', whole: true }, { kind: 'multiclass' }],
  ])('of %s', (_, column, task) => {
    expect(taskOf(column)).toEqual(task);
  });

  it('says the line for the other choice', () => {
    const grades = whole('quality', 3, 20, 163, 400, 300, 117);
    expect(chosen([number('a'), grades]).reasons.task).toContain('"task: multiclass" would take each for a class');
    expect(taskOf(grades, { task: 'multiclass' })).toEqual({ kind: 'multiclass' });
    expect(chosen([number('a'), whole('digit', 0, 300, 300, 400)]).reasons.task).toContain('"task: regression"');
  });

  it.each<[NonNullable<Wishes['task']>, Given]>([
    ['binary', { name: 'y', distinct: 3 }],
    ['multiclass', { name: 'y', distinct: 900 }],
    ['regression', { name: 'y', type: 'string', distinct: 3 }],
  ])('%s is refused where the values are none of it', (task, column) => {
    expect(mistakeOf(() => taskOf(column, { task })).code).toBe('task_unusable');
  });
});
