import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PredictionsPredictor } from '../../src/adapters/predictionsFile.ts';
import { openPredictionsFile } from '../../src/adapters/predictionsFile.ts';
import type { TaskConfig } from '../../src/config/config.ts';
import type { FeatureBatch } from '../../src/evaluation/predictor.ts';
import { UserMistake } from '../../src/failure.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';

let folder: string;
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-test-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const binary: TaskConfig = { kind: 'binary' };
const regression: TaskConfig = { kind: 'regression' };

async function* inBatches(ids: readonly string[]): AsyncGenerator<readonly string[]> {
  for (let at = 0; at < ids.length; at += 2) yield await Promise.resolve(ids.slice(at, at + 2));
}

async function opened(
  csv: string,
  task: TaskConfig,
  ids: readonly string[],
  classes?: readonly string[],
): Promise<PredictionsPredictor> {
  const file = join(folder, `predictions${files++}.csv`);
  await writeFile(file, csv);
  const options = classes === undefined ? {} : { classes };
  return openPredictionsFile({ file, where: 'predictions.csv' }, { task }, inBatches(ids), options);
}

async function mistakeOf(promise: Promise<unknown>): Promise<UserMistake> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserMistake)) throw new Error(`expected a mistake, got ${String(error)}`);
  return error;
}

const batch = (rows: number): FeatureBatch => ({ rows, columns: new Map() });

describe('a predictions file', () => {
  test('is joined to the rows by id, in any order', async () => {
    const predictor = await opened('id,prediction\n3,30.5\n1,10\n2,-2e1\n', regression, ['1', '2', '3']);
    expect(predictor.signature).toEqual({ inputs: [], output: { kind: 'values' } });
    expect(await predictor.predict(batch(2), ['2', '3'])).toEqual({
      kind: 'values',
      values: Float64Array.of(-20, 30.5),
    });
    expect(await predictor.latencyMs(batch(1))).toBeUndefined();
    expect(predictor.notes).toEqual([]);
  });

  test.each([
    ['1.0,5\n2.0,6\n', ['1', '2']],
    ['1,5\n2,6\n', ['1.0', '2.0']],
    ['"1",5\n"2",6\n', ['1', '2']],
    ['a1,5\nb,6\n', ['a1', 'b']],
    ['007,5\n7x,6\n', ['007', '7x']],
    ['9007199254740993,5\n9007199254740992,6\n', ['9007199254740993', '9007199254740992']],
  ])('takes ids by what they mean, not how they are written: %j', async (rows, ids) => {
    const predictor = await opened(`id,prediction\n${rows}`, regression, ids);
    expect(await predictor.predict(batch(2), ids)).toEqual({ kind: 'values', values: Float64Array.of(5, 6) });
  });

  test('gives probabilities, by the names of their columns', async () => {
    const csv = 'id,prediction,probability[yes],probability[no]\n1,yes,0.8,0.2\n2,no,0.25,0.75\n';
    const predictor = await opened(csv, binary, ['1', '2']);
    expect(predictor.signature.output).toEqual({ kind: 'classes', classes: ['yes', 'no'], probabilities: true });
    expect(await predictor.predict(batch(2), ['2', '1'])).toEqual({
      kind: 'classes',
      predicted: Uint16Array.of(1, 0),
      probabilities: Float64Array.of(0.25, 0.75, 0.8, 0.2),
    });
  });

  test('orders classes as the config does', async () => {
    const csv = 'id,prediction,probability[b],probability[a]\n1,b,0.8,0.2\n';
    const predictor = await opened(csv, { kind: 'multiclass', classes: ['a', 'b'] }, ['1']);
    expect(await predictor.predict(batch(1), ['1'])).toMatchObject({ probabilities: Float64Array.of(0.2, 0.8) });
  });

  test('names its classes by its columns, also one that the data do not hold', async () => {
    const csv = 'id,prediction,probability[a],probability[b],probability[c]\n1,b,0.1,0.7,0.2\n';
    const predictor = await opened(csv, { kind: 'multiclass' }, ['1'], ['a', 'b']);
    expect(predictor.signature.output).toMatchObject({ classes: ['a', 'b', 'c'] });
  });

  test('may hold the probability of one of two classes', async () => {
    const csv = 'id,prediction,probability[1]\n1,1,0.75\n2,0,0.25\n';
    const predictor = await opened(csv, binary, ['1', '2']);
    expect(predictor.signature.output).toEqual({ kind: 'classes', classes: ['0', '1'], probabilities: true });
    expect(await predictor.predict(batch(1), ['1'])).toMatchObject({ probabilities: Float64Array.of(0.25, 0.75) });
  });

  test('takes labels by what they mean', async () => {
    const predictor = await opened('id,prediction\n1,1.0\n2,3\n3,2.0\n', { kind: 'multiclass' }, ['1', '2', '3']);
    expect(predictor.signature.output).toEqual({ kind: 'classes', classes: ['1', '2', '3'], probabilities: false });
    const truths = await opened('id,prediction\n1,True\n2,False\n', binary, ['1', '2'], ['false', 'true']);
    expect(await truths.predict(batch(2), ['1', '2'])).toMatchObject({ predicted: Uint16Array.of(1, 0) });
  });

  test('lets float noise through', async () => {
    const csv = 'id,prediction,probability[a],probability[b]\n1,a,1.0000001,-1.2e-7\n';
    await expect(opened(csv, binary, ['1'])).resolves.toBeDefined();
  });

  test('may hold rows for other ids: counted, not looked at', async () => {
    const predictor = await opened('id,prediction\n1,1\n8,\n9,x\n', regression, ['1']);
    expect(predictor.extraRows).toBe(2);
    expect(predictor.notes).toEqual(['2 predictions are for ids outside the holdout; they do not count.']);
  });

  test('may be Parquet', async () => {
    const file = join(folder, 'predictions.parquet');
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(
      `COPY (SELECT i::DOUBLE AS id, CASE WHEN i % 2 = 0 THEN 'even' ELSE 'odd' END AS prediction,
        (i % 2)::FLOAT AS "probability[odd]", (1 - i % 2)::FLOAT AS "probability[even]" FROM range(5000) t(i))
       TO '${file}' (FORMAT parquet)`,
    );
    connection.closeSync();
    const ids = Array.from({ length: 5000 }, (_, k) => String(k));
    const predictor = await openPredictionsFile({ file }, { task: binary }, inBatches(ids));
    expect(await predictor.predict(batch(2), ['4999', '0'])).toEqual({
      kind: 'classes',
      predicted: Uint16Array.of(0, 1),
      probabilities: Float64Array.of(1, 0, 0, 1),
    });
  });

  test('leaves nothing behind', async () => {
    const left = async (): Promise<number> =>
      (await readdir(tmpdir())).filter((name) => name.startsWith('touchstone-predictions-')).length;
    const before = await left();
    await mistakeOf(opened('id,prediction\n1,\n', regression, ['1']));
    expect(await left()).toBeLessThanOrEqual(before);
  });
});

describe('a predictions file that cannot be judged is told with counts and examples', () => {
  test.each<[string, string, TaskConfig, readonly string[], string]>([
    [
      'missing ids',
      '1,5\n',
      regression,
      ['1', '2', '3'],
      "2 of the holdout's 3 rows have no prediction, such as those with the ids 2, 3",
    ],
    ['repeated ids', '1,5\n1.0,6\n2,7\n', regression, ['1', '2'], '1 row for ids that stood there before, such as 1'],
    ['repeated ids of the holdout', '1,5\n', regression, ['1', '1.0'], '1 id stand there more than once'],
    ['rows without an id', '1,5\n,6\n', regression, ['1'], '1 row without an id'],
    [
      'empty predictions',
      '1,\n2,5\n',
      regression,
      ['1', '2'],
      '1 row with an empty prediction, such as that with the id 1',
    ],
    [
      'NaN',
      '1,nan\n2,5\n3,NaN\n',
      regression,
      ['1', '2', '3'],
      '2 rows with an empty prediction, such as those with the ids 1, 3',
    ],
    [
      'infinities',
      '1,inf\n2,5\n',
      regression,
      ['1', '2'],
      '1 row whose prediction is no finite number, such as that with the id 1',
    ],
    [
      'texts',
      '1,high\n2,5\n',
      regression,
      ['1', '2'],
      '1 row whose prediction is no finite number, such as that with the id 1',
    ],
    [
      'unknown labels',
      '1,a\n2,c\n',
      { kind: 'binary', classes: ['a', 'b'] },
      ['1', '2'],
      '1 row with a label that is no class, such as that with the id 2 ("c")',
    ],
    ['one class for two', '1,a\n2,a\n', binary, ['1', '2'], 'the classes are a'],
  ])('%s', async (_, rows, task, ids, found) => {
    expect((await mistakeOf(opened(`id,prediction\n${rows}`, task, ids))).message).toContain(found);
  });

  test.each([
    ['1,a,0.7,0.7', 'probabilities not adding up to 1'],
    ['1,a,1.5,-0.5', 'probabilities outside [0, 1]'],
    ['1,a,,0.5', 'probabilities not finite'],
    ['1,a,inf,0.5', 'probabilities not finite'],
    ['1,a,0.2,0.8', 'prediction is not the class with the highest probability'],
  ])('probabilities: %s', async (row, found) => {
    const csv = `id,prediction,probability[a],probability[b]\n${row}\n2,b,0.5,0.5\n`;
    const mistake = await mistakeOf(opened(csv, binary, ['1', '2']));
    expect(mistake.code).toBe('predictions-unusable');
    expect(mistake.message).toContain(`1 row with ${found}`.replace('with prediction', 'whose prediction'));
    expect(mistake.message).toContain('such as that with the id 1');
  });

  test('all of it at once', async () => {
    const csv = 'id,prediction,probability[a],probability[b]\n1,a,0.7,0.7\n2,x,0.5,0.5\n2,a,0.5,0.5\n,a,1,0\n';
    const mistake = await mistakeOf(opened(csv, binary, ['1', '2', '3']));
    expect(mistake.problems).toHaveLength(5);
  });

  test.each([
    ['customer,prediction\n1,5\n', 'the columns are customer, prediction', 'Add or rename: id'],
    ['id,label\n1,5\n', 'the columns are id, label', 'Add or rename: prediction'],
  ])('columns: %j', async (csv, found, remedy) => {
    const mistake = await mistakeOf(opened(csv, regression, ['1']));
    expect(mistake.code).toBe('predictions-columns');
    expect(mistake.message).toContain(found);
    expect(mistake.message).toContain(remedy);
  });

  test('a probability column too few', async () => {
    const csv = 'id,prediction,probability[a],probability[b]\n1,a,1,0\n';
    const mistake = await mistakeOf(opened(csv, { kind: 'multiclass', classes: ['a', 'b', 'c'] }, ['1']));
    expect(mistake.message).toContain('there are probability columns for a, b');
  });

  test('a file that is missing, empty, or not the one that was digested', async () => {
    const file = join(folder, 'other.csv');
    const open = (digest?: string): Promise<unknown> =>
      openPredictionsFile(
        { file, ...(digest === undefined ? {} : { digest: digestOfBytes(digest) }) },
        { task: regression },
        inBatches(['1']),
      );
    expect(await mistakeOf(open())).toMatchObject({ code: 'model-missing' });
    await writeFile(file, '');
    expect(await mistakeOf(open())).toMatchObject({ code: 'predictions-unreadable' });
    await writeFile(file, 'id,prediction\n1,5\n');
    await expect(open('id,prediction\n1,5\n')).resolves.toBeDefined();
    expect(await mistakeOf(open('id,prediction\n1,6\n'))).toMatchObject({ code: 'model-digest' });
  });
});
