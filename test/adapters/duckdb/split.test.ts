import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SplitConfig } from '../../../src/config/config.ts';
import type { PreparedData } from '../../../src/dataset/dataEngine.ts';
import { churn, engine, folderOf, mistakesOf, parquet, type GivenModel } from './dataFolder.ts';

const byHash = (by: 'id' | 'group' | 'row', holdout = 0.3, validation = 0.2): SplitConfig => ({
  by,
  holdout,
  validation,
  salt: 'churn',
});
const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

async function split(csv: string, config: SplitConfig, model: GivenModel = {}): Promise<PreparedData> {
  const folder = await folderOf({ 'data.csv': csv });
  const given = churn({ ...model, data: { split: config } });
  return engine.materialise(await engine.inspect(folder, given), given, path.join(folder, 'out'));
}

const linesOf = (file: string | undefined): readonly string[] =>
  file === undefined ? [] : readFileSync(file, 'utf8').trimEnd().split('\n').slice(1);
const firsts = (file: string | undefined): readonly string[] => linesOf(file).map((line) => line.split(',')[0] ?? '');

describe('a split', () => {
  // int(sha256(f'churn\n{id}\n').hexdigest(), 16) % 10_000 in Python: below 3,000 holdout, below 5,000 validation.
  it('puts rows aside by the hash of their id', async () => {
    const { train, validation, holdout } = await split(
      `id,y\n${range(0, 40)
        .map((id) => `${id},a\n`)
        .join('')}`,
      byHash('id'),
      { id: 'id' },
    );
    expect(firsts(holdout?.file).map(Number)).toEqual([4, 5, 7, 8, 9, 12, 15, 20, 22, 24, 25, 28, 32, 37, 39]);
    expect(firsts(validation?.file).map(Number)).toEqual([1, 6, 11, 14, 21, 23, 27, 29, 30, 31, 36]);
    expect(firsts(train?.file).map(Number)).toEqual([0, 2, 3, 10, 13, 16, 17, 18, 19, 26, 33, 34, 35, 38]);
    expect([train?.rows, validation?.rows, holdout?.rows]).toEqual([14, 11, 15]);
  });

  it('keeps the rows of a group together', async () => {
    const rows = range(0, 100).map((index) => `${index},${'abcdefghij'[index % 10]},a\n`);
    const { train, validation, holdout } = await split(`x,user,y\n${rows.join('')}`, byHash('group'), {
      group: 'user',
    });
    const groups = (file: string | undefined): string =>
      [...new Set(linesOf(file).map((line) => line.split(',')[1]))].toSorted().join('');
    expect([groups(train?.file), groups(validation?.file), groups(holdout?.file)]).toEqual(['adeg', 'bchi', 'fj']);
  });

  it('keeps duplicates together where there is no id, their targets aside', async () => {
    const rows = range(0, 200).flatMap((index) => [`${index},1.0,a\n`, `${index},1,b\n`]);
    const { train, holdout } = await split(`x,z,y\n${rows.join('')}`, byHash('row', 0.4, 0));
    const inTrain = new Set(firsts(train?.file));
    expect(holdout?.rows).toBeGreaterThan(100);
    expect(firsts(holdout?.file).filter((x) => inTrain.has(x))).toEqual([]);
  });

  it('leaves each row on its side when data are added, and the holdout as it is when the validation share changes', async () => {
    const few = range(0, 300).map((id) => `${id},a\n`);
    const more = range(300, 900).map((id) => `${id},b\n`);
    const before = await split(`id,y\n${few.join('')}`, byHash('id'), { id: 'id' });
    const after = await split(
      `y,id\n${[...more, ...few].map((line) => line.replace(/(.*),(.*)\n/, '$2,$1\n')).join('')}`,
      byHash('id', 0.3, 0.4),
      { id: 'id' },
    );
    const kept = linesOf(after.holdout?.file)
      .map((line) => line.split(',')[1] ?? '')
      .filter((id) => Number(id) < 300);
    expect(kept).toEqual(firsts(before.holdout?.file));
    expect(after.holdout?.rows).toBeGreaterThan(200);
  });

  it('begins each side at its instant where it goes by time', async () => {
    const times = ['2024-01-01', '2024-02-29T23:59:59.999Z', '2024-03-01', '2024-03-31 23:00:00-01:00', '2024-05-01'];
    const config = { by: 'time', holdoutFrom: '2024-04-01', validationFrom: '2024-03-01T00:00:00Z' } as const;
    const { train, validation, holdout } = await split(`at,y\n${times.map((time) => `${time},a\n`).join('')}`, config, {
      time: 'at',
    });
    expect(firsts(train?.file)).toEqual(times.slice(0, 2));
    expect(firsts(validation?.file)).toEqual(times.slice(2, 3));
    expect(firsts(holdout?.file)).toEqual(times.slice(3));
  });

  it.each<[string, string, SplitConfig, GivenModel, RegExp]>([
    [
      'rows without a time',
      'at,y\n2024-01-01,a\n,b\n,c\n',
      { by: 'time', holdoutFrom: '2024-01-01' },
      { time: 'at' },
      /2 rows have no "at", and a split by time cannot place them/,
    ],
    [
      'times that are text',
      'at,y\n31.12.2024,a\n',
      { by: 'time', holdoutFrom: '2024-01-01' },
      { time: 'at' },
      /the column "at" holds strings, such as "31\.12\.2024"/,
    ],
    [
      'a column that is not there',
      'user,y\n1,a\n',
      byHash('group'),
      { group: 'users' },
      /the split goes by "users", and the data have no such column.*Perhaps "user" is meant/,
    ],
    [
      'no column at all',
      'user,y\n1,a\n',
      byHash('group'),
      {},
      /the split goes by group, and the model names no column for it/,
    ],
  ])('refuses %s', async (_, csv, config, model, message) => {
    expect(await mistakesOf(split(csv, config, model))).toEqual([expect.stringMatching(message)]);
  });
});

describe('the files of a training', () => {
  it('hold each CSV value as it was written', async () => {
    const values = ['007,1.0', '1e3,"a,b"', '"x ""y""", z ', '"two\nlines",é', '"1\r2",1.50', ',0x'];
    const csv = `x,z,y\r\n${values.map((value) => `${value},a\r\n`).join('')}`;
    const { train } = await split(csv, byHash('row', 0.0001, 0));
    expect(readFileSync(train?.file ?? '', 'utf8')).toBe(csv.replaceAll('\r\n', '\n'));
  });

  it('have the delimiter and the compression of the source, and the digest of what they hold', async () => {
    const folder = await folderOf({
      'data.csv.gz': `x;y\n${range(0, 50)
        .map((x) => `${x};a\n`)
        .join('')}`,
    });
    const model = churn({ data: { train: ['data.csv.gz'], split: byHash('row') } });
    const prepared = await engine.materialise(await engine.inspect(folder, model), model, path.join(folder, 'out'));
    expect(readdirSync(path.join(folder, 'out')).toSorted()).toEqual([
      'holdout.csv.gz',
      'train.csv.gz',
      'validation.csv.gz',
    ]);
    const again = churn({ data: { train: ['out/train.csv.gz'], holdout: ['out/holdout.csv.gz'] } });
    const read = await engine.inspect(folder, again);
    expect(read.train?.digest).toBe(prepared.train?.digest);
    expect(read.holdout.rowKeys).toEqual(prepared.holdout?.rowKeys);
  });

  it('keep the types of Parquet, and the values of NDJSON', async () => {
    const folder = await folderOf({
      'data.ndjson': range(0, 30)
        .map((x) => `{"x":${x}.0,"s":"1","l":[1,{"a":null}],"y":"a"}\n`)
        .join(''),
    });
    await parquet(
      folder,
      'data.parquet',
      `SELECT i::UTINYINT AS i, i::FLOAT AS f, DATE '2024-01-01' + i::INTEGER AS d, 'a' AS y FROM range(30) AS t(i)`,
    );
    for (const name of ['data.ndjson', 'data.parquet']) {
      const model = churn({ data: { train: [name], split: byHash('row') } });
      const prepared = await engine.materialise(await engine.inspect(folder, model), model, path.join(folder, 'out'));
      const again = churn({
        data: { train: [`out/train${path.extname(name)}`], holdout: [`out/holdout${path.extname(name)}`] },
      });
      const read = await engine.inspect(folder, again);
      expect(read.train?.digest).toBe(prepared.train?.digest);
      expect(read.train?.source.files[0]?.types).toEqual(
        name.endsWith('parquet') ? ['UTINYINT', 'FLOAT', 'DATE', 'VARCHAR'] : undefined,
      );
      const [line] = readFileSync(path.join(folder, 'out', `train${path.extname(name)}`), 'utf8').split('\n');
      if (name.endsWith('ndjson')) expect(line).toMatch(/^\{"x":\d+\.0,"s":"1","l":\[1,\{"a":null\}\],"y":"a"\}$/);
    }
  });

  it('are the files of the configuration where each is one already, and one file where several are named', async () => {
    const folder = await folderOf({ 'a.csv': 'x,y\n1,a\n', 'b.csv': 'y,x\nb,2\n', 'h.csv': 'x,y\n3,a\n' });
    const model = churn({ data: { train: ['a.csv', 'b.csv'], holdout: ['h.csv'] } });
    const prepared = await engine.materialise(await engine.inspect(folder, model), model, path.join(folder, 'out'), {
      holdoutFeatures: true,
    });
    expect(readFileSync(prepared.train?.file ?? '', 'utf8')).toBe('x,y\n1,a\n2,b\n');
    expect(prepared.holdout?.file).toBe(path.join(folder, 'h.csv'));
    expect(readFileSync(prepared.holdoutFeatures ?? '', 'utf8')).toBe('x\n3\n');
  });

  it('appear whole or not at all, and nothing is left behind', async () => {
    const folder = await folderOf({
      'data.csv': `x,y\n${range(0, 50)
        .map((x) => `${x},a\n`)
        .join('')}`,
    });
    const model = churn({ data: { split: byHash('row') } });
    const datasets = await engine.inspect(folder, model);
    const { writeFileSync } = await import('node:fs');
    // The source changes between the two: a row is torn.
    writeFileSync(path.join(folder, 'data.csv'), 'x,y\n1,a\n2\n');
    expect(await mistakesOf(engine.materialise(datasets, model, path.join(folder, 'out')))).toEqual([
      expect.stringContaining('data.csv:3'),
    ]);
    expect(readdirSync(path.join(folder, 'out'))).toEqual([]);
  });
});
