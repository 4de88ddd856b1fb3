import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Database } from '../../../src/adapters/duckdb/database.ts';
import type { OpenHoldout } from '../../../src/dataset/dataEngine.ts';
import { literal } from '../../../src/dataset/sqlText.ts';
import type { RowTexts } from '../../../src/evaluation/holdout.ts';
import { batchesOf, churn, engine, fileOf, folderOf, holdoutOf } from './dataFolder.ts';

const ALL = { first: [], without: ['y'] };
const range = (to: number): readonly number[] => Array.from({ length: to }, (_, index) => index);

/** The numbers in a column, of all rows in the order of the batches. */
async function streamed(holdout: OpenHoldout, column: string): Promise<readonly number[]> {
  const truth = { kind: 'value', column: 'y' } as const;
  const batches = await batchesOf(holdout, { features: new Map([[column, 'float']]), truth, slices: [] });
  return batches.flatMap(({ features }) => Array.from(features.columns.get(column)?.values ?? [], Number));
}

async function expectAsStreamed(holdout: OpenHoldout): Promise<void> {
  const all = await streamed(holdout, 'x');
  expect(all.length).toBe(holdout.rows);
  // Across chunks, row groups and both ends.
  const wanted = [
    ...new Set([0, 1, 2047, 2048, 5000, 122_879, 122_880, all.length - 1].filter((row) => row < all.length)),
  ];
  const shown: RowTexts = await holdout.rowsAt(wanted, ALL);
  const x = shown.columns.indexOf('x');
  expect(shown.rows.map((row) => Number(row[x]))).toEqual(wanted.map((row) => all[row]));
}

describe('chosen rows of a holdout', () => {
  it('are as their file has them, with nothing for what is missing', async () => {
    const holdout = await holdoutOf('x,s,y\n1.50,"a, b",1\n007,,2\n,"line\nfeed",3\n');
    expect(await holdout.rowsAt([0, 1, 2], ALL)).toEqual({
      columns: ['x', 's'],
      rows: [
        ['1.50', 'a, b'],
        ['007', ''],
        ['', 'line\nfeed'],
      ],
    });
    expect((await holdout.rowsAt([1], ALL)).rows).toEqual([['007', '']]);
    expect(await holdout.rowsAt([], ALL)).toEqual({ columns: [], rows: [] });
  });

  it('show the columns that come first before others, each once, and not those to be left out', async () => {
    const holdout = await holdoutOf('a,y,"b ""c""",id\n1,2,3,4\n');
    const shown = await holdout.rowsAt([0], { first: ['id', 'b "c"', 'id', 'gone'], without: ['y'] });
    expect(shown).toEqual({ columns: ['id', 'b "c"', 'a'], rows: [['4', '3', '1']] });
    expect((await holdout.rowsAt([0], { first: ['y'], without: ['y'] })).columns).toEqual(['a', 'b "c"', 'id']);
  });

  it('show 12 columns at most, and 80 characters of each', async () => {
    const names = range(30).map((index) => `c${index}`);
    const long = '語'.repeat(81);
    const fits = '語'.repeat(80);
    const cells = names.map((_, index) => (index === 0 ? long : index === 1 ? fits : `${index}`));
    const holdout = await holdoutOf(`${names.join(',')},y\n${cells.join(',')},1\n`);
    const { columns, rows } = await holdout.rowsAt([0], { first: ['c29'], without: ['y'] });
    expect(columns).toEqual(['c29', ...names.slice(0, 11)]);
    expect(rows[0]?.slice(0, 3)).toEqual(['29', `${'語'.repeat(79)}…`, fits]);
  });

  it.each([
    // Two row groups, which are read at the same time.
    ['data.parquet', 'FORMAT parquet', 130_000],
    ['data.csv', 'FORMAT csv, HEADER', 5000],
    ['data.ndjson', 'FORMAT json', 5000],
  ])('of %s are those of the batches', async (name, format, count) => {
    const folder = await folderOf({});
    const database = await Database.open({ reads: [], writes: folder }, { memoryMiB: 256 });
    const values = `SELECT (range * 7919) % 1000003 AS x, range % 2 AS y FROM range(${count})`;
    await database.run(`COPY (${values}) TO ${literal(path.join(folder, name))} (${format})`);
    database.close();
    const { holdout: dataset } = await engine.inspect(folder, churn({ data: { train: [name], holdout: [name] } }));
    const holdout = await engine.openHoldout(dataset, []);
    await expectAsStreamed(holdout);
    holdout.close();
  });

  it('of one side of a split, less the rows that a model was trained on, are those of the batches', async () => {
    const rows = range(20_000).map((x) => `${x},${x % 2}\n`);
    const folder = await folderOf({
      '1.csv': `x,y\n${rows.slice(0, 9000).join('')}`,
      '2.csv': `y,x\n${rows
        .slice(9000)
        .map((row) => row.trim().split(',').reverse().join(',') + '\n')
        .join('')}`,
    });
    const split = { by: 'row', holdout: 0.5, validation: 0, salt: 's' } as const;
    const { holdout: dataset } = await engine.inspect(folder, churn({ data: { train: ['*.csv'], split } }));
    const all = await engine.openHoldout(dataset, []);
    const held = await streamed(all, 'x');
    all.close();
    // The first and last row, a stretch, and every seventh.
    const seen = held.filter(
      (_, row) => row === 0 || row === held.length - 1 || row % 7 === 0 || (row > 50 && row < 90),
    );
    const trained = await fileOf('data.csv', `x,y\n${seen.map((x) => `${x},0\n`).join('')}`);
    const holdout = await engine.openHoldout(dataset, [trained.rowKeys]);
    expect(holdout.dropped).toBe(seen.length);
    const left = await streamed(holdout, 'x');
    const shown = await holdout.rowsAt(range(left.length), ALL);
    expect(shown.rows.map(([x]) => Number(x))).toEqual(left);
    const some = range(left.length).filter((row) => row % 97 === 3);
    expect((await holdout.rowsAt(some, ALL)).rows.map(([x]) => Number(x))).toEqual(some.map((row) => left[row]));
    holdout.close();
  });
});
