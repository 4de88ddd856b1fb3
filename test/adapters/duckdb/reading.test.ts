import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { batchesOf, churn, engine, fileOf, folderOf, holdoutOf, inspected, mistakesOf, parquet } from './dataFolder.ts';

const typesOf = async (name: string, content: string): Promise<Record<string, string>> => {
  const { columns } = await fileOf(name, content);
  return Object.fromEntries(columns.map((column) => [column.name, column.type]));
};

describe('reading CSV', () => {
  it.each([
    ['a comma', 'x,y\n1,a\n'],
    ['a semicolon', 'x;y\n1;a\n'],
    ['a tab', 'x\ty\n1\ta\n'],
    ['a bar', 'x|y\n1|a\n'],
    ['a byte order mark', '\ufeffx,y\n1,a\n'],
    ['quotes around everything', '"x","y"\n"1","a"\n'],
    ['CR LF', 'x,y\r\n1,a\r\n'],
    ['line ends of both kinds', 'x,y\r\n1,a\r\n'.repeat(1) + '\n'],
    ['no line end at the end', 'x,y\n1,a'],
    ['blank lines', 'x,y\n\n1,a\n\n'],
  ])('takes %s', async (_, text) => {
    const dataset = await fileOf('data.csv', text);
    expect(dataset.rows).toBe(1);
    expect(dataset.columns.map(({ name, type }) => [name, type])).toEqual([
      ['x', 'integer'],
      ['y', 'string'],
    ]);
  });

  it('takes commas, quotes and line breaks inside of quoted values', async () => {
    const text = 'x,y\r\n1,"Braund, Mr. Owen"\r\n2,"said ""no"""\n3,"two\nlines"\r\n4,"CR LF\r\ninside"\n';
    const { target, rows } = await fileOf('data.csv', text);
    expect(rows).toBe(4);
    expect(target).toMatchObject({
      counts: ['Braund, Mr. Owen', 'CR LF\\r\\ninside', 'said "no"', 'two\nlines'].map((label) => ({
        label: label.replace('\\r\\n', '\r\n'),
        rows: 1,
      })),
    });
  });

  it('reads the type of a column off all of its rows', async () => {
    const late = `x,y\n${'1,2\n'.repeat(30_000)}a,2.5\n`;
    expect(await typesOf('data.csv', late)).toEqual({ x: 'string', y: 'float' });
  });

  it.each([
    ['integer', ['1', '-2', '+3', '9223372036854775807']],
    ['float', ['1', '2.5', '.5', '1e-3', '-inf']],
    ['float', ['1.0', '2.']],
    ['float', ['1.5', '123456789012345678901234567890']],
    ['boolean', ['true', 'False', 'TRUE']],
    ['date', ['2024-02-29']],
    ['timestamp', ['2024-02-29', '2024-02-29 10:00', '2024-02-29T10:00:00.5Z', '2024-02-29 10:00:00+02:00']],
    ['timestamp', ['2024-02-29 10:00:00.123456789']],
    ['string', ['2023-02-29']],
    ['string', ['01/02/2024', '13/02/2024']],
    ['string', ['007', '12']],
    ['string', ['123456789012345678901234567890', '1']],
    ['string', ['1', 'x']],
    ['string', ['true', '1']],
    ['string', ['1_000']],
    ['string', ['0x1f']],
    ['string', ['']],
    ['string', ['NA', 'x']],
    ['string', [' ', 'x']],
    ['float', ['  ', '1.5', '']],
    ['integer', ['1', ' ']],
    ['float', ['NA', '1.5', 'NaN', 'None', '']],
    ['integer', ['null', '1']],
  ])('holds a column to be %s where its values are %j', async (type, values) => {
    expect(await typesOf('data.csv', `x,y\n${values.map((value) => `${value},0\n`).join('')}`)).toMatchObject({
      x: type,
    });
  });

  it('counts as missing what is empty, and among numbers what says so', async () => {
    const { columns } = await fileOf('data.csv', 'a,b,y\n1,x,0\n,"",0\nNA,NA,0\nNaN,,0\n');
    expect(columns.map(({ missing }) => missing)).toEqual([3, 2, 0]);
  });

  it('joins files of one glob, whatever their line ends, delimiters and order of columns', async () => {
    const { train } = await inspected(
      { 'a.csv': 'x,y\r\n1,a\r\n', 'b.csv': 'y;x\nb;2\n', 'c.csv.gz': 'x,y\n3,c\n' },
      { data: { train: ['*.csv*'], holdout: ['a.csv'] } },
    );
    expect(train.files).toEqual(['a.csv', 'b.csv', 'c.csv.gz']);
    expect(train.rows).toBe(3);
    expect(train.columns.map(({ name, type }) => [name, type])).toEqual([
      ['x', 'integer'],
      ['y', 'string'],
    ]);
  });

  it('takes names that hold quotes, SQL, Markdown and 10,000 characters for names', async () => {
    const names = [
      `it's`,
      'say "hi"',
      '"; DROP TABLE marks; --',
      '| **bold** |',
      'c0',
      'touchstone:0',
      'n'.repeat(10_000),
    ];
    const header = [...names, 'y'].map((name) => `"${name.replaceAll('"', '""')}"`).join(',');
    const holdout = await holdoutOf(`${header}\n${names.map((_, index) => index).join(',')},a\n`);
    const features = new Map(names.map((name) => [name, 'float'] as const));
    const slices = await holdout.slices(names.map((column) => ({ kind: 'column', column })));
    expect(slices.map(({ name }) => name)).toEqual(names.map((name, index) => `${name}=${index}`));
    const [batch] = await batchesOf(holdout, {
      features,
      truth: { kind: 'class', column: 'y', classes: ['a'] },
      slices,
    });
    expect(names.map((name) => batch?.features.columns.get(name)?.values[0])).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(batch?.slices).toEqual(Uint32Array.of(0b1111111));
  });

  it('finds a file whose name could be a glob', async () => {
    const { train } = await inspected(
      { 'a[1].csv': 'x,y\n1,a\n', 'a1.csv': 'x,y\n1,a\n2,b\n' },
      { data: { train: ['a[1].csv'], holdout: ['a1.csv'] } },
    );
    expect(train.rows).toBe(1);
  });
});

describe('reading Parquet and NDJSON', () => {
  it('keeps the types of Parquet', async () => {
    const folder = await folderOf({});
    await parquet(
      folder,
      'data.parquet',
      `SELECT 1::UTINYINT AS i, 1.5::FLOAT AS f, 1.25::DECIMAL(38, 2) AS d, true AS b, DATE '2024-01-01' AS day,
       TIMESTAMPTZ '2024-01-01 10:00:00+02' AS t, 'a'::ENUM ('a', 'b') AS e, [1, 2] AS l, 'x' AS y`,
    );
    const { train } = await engine.inspect(
      folder,
      churn({ data: { train: ['data.parquet'], holdout: ['data.parquet'] } }),
    );
    expect(train?.columns.map(({ type }) => type)).toEqual([
      'integer',
      'float',
      'float',
      'boolean',
      'date',
      'timestamp',
      'string',
      'other',
      'string',
    ]);
  });

  it('joins Parquet files in which a column is an integer here and, for its gaps, a float there', async () => {
    const folder = await folderOf({});
    await parquet(folder, 'a.parquet', `SELECT 1 AS x, 'a' AS y`);
    await parquet(folder, 'b.parquet', `SELECT 2.5::DOUBLE AS x, 'b' AS y`);
    const { train } = await engine.inspect(folder, churn({ data: { train: ['*.parquet'], holdout: ['a.parquet'] } }));
    expect(train?.columns[0]).toMatchObject({ name: 'x', type: 'float' });
    expect(train?.rows).toBe(2);
  });

  it('takes keys that an object leaves out for missing values', async () => {
    const dataset = await fileOf('data.ndjson', '{"y":"a"}\n{"x":1.5,"y":"b"}\n{"x":null,"y":"c","z":[1]}\n');
    expect(dataset.columns.map(({ name, missing }) => [name, missing])).toEqual([
      ['y', 0],
      ['x', 2],
      ['z', 2],
    ]);
  });
});

describe('files that cannot be read', () => {
  const noise = Uint8Array.from({ length: 2000 }, (_, index) => (index * 7919) % 251);
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n';
  it.each<[string, string, string | Uint8Array, string]>([
    ['an empty file', 'data.csv', '', 'data.csv: the file is empty. Expected rows of data.'],
    [
      'a row that is too short',
      'data.csv',
      'x,y\n1,a\n2\n',
      'data.csv:3: 1 value in a row, separated by a comma. Expected 2, as in the header.',
    ],
    [
      'a row that is too long',
      'data.csv',
      'x,y\n1,a\n2,b,c\n',
      'data.csv:3: 3 values in a row, separated by a comma. Expected 2',
    ],
    [
      'a row that is too long behind mixed line ends',
      'data.csv',
      'x,y\r\n1,a\n2,b,c\n',
      'data.csv:3: 3 values in a row',
    ],
    ['a quote that never ends', 'data.csv', 'x,y\n1,"a\n2,b\n', 'data.csv:2: a quoted value never ends.'],
    ['text behind a quoted value', 'data.csv', 'x,y\n1,"a" b\n', 'data.csv:2: text stands behind the quote'],
    [
      'Latin-1',
      'data.csv',
      Uint8Array.from(Buffer.from('x,y\n1,\xe9t\xe9\n', 'latin1')),
      'data.csv:2: a value is not UTF-8. Expected UTF-8.',
    ],
    [
      'Latin-1 in the header',
      'data.csv',
      Uint8Array.from(Buffer.from('x,\xe9\n1,2\n', 'latin1')),
      'data.csv:1: the header line is not UTF-8.',
    ],
    [
      'UTF-16',
      'data.csv',
      Uint8Array.from(Buffer.from('\ufeffx,y\n1,a\n', 'utf16le')),
      'data.csv: the text is UTF-16.',
    ],
    ['a column without a name', 'data.csv', ',y\n1,a\n', 'data.csv:1: column 1 has no name.'],
    ['a column that is there twice', 'data.csv', 'x,x,y\n1,2,a\n', 'data.csv:1: there is a column "x" twice.'],
    ['names that differ in case alone', 'data.csv', 'x,X,y\n1,2,a\n', 'data.csv:1: there is a column "X" beside "x"'],
    [
      'noise that is called Parquet',
      'data.parquet',
      noise,
      'data.parquet: the name says Parquet and the bytes are none',
    ],
    [
      'a Parquet that is cut off',
      'data.parquet',
      'PAR1abc',
      'data.parquet: the name says Parquet and the bytes are none',
    ],
    ['a Git LFS pointer', 'data.csv', pointer, 'data.csv: the file is a Git LFS pointer'],
    [
      'a gzip that does not say so',
      'data.csv',
      gzipSync('x,y\n1,a\n'),
      'data.csv: the bytes are gzip and the name does not say so.',
    ],
    [
      'a plain file that is called gzip',
      'data.csv.gz',
      Buffer.from('x,y\n1,a\n'),
      'data.csv.gz: the name ends in .gz and the bytes are no gzip.',
    ],
    [
      'a list of objects',
      'data.json',
      '[{"y":"a"}]',
      'data.json: the file holds something else than objects. Expected NDJSON',
    ],
    [
      'a line that is no object',
      'data.ndjson',
      '{"y":"a"}\n5\n',
      'data.ndjson: the file holds something else than objects.',
    ],
    [
      'a line that is no JSON',
      'data.ndjson',
      '{"y":"a"}\n{"y":"b"}\nnope\n',
      'data.ndjson:3: the line is no JSON, or is cut off.',
    ],
    ['a line that is cut off', 'data.ndjson', '{"y":"a"}\n{"y":', 'data.ndjson:2: the line is no JSON, or is cut off.'],
    ['a name without a format', 'data.xlsx', 'PK', 'data.xlsx: the name says no format that can be read.'],
  ])('%s', async (_, name, content, message) => {
    const [first] = await mistakesOf(fileOf(name, content));
    expect(first).toContain(message);
    expect(first).not.toMatch(/strict_mode|Possible fixes|LINE 1|DuckDB/i);
  });

  it('sees that a gzip is cut off even where what is left ends with a row', async () => {
    const whole = gzipSync('x,y\n1,a\n2,b\n', { level: 0 });
    // Stored blocks hold the text as it is: cut behind the first row, and the checksum is gone.
    const cut = whole.subarray(0, whole.indexOf('2,b'));
    expect(await mistakesOf(fileOf('data.csv.gz', cut))).toEqual([
      expect.stringContaining('the gzip is broken or cut off'),
    ]);
  });

  it('tells of every file at once, with the name that was likely meant', async () => {
    const folder = await folderOf({ 'train.csv': '', 'holdout.csv': 'x,y\n1,a\n' });
    mkdirSync(path.join(folder, 'parts'));
    const data = { train: ['train.csv', 'trian.csv', 'x-*.csv', 'parts'], holdout: ['holdout.cvs'] };
    const messages = await mistakesOf(engine.inspect(folder, churn({ data })));
    expect(messages).toEqual([
      expect.stringMatching(/data\.train: the file "trian\.csv" does not exist\. .* Perhaps "train\.csv" is meant/),
      expect.stringContaining('data.train: no file matches "x-*.csv"'),
      expect.stringContaining('data.train: "parts" is a folder'),
      expect.stringContaining('train.csv: the file is empty'),
      expect.stringMatching(/data\.holdout: .* Perhaps "holdout\.csv" is meant/),
    ]);
  });

  it('names the file of a glob whose columns are not those of the others, and how', async () => {
    const files = { 'a.csv': 'x,y\n1,a\n', 'b.csv': 'x,z\n1,a\n' };
    expect(await mistakesOf(inspected(files, { data: { train: ['*.csv'], holdout: ['a.csv'] } }))).toEqual([
      expect.stringContaining('b.csv: the columns are not those of a.csv: it lacks y, and it adds z.'),
    ]);
  });
});
