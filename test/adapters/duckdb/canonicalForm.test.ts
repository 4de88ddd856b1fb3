import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Dataset } from '../../../src/dataset/dataset.ts';
import { churn, engine, fileOf, folderOf, parquet, withTraining } from './dataFolder.ts';

// From the definition in docs/data.md with Python's hashlib, over row texts that were written down by hand.
const CSV = 'id,when,ratio,ok,name\n1,2024-01-01 10:00:00,1.0,true,"a\\b"\n2,2024-01-02,0.1,False,"x\ny"\n3,,1e21,,\n';
const DIGEST = 'bac16f6340dbe837964912b7cd9b0d111f04459cac405d1b50d2fcb39d3b2d04';
const KEYS_BY_ID = '1121cfccd5913f0a63fec40a6ffd44ea4355a46b19d348dc2f57c046f8ef63d453c234e5e8472b6ac51c1ae1cab3fe06';
const KEYS_BY_ROW = '03515abb3b7bc25eb2ffebf0a2f4a46069ea752c06c1425c0df8bc5476a9fe3ead8b63fedd95e22ad15385455acbd913';

const model = { target: 'ok' };
const keysOf = ({ rowKeys }: Dataset): string => Buffer.from(rowKeys.subarray(16)).toString('hex');
const digestOf = async (name: string, content: string): Promise<string> => (await fileOf(name, content, model)).digest;

async function digestOfParquet(query: string): Promise<string> {
  const folder = await folderOf({});
  await parquet(folder, 'data.parquet', query);
  const data = { train: ['data.parquet'], holdout: ['data.parquet'] };
  return withTraining(await engine.inspect(folder, churn({ ...model, data }))).train.digest;
}

describe('the digest of rows', () => {
  it('is what its definition says', async () => {
    expect(await digestOf('data.csv', CSV)).toBe(DIGEST);
  });

  it('does not depend on the file format', async () => {
    const typed = `SELECT * FROM (VALUES
      (1::UTINYINT, TIMESTAMP '2024-01-01 10:00:00', 1::DOUBLE, true, 'a\\b'),
      (2, TIMESTAMP '2024-01-02', 0.1, false, E'x\\ny'),
      (3, NULL, 1e21, NULL, '')) AS rows(id, "when", ratio, ok, name)`;
    expect(await digestOfParquet(typed)).toBe(DIGEST);
    expect(await digestOfParquet(typed.replace('1::DOUBLE', '1::FLOAT').replace('1e21', '1e21::FLOAT'))).not.toBe(
      DIGEST,
    );
    const lines = [
      { id: 1, when: '2024-01-01T10:00:00Z', ratio: 1, ok: true, name: 'a\\b' },
      { id: 2, when: '2024-01-02', ratio: 0.1, ok: false, name: 'x\ny' },
      { id: 3, when: null, ratio: 1e21 },
    ];
    expect(await digestOf('data.ndjson', lines.map((line) => JSON.stringify(line)).join('\n'))).toBe(DIGEST);
    expect(await digestOf('data.csv.gz', CSV)).toBe(DIGEST);
  });

  it('does not depend on the order of rows and columns, delimiters, quotes and line ends', async () => {
    const other =
      'ok;"name";id;ratio;when\r\n;;3;1000000000000000000000.0;\r\nfalse;"x\ny";2;.1;2024-01-02T00:00:00Z\r\nTRUE;a\\b;1.0;1;2024-01-01 12:00:00+02\r\n';
    expect(await digestOf('data.csv', other)).toBe(DIGEST);
  });

  it.each([
    ['a value', CSV.replace('0.1', '0.2')],
    ['a row', `${CSV}3,,1e21,,\n`],
    ['a name of a column', CSV.replace('ratio', 'Ratio')],
    ['a missing value', CSV.replace('3,,1e21', '3,2024-01-01,1e21')],
  ])('changes with %s', async (_, text) => {
    expect(await digestOf('data.csv', text)).not.toBe(DIGEST);
  });

  it.each([
    ['float and double', `SELECT 0.1::FLOAT AS x, 1 AS ok`, `SELECT 0.1::DOUBLE AS x, 1 AS ok`],
    ['decimal and double', `SELECT 1.10::DECIMAL(10, 2) AS x, 1 AS ok`, `SELECT 1.1::DOUBLE AS x, 1 AS ok`],
    ['wide decimal and double', `SELECT 1.10::DECIMAL(38, 9) AS x, 1 AS ok`, `SELECT 1.1::DOUBLE AS x, 1 AS ok`],
    ['decimal and integer', `SELECT 12.00::DECIMAL(38, 2) AS x, 1 AS ok`, `SELECT 12 AS x, 1 AS ok`],
    ['minus zero and zero', `SELECT '-0.0'::DOUBLE AS x, 1 AS ok`, `SELECT 0 AS x, 1 AS ok`],
    ['NaN and null', `SELECT 'nan'::DOUBLE AS x, 1 AS ok`, `SELECT NULL::INTEGER AS x, 1 AS ok`],
    [
      'large double and integer',
      `SELECT 1e19::DOUBLE AS x, 1 AS ok`,
      `SELECT 10000000000000000000::UBIGINT AS x, 1 AS ok`,
    ],
    [
      'zoned and UTC',
      `SELECT TIMESTAMPTZ '2024-01-01 12:00:00+02' AS x, 1 AS ok`,
      `SELECT TIMESTAMP '2024-01-01 10:00:00' AS x, 1 AS ok`,
    ],
    [
      'nanoseconds and microseconds',
      `SELECT TIMESTAMP_NS '2024-01-01 10:00:00.5' AS x, 1 AS ok`,
      `SELECT TIMESTAMP '2024-01-01 10:00:00.5' AS x, 1 AS ok`,
    ],
    ['midnight and its date', `SELECT TIMESTAMP '2024-01-01' AS x, 1 AS ok`, `SELECT DATE '2024-01-01' AS x, 1 AS ok`],
  ])('is one for %s', async (_, one, other) => {
    expect(await digestOfParquet(one)).toBe(await digestOfParquet(other));
  });

  it.each([
    [
      'decimals that one double names',
      `SELECT 0.1234567890123456789::DECIMAL(38, 19) AS x, 1 AS ok`,
      `SELECT 0.1234567890123456788::DECIMAL(38, 19) AS x, 1 AS ok`,
    ],
    ['integers beyond 2^53', `SELECT 9007199254740993 AS x, 1 AS ok`, `SELECT 9007199254740992 AS x, 1 AS ok`],
    [
      'instants a nanosecond apart',
      `SELECT TIMESTAMP_NS '2024-01-01 10:00:00.000000001' AS x, 1 AS ok`,
      `SELECT TIMESTAMP_NS '2024-01-01 10:00:00' AS x, 1 AS ok`,
    ],
    ['a leading zero and none, in text', `SELECT '007' AS x, 1 AS ok`, `SELECT '7' AS x, 1 AS ok`],
  ])('tells %s apart', async (_, one, other) => {
    expect(await digestOfParquet(one)).not.toBe(await digestOfParquet(other));
  });

  it('tells any two rows of text apart, whatever they hold', async () => {
    const piece = fc.string({ unit: fc.constantFrom('\\', 'n', 'N', '\n', 'a', ' '), maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.tuple(piece, piece), fc.tuple(piece, piece), async (a, b) => {
        const text = (values: readonly string[]): string => values.map((value) => JSON.stringify(value)).join(',');
        const digest = (values: readonly string[]): Promise<string> =>
          digestOf('data.ndjson', `{"x":${text(values.slice(0, 1))},"z":${text(values.slice(1))},"ok":"_"}\n`);
        expect((await digest(a)) === (await digest(b))).toBe(a[0] === b[0] && a[1] === b[1]);
      }),
      { numRuns: 25 },
    );
  });
});

describe('row keys', () => {
  it('are of the id, where there is one', async () => {
    expect(keysOf(await fileOf('data.csv', CSV, { ...model, id: 'id' }))).toBe(KEYS_BY_ID);
  });

  it('are of all columns but the target, where there is none', async () => {
    expect(keysOf(await fileOf('data.csv', CSV, model))).toBe(KEYS_BY_ROW);
    expect(keysOf(await fileOf('data.csv', CSV.replace('true', 'false'), model))).toBe(KEYS_BY_ROW);
  });

  it('are of all columns but the target for a row without an id, so that such rows are not one', async () => {
    const { rowKeys, duplicateIds } = await fileOf('data.csv', 'id,x,y\n,1,a\n,2,a\n,2,b\n7,3,a\n7,4,b\n', {
      id: 'id',
    });
    expect((rowKeys.length - 16) / 16).toBe(3);
    expect(duplicateIds).toBe(2);
  });

  it('are the same for the id 7 among numbers and among texts', async () => {
    const [numbers, texts] = await Promise.all(
      ['7', 'x7'].map((other) => fileOf('data.csv', `id,y\n7,a\n${other},b\n`, { id: 'id' })),
    );
    const key = Buffer.from(numbers!.rowKeys.subarray(16, 32)).toString('hex');
    expect(keysOf(texts!)).toContain(key);
  });
});

describe('what is counted of a dataset', () => {
  it('is labels in canonical form, most frequent first, for a classifier', async () => {
    const { target } = await fileOf('data.csv', 'x,y\n1,True\n2,false\n3,TRUE\n4,1.0\n5,x\n6,\n');
    expect(target).toEqual({
      kind: 'labels',
      counts: [
        { label: 'true', rows: 2 },
        { label: '1', rows: 1 },
        { label: 'false', rows: 1 },
        { label: 'x', rows: 1 },
      ],
    });
  });

  it('is the range of the target for a regression, and what is no number', async () => {
    const { target } = await fileOf('data.csv', 'x,y\n1,3.5\n2,-1\n3,x\n4,inf\n5,\n', { task: { kind: 'regression' } });
    expect(target).toEqual({ kind: 'values', minimum: -1, maximum: 3.5, notNumbers: 2 });
  });

  it('is the missing values of each of more columns than a word has bits', async () => {
    const names = Array.from({ length: 130 }, (_, index) => `x${index}`);
    const row = (missing: number): string => names.map((_, index) => (index % 64 === missing ? '' : '1')).join(',');
    const { columns } = await fileOf('data.csv', `${names.join(',')},y\n${row(0)},a\n${row(63)},a\n${row(63)},a\n`);
    expect(columns.filter(({ missing }) => missing > 0).map(({ name, missing }) => [name, missing])).toEqual([
      ['x0', 1],
      ['x63', 2],
      ['x64', 1],
      ['x127', 2],
      ['x128', 1],
    ]);
  });
});
