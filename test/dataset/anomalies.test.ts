import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../../src/dataset/columnType.ts';
import type { Dataset, DatasetColumn, DatasetRole, ModelData, ModelDatasets } from '../../src/dataset/dataset.ts';
import { findAnomalies } from '../../src/dataset/findAnomalies.ts';
import { encodeRowKeys } from '../../src/dataset/rowKeys.ts';
import { parseSchema } from '../../src/dataset/schema.ts';
import { parseDigest } from '../../src/identity/digest.ts';
import { parseModelName } from '../../src/identity/names.ts';

const column = (name: string, type: ColumnType = 'float', more: Partial<DatasetColumn> = {}): DatasetColumn => ({
  name,
  type,
  missing: 0,
  text: true,
  whole: type === 'integer',
  ...more,
});
const dataset = (role: DatasetRole, more: Partial<Dataset> = {}): Dataset => ({
  role,
  files: [`${role}.csv`],
  rows: 100,
  columns: [column('x'), column('y', 'string')],
  digest: parseDigest('0'.repeat(64)),
  rowKeys: encodeRowKeys([]),
  target: {
    kind: 'labels',
    counts: [
      { label: 'a', rows: 60 },
      { label: 'b', rows: 40 },
    ],
  },
  duplicateIds: 0,
  source: { format: 'csv', files: [], columns: [] },
  key: { others: [] },
  ...more,
});
const model = (more: Partial<ModelData> = {}): ModelData => ({
  name: parseModelName('churn'),
  task: { kind: 'binary' },
  target: 'y',
  data: { train: ['t.csv'], validation: [], holdout: ['h.csv'] },
  ...more,
});
const training = (output: string): NonNullable<ModelData['train']> => ({
  command: ['train'],
  inputs: [],
  output,
  params: {},
  seed: 0,
  files: [],
  timeoutSeconds: 1,
  env: [],
});
const both = (more: Partial<Dataset>): ModelDatasets => ({
  train: dataset('train', more),
  holdout: dataset('holdout', more),
});
const labels = (...names: readonly string[]): Dataset['target'] => ({
  kind: 'labels',
  counts: names.map((label) => ({ label, rows: 1 })),
});

/** `severity code dataset column`, one a line. */
const told = (given: ModelData, datasets: ModelDatasets, schema?: string): readonly string[] =>
  findAnomalies(given, datasets, schema === undefined ? undefined : parseSchema(schema, 's.yml')).map((each) =>
    [each.severity, each.code, each.dataset, each.column ?? '-'].join(' '),
  );

describe('datasets of any model', () => {
  it('are sound where nothing is wrong', () => {
    expect(told(model(), both({}))).toEqual([]);
  });

  it.each<[string, ModelData, ModelDatasets, readonly string[]]>([
    [
      'no rows',
      model(),
      { train: dataset('train'), holdout: dataset('holdout', { rows: 0 }) },
      ['error DATASET_LOW_NUM_EXAMPLES holdout -'],
    ],
    [
      'no target',
      model(),
      both({ columns: [column('x')], target: { kind: 'absent' } }),
      ['error SCHEMA_MISSING_COLUMN train y', 'error SCHEMA_MISSING_COLUMN holdout y'],
    ],
    [
      'no id',
      model({ id: 'id' }),
      both({}),
      ['error SCHEMA_MISSING_COLUMN train id', 'error SCHEMA_MISSING_COLUMN holdout id'],
    ],
    [
      'no group, which the holdout alone needs',
      model({ group: 'user' }),
      both({}),
      ['error SCHEMA_MISSING_COLUMN holdout user'],
    ],
    [
      'no feature',
      model({ features: ['x', 'z'] }),
      both({}),
      ['error SCHEMA_MISSING_COLUMN train z', 'error SCHEMA_MISSING_COLUMN holdout z'],
    ],
    [
      'rows without a target',
      model(),
      both({ columns: [column('y', 'string', { missing: 1 })] }),
      ['error FEATURE_TYPE_LOW_FRACTION_PRESENT train y', 'error FEATURE_TYPE_LOW_FRACTION_PRESENT holdout y'],
    ],
    [
      'one value to predict',
      model(),
      both({ target: labels('a') }),
      ['error FEATURE_TYPE_LOW_UNIQUE train y', 'warning FEATURE_TYPE_LOW_UNIQUE holdout y'],
    ],
    [
      'one number to predict',
      model({ task: { kind: 'regression' } }),
      both({ target: { kind: 'values', minimum: 1, maximum: 1, notNumbers: 0 } }),
      ['error FEATURE_TYPE_LOW_UNIQUE train y', 'warning FEATURE_TYPE_LOW_UNIQUE holdout y'],
    ],
    [
      'text to predict as a number',
      model({ task: { kind: 'regression' } }),
      {
        train: dataset('train', { target: { kind: 'values', minimum: 1, maximum: 2, notNumbers: 3 } }),
        holdout: dataset('holdout', { target: { kind: 'values', minimum: 1, maximum: 2, notNumbers: 0 } }),
      },
      ['error UNEXPECTED_DATA_TYPE train y'],
    ],
    [
      'three labels for two classes',
      model(),
      both({ target: labels('a', 'b', 'c') }),
      ['error ENUM_TYPE_UNEXPECTED_STRING_VALUES train y', 'error ENUM_TYPE_UNEXPECTED_STRING_VALUES holdout y'],
    ],
    [
      'a label that is no configured class',
      model({ task: { kind: 'multiclass', classes: ['1.0', '2'] } }),
      {
        train: dataset('train', { target: labels('1', '2') }),
        holdout: dataset('holdout', { target: labels('1', '2', '3') }),
      },
      ['error ENUM_TYPE_UNEXPECTED_STRING_VALUES holdout y'],
    ],
    [
      'a class that was never seen',
      model({ task: { kind: 'multiclass' } }),
      { train: dataset('train'), holdout: dataset('holdout', { target: labels('a', 'b', 'c') }) },
      ['warning ENUM_TYPE_UNEXPECTED_STRING_VALUES holdout y'],
    ],
    [
      'a class that is not measured',
      model({ task: { kind: 'multiclass' } }),
      { train: dataset('train', { target: labels('a', 'b', 'c') }), holdout: dataset('holdout') },
      ['warning TARGET_CLASS_NOT_PRESENT holdout y'],
    ],
    [
      'a column that holds nothing anywhere, told once',
      model(),
      both({ columns: [column('x', 'string', { missing: 100 }), column('y', 'string')] }),
      ['warning FEATURE_TYPE_NOT_PRESENT train x'],
    ],
    [
      'a column that holds nothing in the holdout',
      model(),
      {
        train: dataset('train'),
        holdout: dataset('holdout', { columns: [column('x', 'string', { missing: 100 }), column('y', 'string')] }),
      },
      ['warning FEATURE_TYPE_NOT_PRESENT holdout x'],
    ],
    [
      'columns that the training data do not have, and the other way round',
      model(),
      { train: dataset('train'), holdout: dataset('holdout', { columns: [column('z'), column('y', 'string')] }) },
      ['error SCHEMA_MISSING_COLUMN holdout x', 'warning SCHEMA_NEW_COLUMN holdout z'],
    ],
    [
      'numbers that are text in the holdout',
      model(),
      {
        train: dataset('train'),
        holdout: dataset('holdout', { columns: [column('x', 'string'), column('y', 'string')] }),
      },
      ['error UNEXPECTED_DATA_TYPE holdout x'],
    ],
    [
      'text that are numbers in the holdout',
      model(),
      {
        train: dataset('train', { columns: [column('x', 'string'), column('y', 'string')] }),
        holdout: dataset('holdout'),
      },
      ['warning UNEXPECTED_DATA_TYPE holdout x'],
    ],
    [
      'ids that are not unique, where predictions are joined by them',
      model({ id: 'x', train: training('predictions.csv') }),
      { train: dataset('train', { duplicateIds: 2 }), holdout: dataset('holdout', { duplicateIds: 2 }) },
      ['error ID_NOT_UNIQUE holdout x'],
    ],
    [
      'ids that are not unique, where nothing is joined',
      model({ id: 'x', train: training('model.onnx') }),
      both({ duplicateIds: 2 }),
      ['warning ID_NOT_UNIQUE holdout x'],
    ],
    [
      'rows without an id, where predictions are joined by it',
      model({ id: 'x', train: training('p.parquet') }),
      {
        train: dataset('train'),
        holdout: dataset('holdout', { columns: [column('x', 'float', { missing: 1 }), column('y', 'string')] }),
      },
      ['error FEATURE_TYPE_LOW_FRACTION_PRESENT holdout x'],
    ],
    [
      'rows of the holdout in the training data',
      model(),
      both({ rowKeys: encodeRowKeys([new Uint8Array(16)]) }),
      ['warning HOLDOUT_ROWS_IN_TRAINING holdout -'],
    ],
  ])('have %s', (_, given, datasets, expected) => {
    expect(told(given, datasets)).toEqual(expected);
  });

  it.each<[string, ColumnType, ColumnType]>([
    ['integers and floats', 'float', 'integer'],
    ['dates and times', 'timestamp', 'date'],
  ])('may hold %s for each other', (_, one, other) => {
    const datasets = {
      train: dataset('train', { columns: [column('x', one), column('y', 'string')] }),
      holdout: dataset('holdout', { columns: [column('x', other), column('y', 'string')] }),
    };
    expect(told(model(), datasets)).toEqual([]);
  });

  it('may lack a type where they hold nothing', () => {
    const datasets = {
      train: dataset('train'),
      holdout: dataset('holdout', { rows: 5, columns: [column('x', 'string', { missing: 5 }), column('y', 'string')] }),
    };
    expect(told(model(), datasets)).toEqual(['warning FEATURE_TYPE_NOT_PRESENT holdout x']);
  });
});

describe('datasets with a schema', () => {
  const y = '  y: string\n';
  it.each<[string, string, DatasetColumn, readonly string[]]>([
    [
      'a column that has to be there',
      'z: float',
      column('x'),
      [
        'error SCHEMA_MISSING_COLUMN train z',
        'error SCHEMA_MISSING_COLUMN holdout z',
        'warning SCHEMA_NEW_COLUMN train x',
        'warning SCHEMA_NEW_COLUMN holdout x',
      ],
    ],
    ['a column that may be left out', 'x: float\n  z: {type: float, required: false}', column('x'), []],
    [
      'text for numbers',
      'x: float',
      column('x', 'string'),
      ['error UNEXPECTED_DATA_TYPE train x', 'error UNEXPECTED_DATA_TYPE holdout x'],
    ],
    [
      'fractions for integers',
      'x: integer',
      column('x', 'float'),
      ['error UNEXPECTED_DATA_TYPE train x', 'error UNEXPECTED_DATA_TYPE holdout x'],
    ],
    ['whole floats for integers', 'x: integer', column('x', 'float', { whole: true }), []],
    ['integers for floats', 'x: float', column('x', 'integer'), []],
    ['dates for times', 'x: timestamp', column('x', 'date'), []],
    [
      'times for dates',
      'x: date',
      column('x', 'timestamp'),
      ['error UNEXPECTED_DATA_TYPE train x', 'error UNEXPECTED_DATA_TYPE holdout x'],
    ],
    ['text that reads as numbers for text', 'x: string', column('x', 'integer'), []],
    [
      'numbers of a typed file for text',
      'x: string',
      column('x', 'integer', { text: false }),
      ['error UNEXPECTED_DATA_TYPE train x', 'error UNEXPECTED_DATA_TYPE holdout x'],
    ],
    [
      'numbers for booleans',
      'x: boolean',
      column('x', 'integer'),
      ['error UNEXPECTED_DATA_TYPE train x', 'error UNEXPECTED_DATA_TYPE holdout x'],
    ],
    [
      'as many gaps as are allowed',
      'x: {type: float, maxNullFraction: 0.1}',
      column('x', 'float', { missing: 10 }),
      [],
    ],
    [
      'one gap more',
      'x: {type: float, maxNullFraction: 0.1}',
      column('x', 'float', { missing: 11 }),
      ['error FEATURE_TYPE_LOW_FRACTION_PRESENT train x', 'error FEATURE_TYPE_LOW_FRACTION_PRESENT holdout x'],
    ],
    [
      'a gap where none is allowed',
      'x: {type: float, maxNullFraction: 0}',
      column('x', 'float', { missing: 1 }),
      ['error FEATURE_TYPE_LOW_FRACTION_PRESENT train x', 'error FEATURE_TYPE_LOW_FRACTION_PRESENT holdout x'],
    ],
  ])('have %s', (_, written, given, expected) => {
    expect(
      told(model(), both({ columns: [given, column('y', 'string')] }), `version: 1\ncolumns:\n  ${written}\n${y}`),
    ).toEqual(expected);
  });

  it('need their least number of rows, inclusive', () => {
    const schema = (rows: number): string => `version: 1\nminRows: ${rows}\ncolumns:\n  x: float\n${y}`;
    expect(told(model(), both({}), schema(100))).toEqual([]);
    expect(told(model(), both({}), schema(101))).toEqual([
      'error DATASET_LOW_NUM_EXAMPLES train -',
      'error DATASET_LOW_NUM_EXAMPLES holdout -',
    ]);
  });
});

describe('an anomaly', () => {
  const broken = (missing: number): ModelDatasets =>
    both({ columns: [column('x'), column('y', 'string', { missing })] });

  it('says where, what was found, what was expected and what to do', () => {
    expect(findAnomalies(model(), broken(3))[0]).toMatchObject({
      code: 'FEATURE_TYPE_LOW_FRACTION_PRESENT',
      where: 'train data of churn',
      message:
        'train data of churn: 3 of 100 rows have no "y", the target. Expected a target in every row. Take these rows out, or fill it in',
    });
  });

  it('keeps its id while its counts change, and has one of its own for each dataset, column and code', () => {
    const ids = (datasets: ModelDatasets): readonly string[] => findAnomalies(model(), datasets).map(({ id }) => id);
    expect(ids(broken(3))).toEqual(ids(broken(4)));
    expect(new Set(ids(broken(3))).size).toBe(2);
    expect(ids(broken(3))[0]).toMatch(/^[0-9a-f]{8}$/);
  });

  it('is told once where two rules see it', () => {
    const schema = 'version: 1\ncolumns:\n  x: float\n  y: {type: string, maxNullFraction: 0}\n';
    expect(told(model(), broken(3), schema)).toHaveLength(2);
  });

  it('comes before the warnings where it is an error', () => {
    const datasets = {
      train: dataset('train', { columns: [column('x', 'string', { missing: 100 }), column('y', 'string')] }),
      holdout: dataset('holdout', { rows: 0 }),
    };
    expect(told(model(), datasets).map((line) => line.split(' ')[0])).toEqual(['error', 'warning']);
  });
});
