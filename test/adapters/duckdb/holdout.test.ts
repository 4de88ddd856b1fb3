import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HoldoutRequest } from '../../../src/evaluation/holdout.ts';
import type { FeatureKind } from '../../../src/evaluation/predictor.ts';
import {
  batchesOf,
  churn,
  engine,
  fileOf,
  folderOf,
  holdoutOf,
  mistakesOf,
  parquet,
  withTraining,
} from './dataFolder.ts';

const asking = (
  features: Readonly<Record<string, FeatureKind>>,
  more: Partial<HoldoutRequest> = {},
): HoldoutRequest => ({
  features: new Map(Object.entries(features)),
  truth: { kind: 'class', column: 'y', classes: ['a', 'b'] },
  slices: [],
  ...more,
});
const range = (to: number): readonly number[] => Array.from({ length: to }, (_, index) => index);

describe('the rows of a holdout', () => {
  it('come as the model asks for them, a gap being NaN for a float and empty for a string', async () => {
    const holdout = await holdoutOf('i,f,s,z,b,y\n1,1.5,x,007,true,a\n2,,,1.0,false,b\n-3,NA,"y, z",,true,a\n');
    const request = asking({ i: 'integer', f: 'float', s: 'string', z: 'string', b: 'float' });
    const [batch, ...others] = await batchesOf(holdout, request);
    expect(others).toEqual([]);
    const values = Object.fromEntries(
      [...(batch?.features.columns ?? [])].map(([name, column]) => [name, column.values]),
    );
    expect(values).toEqual({
      i: BigInt64Array.of(1n, 2n, -3n),
      f: Float64Array.of(1.5, NaN, NaN),
      s: ['x', '', 'y, z'],
      z: ['007', '1.0', ''],
      b: Float64Array.of(1, 0, 1),
    });
    expect(batch?.truth).toEqual(Uint16Array.of(0, 1, 0));
  });

  it('turn types into what is asked for where nothing is lost', async () => {
    const holdout = await holdoutOf('whole,text,flag,y\n1.0,7,true,a\n2,-1.5,false,b\n,,,a\n'.replace(',,,a\n', ''));
    const request = asking({ whole: 'integer', text: 'float', flag: 'integer' });
    const [batch] = await batchesOf(holdout, request);
    expect(batch?.features.columns.get('whole')?.values).toEqual(BigInt64Array.of(1n, 2n));
    expect(batch?.features.columns.get('text')?.values).toEqual(Float64Array.of(7, -1.5));
    expect(batch?.features.columns.get('flag')?.values).toEqual(BigInt64Array.of(1n, 0n));
  });

  it('give numbers as text as the file has them, and a gap among them as empty', async () => {
    const holdout = await holdoutOf('x,y\n1.0,a\n2.50,b\nNA,a\n');
    const [batch] = await batchesOf(holdout, asking({ x: 'string' }));
    expect(batch?.features.columns.get('x')?.values).toEqual(['1.0', '2.50', '']);
  });

  it('keep 32-bit floats of Parquet as they are', async () => {
    const folder = await folderOf({});
    await parquet(folder, 'data.parquet', `SELECT * FROM (VALUES (0.1::FLOAT, 'a'), (NULL, 'b')) AS rows(x, y)`);
    const { holdout } = await engine.inspect(
      folder,
      churn({ data: { train: ['data.parquet'], holdout: ['data.parquet'] } }),
    );
    const opened = await engine.openHoldout(holdout, []);
    const [batch] = await batchesOf(opened, asking({ x: 'float' }));
    opened.close();
    expect(batch?.features.columns.get('x')?.values).toEqual(Float32Array.of(0.1, NaN));
  });

  it('come in batches of one size, in the order of the files, always the same', async () => {
    const rows = range(40_000).map((x) => `${x},${x % 2 === 0 ? 'a' : 'b'}\n`);
    const folder = await folderOf({
      '1.csv': `x,y\n${rows.slice(0, 25_000).join('')}`,
      '2.csv': `x,y\n${rows.slice(25_000).join('')}`,
    });
    const { holdout } = await engine.inspect(folder, churn({ data: { train: ['1.csv'], holdout: ['*.csv'] } }));
    const opened = await engine.openHoldout(holdout, []);
    const batches = await batchesOf(opened, asking({ x: 'float' }));
    opened.close();
    expect(batches.map((batch) => batch.rows)).toEqual([16_384, 16_384, 7_232]);
    const seen = batches.flatMap((batch) => [...(batch.features.columns.get('x')?.values ?? [])]);
    expect(seen).toEqual(range(40_000));
    expect(
      batches.every(({ rows: n, truth }) => truth.length === n && truth.every((label, row) => label === row % 2)),
    ).toBe(true);
  });

  it('hold the labels against the classes by what they mean', async () => {
    const csv = 'x,y\n1,1.0\n2,0\n3,1\n';
    const numbers = await holdoutOf(csv);
    const truth = { kind: 'class', column: 'y', classes: ['0', '1'] } as const;
    expect((await batchesOf(numbers, asking({}, { truth })))[0]?.truth).toEqual(Uint16Array.of(1, 0, 1));
    const words = await holdoutOf('x,y\n1,True\n2,false\n3,maybe\n');
    const classes = ['False', 'maybe', 'TRUE'];
    expect((await batchesOf(words, asking({}, { truth: { ...truth, classes } })))[0]?.truth).toEqual(
      Uint16Array.of(2, 0, 1),
    );
    const mixed = await holdoutOf('x,y\n1,1.0\n2,x\n3,1e0\n');
    expect((await batchesOf(mixed, asking({}, { truth: { ...truth, classes: ['x', '1'] } })))[0]?.truth).toEqual(
      Uint16Array.of(1, 0, 1),
    );
  });

  it('give the numbers of a regression, groups by first appearance, and ids', async () => {
    const holdout = await holdoutOf('id,user,x,y\n07,u2,1,0.5\n08,u1,2,-1\n09,,3,2\n10,u2,4,3\n');
    const truth = { kind: 'value', column: 'y' } as const;
    const [batch] = await batchesOf(holdout, asking({}, { truth, group: 'user', id: 'id' }));
    expect(batch?.truth).toEqual(Float64Array.of(0.5, -1, 2, 3));
    expect(batch?.group).toEqual(Uint32Array.of(0, 1, 2, 0));
    expect(batch?.ids).toEqual(['07', '08', '09', '10']);
    const ids: string[] = [];
    for await (const some of holdout.ids('id')) ids.push(...some);
    expect(ids).toEqual(['07', '08', '09', '10']);
  });

  it.each<[string, string, HoldoutRequest, readonly RegExp[]]>([
    [
      'gaps where an integer is asked',
      'x,y\n1,a\n,a\n2.5,b\n',
      asking({ x: 'integer' }),
      [/reads the column "x" as an integer, and 1 rows hold nothing and 1 rows hold "2\.5"\. Expected a whole number/],
    ],
    [
      'texts where a number is asked',
      'x,y\n1,a\nno,a\n,b\n',
      asking({ x: 'float' }),
      [/reads the column "x" as a number, and 1 rows hold "no"/],
    ],
    [
      'a label that is no class, and none at all',
      'x,y\n1,a\n2,c\n3,\n4,c\n',
      asking({}),
      [/the target "y" is no class of the model: 1 rows hold nothing and 2 rows hold "c".*Expected one of a, b/],
    ],
    [
      'a target that is no number',
      'x,y\n1,1\n2,inf\n3,\n',
      asking({}, { truth: { kind: 'value', column: 'y' } }),
      [/the target "y" is no number: 1 rows hold nothing and 1 rows hold "inf"/],
    ],
    [
      'a target without an end',
      'x,y\n1,1\n2,-inf\n',
      asking({}, { truth: { kind: 'value', column: 'y' } }),
      [/the target "y" is no number: 1 rows hold "-inf"/],
    ],
    ['a row without an id', 'id,y\n1,a\n,b\n', asking({}, { id: 'id' }), [/1 rows have no "id"/]],
    [
      'dates as a feature',
      'x,y\n2024-01-01,a\n',
      asking({ x: 'float' }),
      [/reads the column "x" as a float, and it holds dates/],
    ],
    [
      'columns that are not there, all of them',
      'tenure,y\n1,a\n',
      asking({ Tenure: 'float', plan: 'string' }, { group: 'user' }),
      [
        /no column "Tenure", which the model reads.*Perhaps "tenure" is meant/,
        /no column "plan"/,
        /no column "user", the group/,
      ],
    ],
    [
      'a class that is there twice',
      'x,y\n1,1\n',
      asking({}, { truth: { kind: 'class', column: 'y', classes: ['1', '1.0'] } }),
      [/the class "1\.0" is there twice/],
    ],
  ])('refuses %s', async (_, csv, request, messages) => {
    const holdout = await holdoutOf(csv);
    expect(await mistakesOf(batchesOf(holdout, request))).toEqual(
      messages.map((message) => expect.stringMatching(message) as string),
    );
  });
});

describe('rows that a model was trained on', () => {
  const csv = (rows: readonly number[]): string =>
    `id,x,y\n${rows.map((id) => `${id},${id * 10},${id % 2 === 0 ? 'a' : 'b'}\n`).join('')}`;

  it('are dropped and counted, whichever model it was', async () => {
    const byId = { id: 'id' };
    const candidate = await fileOf('data.csv', csv([3, 4, 100]), byId);
    const champion = await fileOf('data.csv', csv([4, 7]).replace('70', '71'), byId);
    const holdout = await holdoutOf(csv(range(10)), byId, [candidate.rowKeys, champion.rowKeys]);
    expect([holdout.rows, holdout.dropped]).toEqual([7, 3]);
    const [batch] = await batchesOf(holdout, asking({ x: 'float' }, { id: 'id' }));
    expect(batch?.ids).toEqual(['0', '1', '2', '5', '6', '8', '9']);
    expect(batch?.features.columns.get('x')?.values).toEqual(Float64Array.of(0, 10, 20, 50, 60, 80, 90));
    expect(batch?.truth).toEqual(Uint16Array.of(0, 1, 0, 1, 0, 0, 1));
    const ids: string[] = [];
    for await (const some of holdout.ids('id')) ids.push(...some);
    expect(ids).toEqual(batch?.ids);
  });

  it('are found by all columns but the target where there is no id, duplicates too', async () => {
    const trained = await fileOf('data.csv', 'x,z,y\n1.0,u,a\n');
    const holdout = await holdoutOf('z,x,y\nu,1,b\nu,2,a\nu,1,a\nv,1,a\n', {}, [trained.rowKeys]);
    expect([holdout.rows, holdout.dropped]).toEqual([2, 2]);
  });

  it('do not block where they alone could not be read', async () => {
    const trained = await fileOf('data.csv', 'id,x,y\n2,1,a\n', { id: 'id' });
    const holdout = await holdoutOf('id,x,y\n1,1,a\n2,,\n3,3,b\n', { id: 'id' }, [trained.rowKeys]);
    const [batch] = await batchesOf(holdout, asking({ x: 'integer' }));
    expect(batch?.truth).toEqual(Uint16Array.of(0, 1));
  });

  it('must not be all', async () => {
    const same = csv(range(5));
    const { rowKeys } = await fileOf('data.csv', same);
    expect(await mistakesOf(holdoutOf(same, {}, [rowKeys]))).toEqual([
      expect.stringMatching(/all 5 rows of the holdout stand in the training data/),
    ]);
    expect(await mistakesOf(holdoutOf('x,y\n'))).toEqual([expect.stringMatching(/the holdout has no rows/)]);
  });

  it('are dropped over many batches without losing or repeating others', async () => {
    const rows = range(50_000);
    const dropped = rows.filter((id) => id % 3 === 0 || (id > 16_000 && id < 17_000));
    const trained = await fileOf('data.csv', csv(dropped), { id: 'id' });
    const holdout = await holdoutOf(csv(rows), { id: 'id' }, [trained.rowKeys]);
    const batches = await batchesOf(holdout, asking({ x: 'float' }));
    const kept = rows.filter((id) => !dropped.includes(id));
    expect(batches.flatMap((batch) => [...(batch.features.columns.get('x')?.values ?? [])])).toEqual(
      kept.map((id) => id * 10),
    );
    expect(holdout.rows).toBe(kept.length);
  });
});

describe('one part of a split', () => {
  it('is judged without being written down first', async () => {
    const folder = await folderOf({
      'data.csv': `id,y\n${range(40)
        .map((id) => `${id},a\n`)
        .join('')}`,
    });
    const model = churn({ id: 'id', data: { split: { by: 'id', holdout: 0.3, validation: 0.2, salt: 'churn' } } });
    const datasets = withTraining(await engine.inspect(folder, model));
    const opened = await engine.openHoldout(datasets.holdout, [datasets.train.rowKeys]);
    const [batch] = await batchesOf(opened, asking({}, { id: 'id' }));
    expect(opened.dropped).toBe(0);
    opened.close();
    const prepared = await engine.materialise(datasets, model, path.join(folder, 'out'));
    const written = await engine.openHoldout(prepared.holdout ?? datasets.holdout, []);
    expect((await batchesOf(written, asking({}, { id: 'id' })))[0]?.ids).toEqual(batch?.ids);
    written.close();
    // The same ids as in split.test.ts, from Python.
    expect(batch?.ids?.map(Number)).toEqual([4, 5, 7, 8, 9, 12, 15, 20, 22, 24, 25, 28, 32, 37, 39]);
  });
});
