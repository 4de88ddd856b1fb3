import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SliceConfig } from '../../../src/config/config.ts';
import type { HoldoutRequest, Slice } from '../../../src/evaluation/holdout.ts';
import { batchesOf, folderOf, holdoutOf, mistakesOf } from './dataFolder.ts';

const CSV = 'age,plan,"my ""col""",y\n30,basic,1.0,a\n40,pro,2.5,b\n,basic,,a\n50,,1,b\n';
const column = (name: string): SliceConfig => ({ kind: 'column', column: name });
const where = (condition: string, name = 'w'): SliceConfig => ({ kind: 'where', name, where: condition });
const asking = (slices: readonly Slice[]): HoldoutRequest => ({
  features: new Map(),
  truth: { kind: 'class', column: 'y', classes: ['a', 'b'] },
  slices,
});

/** By slice name: the rows that are in it. */
async function members(csv: string, configured: readonly SliceConfig[]): Promise<Record<string, readonly number[]>> {
  const holdout = await holdoutOf(csv);
  const slices = await holdout.slices(configured);
  const [batch] = await batchesOf(holdout, asking(slices));
  const words = Math.ceil(slices.length / 32);
  const rows = Array.from({ length: batch?.rows ?? 0 }, (_, row) => row);
  return Object.fromEntries(
    slices.map(({ name }, slice) => [
      name,
      rows.filter((row) => ((batch?.slices[row * words + (slice >>> 5)] ?? 0) >>> (slice & 31)) & 1),
    ]),
  );
}

describe('slices of a column', () => {
  it('are one for each of its values, in their order, numbers without ".0", the missing ones last', async () => {
    expect(await members(CSV, [column('plan'), column('my "col"'), column('age'), column('y')])).toEqual({
      'plan=basic': [0, 2],
      'plan=pro': [1],
      'plan=(missing)': [3],
      'my "col"=1': [0, 3],
      'my "col"=2.5': [1],
      'my "col"=(missing)': [2],
      'age=30': [0],
      'age=40': [1],
      'age=50': [3],
      'age=(missing)': [2],
      'y=a': [0, 2],
      'y=b': [1, 3],
    });
    const holdout = await holdoutOf('x,y\n10,a\n9,a\n-1,a\n');
    expect((await holdout.slices([column('x')])).map(({ name }) => name)).toEqual(['x=-1', 'x=9', 'x=10']);
  });

  it('hold values that could be SQL for values', async () => {
    const values = [`'; DROP TABLE x; --`, `a''b`, '"q"', `\\n`, 'two\nlines', '(missing'];
    const csv = `v,y\n${values.map((value) => `"${value.replaceAll('"', '""')}",a\n`).join('')}`;
    const found = await members(csv, [column('v')]);
    expect(Object.keys(found).toSorted()).toEqual(values.map((value) => `v=${value}`).toSorted());
    expect(Object.values(found).every((rows) => rows.length === 1)).toBe(true);
  });

  it.each([
    ['booleans', 'True\nfalse\n', { 'x=false': [1], 'x=true': [0] }],
    ['dates', '2024-01-02\n2024-01-01\n', { 'x=2024-01-01': [1], 'x=2024-01-02': [0] }],
    ['times', '2024-01-01T10:00:00+02:00\n2024-01-01 08:00\n', { 'x=2024-01-01T08:00:00Z': [0, 1] }],
    ['fractions', '0.1\n1e-7\n', { 'x=1e-07': [1], 'x=0.1': [0] }],
  ])('work on %s', async (_, values, expected) => {
    const csv = `x,y\n${values.replaceAll('\n', ',a\n')}`;
    expect(await members(csv, [column('x')])).toEqual(expected);
  });

  it('are at most 50', async () => {
    const csv = (values: number): string => `x,y\n${Array.from({ length: values }, (_, x) => `${x},a\n`).join('')}`;
    expect(Object.keys(await members(csv(50), [column('x')]))).toHaveLength(50);
    expect(await mistakesOf(members(csv(51), [column('x')]))).toEqual([
      expect.stringMatching(/slice "x": the column has more than 50 values.*where: '"x" < 10'/),
    ]);
  });

  it('fill more than one word of bits', async () => {
    const csv = `x,y\n${Array.from({ length: 45 }, (_, x) => `${x},a\n`).join('')}`;
    const found = await members(csv, [column('x'), where('x >= 40')]);
    expect(found['x=31']).toEqual([31]);
    expect(found['x=32']).toEqual([32]);
    expect(found.w).toEqual([40, 41, 42, 43, 44]);
  });
});

describe('slices of a condition', () => {
  it.each([
    ['age < 45', [0, 1]],
    ["age IS NULL OR plan = 'pro'", [1, 2]],
    ['"my ""col""" BETWEEN 1 AND 2 -- a comment', [0, 3]],
    ["plan IN ('basic', 'pro') AND NOT y = 'b'", [0, 2]],
    ["lower(Plan) LIKE 'b%'", [0, 2]],
    ['CASE WHEN age > 35 THEN true ELSE false END', [1, 3]],
    ["length(replace(plan, ';', '')) = 5", [0, 2]],
  ])('hold where %s', async (condition, rows) => {
    expect(await members(CSV, [where(condition)])).toEqual({ w: rows });
  });

  it.each([
    ['', /not one SQL expression/],
    ['age <', /not one SQL expression/],
    ['age > 1; DROP TABLE marks', /not one SQL expression/],
    ['true; SELECT true', /not one SQL expression/],
    ['age > 1) OR (true', /not one SQL expression/],
    ['true) UNION SELECT (true', /not one SQL expression/],
    ['true UNION SELECT true', /not one SQL expression/],
    ['age > 1, age < 5', /not one SQL expression/],
    ['age > 1 AS b', /not one SQL expression/],
    ["true FROM read_text('/etc/passwd')", /not one SQL expression/],
    ['DISTINCT true', /not one SQL expression/],
    ['true ORDER BY 1', /not one SQL expression/],
    ['true WHERE true', /not one SQL expression/],
    ['true GROUP BY ALL', /not one SQL expression/],
    ['true /*', /not one SQL expression/],
    ["(SELECT count(*) FROM read_text('/etc/passwd')) > 0", /holds a query of its own/],
    ["EXISTS (FROM glob('/etc/*'))", /holds a query of its own/],
    ['*', /holds a "\*"/],
    ['COLUMNS(*) > 1', /holds a "\*"/],
    ['age > ?', /holds a placeholder/],
    ['age > $1', /holds a placeholder/],
    ['#1 > 1', /names a column by its number/],
    ['row_number() OVER () > 1', /looks at other rows/],
    ['random() < 0.5', /calls random, which gives another value each time/],
    ["now() > '2020-01-01'", /calls now/],
    ["current_date > DATE '2020-01-01'", /current_date/],
    ["getenv('HOME') = 'x'", /cannot be used/],
    ['count(*) > 1', /cannot be used/],
    ['agee > 1', /names a column "agee", and the data have none.*Perhaps "age" is meant/],
    ['plan = basic', /names a column "basic"/],
    ['age', /gives BIGINT, neither true nor false/],
    ["plan || 'x'", /gives VARCHAR/],
    ["age > DATE '2020-01-01'", /cannot be used/],
    ['"touchstone:0" > 1', /names a column "touchstone:0"/],
  ])('are refused: %s', async (condition, message) => {
    const holdout = await holdoutOf(CSV);
    const [found, ...more] = await mistakesOf(holdout.slices([where(condition, 'mine')]));
    expect(more).toEqual([]);
    expect(found).toMatch(/^slice "mine": /);
    expect(found).toMatch(message);
  });

  it('are refused all at once', async () => {
    const holdout = await holdoutOf(CSV);
    const mistakes = await mistakesOf(
      holdout.slices([where('agee > 1', 'a'), column('plann'), where('1', 'b'), column('y'), column('y')]),
    );
    expect(mistakes).toEqual([
      expect.stringContaining('slice "a": '),
      expect.stringMatching(/slice "plann": the holdout has no column "plann".*Perhaps "plan" is meant/),
      expect.stringContaining('slice "b": '),
      expect.stringContaining('two slices are called "y=a"'),
    ]);
  });

  it('that fail on a value are named when they do', async () => {
    const holdout = await holdoutOf(CSV);
    const slices = await holdout.slices([where('age > 1', 'fine'), where('plan::INTEGER > 1', 'mine')]);
    expect(await mistakesOf(batchesOf(holdout, asking(slices)))).toEqual([
      expect.stringMatching(/^slice "mine": the condition cannot be used .*TRY_CAST/),
    ]);
  });

  it('reach no other file, even past the look at their text', async () => {
    const folder = await folderOf({});
    const secret = path.join(folder, 'secret.txt');
    writeFileSync(secret, 'secret');
    const holdout = await holdoutOf(CSV);
    const slices = [{ name: 'mine', where: `(SELECT count(*) FROM read_text('${secret}')) > 0` }];
    expect(await mistakesOf(batchesOf(holdout, asking(slices)))).toEqual([
      expect.stringMatching(/slice "mine": .*disabled by configuration/),
    ]);
  });
});
