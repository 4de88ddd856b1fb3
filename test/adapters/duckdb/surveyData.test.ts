import { describe, expect, it, onTestFinished } from 'vitest';
import { openSurveyor } from '../../../src/adapters/duckdb/surveyData.ts';
import type { Survey } from '../../../src/proposal/survey.ts';
import type { SurveyedData } from '../../../src/proposal/surveyor.ts';
import { mistakeIn } from '../../fakes/mistakeOf.ts';
import { folderOf, parquet } from './dataFolder.ts';

async function opened(folder: string, ...patterns: readonly string[]): Promise<SurveyedData> {
  const data = await openSurveyor({ memoryMiB: 512 }).open(folder, patterns);
  onTestFinished(() => data.close());
  return data;
}

async function surveyOf(name: string, content: string | Uint8Array): Promise<Survey> {
  return (await opened(await folderOf({ [name]: content }), name)).survey;
}

const column = (survey: Survey, name: string): Survey['columns'][number] | undefined =>
  survey.columns.find((each) => each.name === name);

const CSV = `id,amount,plan,ok,day,note
1,1.5,basic,true,2024-01-01,
2,,pro,false,2024-01-01,abc
3,2.0,pro,,2024-01-03,
4,1.5,,true,2024-01-02,abcde
`;

describe('a survey', () => {
  it('counts what each column holds', async () => {
    const survey = await surveyOf('data.csv', CSV);
    expect(survey.rows).toBe(4);
    expect(column(survey, 'id')).toMatchObject({
      type: 'integer',
      missing: 0,
      distinct: 4,
      whole: true,
      range: [1, 4],
      ascending: true,
    });
    expect(column(survey, 'amount')).toMatchObject({
      type: 'float',
      missing: 1,
      distinct: 2,
      whole: false,
      range: [1.5, 2],
      ascending: false,
      common: [
        { value: '1.5', rows: 2 },
        { value: '2', rows: 1 },
      ],
    });
    expect(column(survey, 'plan')).toMatchObject({ type: 'string', missing: 1, distinct: 2, meanLength: 11 / 3 });
    expect(column(survey, 'ok')).toMatchObject({
      type: 'boolean',
      common: [
        { value: 'true', rows: 2 },
        { value: 'false', rows: 1 },
      ],
    });
    expect(column(survey, 'day')).toMatchObject({
      type: 'date',
      span: ['2024-01-01', '2024-01-03'],
      ascending: false,
      days: {
        count: 3,
        from: [
          { day: '2024-01-01', rows: 4 },
          { day: '2024-01-02', rows: 2 },
          { day: '2024-01-03', rows: 1 },
        ],
      },
    });
  });

  it('is the same of one table as CSV, NDJSON and Parquet', async () => {
    const folder = await folderOf({
      'data.csv': CSV,
      'data.ndjson': [
        { id: 1, amount: 1.5, plan: 'basic', ok: true, day: '2024-01-01', note: null },
        { id: 2, amount: null, plan: 'pro', ok: false, day: '2024-01-01', note: 'abc' },
        { id: 3, amount: 2, plan: 'pro', day: '2024-01-03' },
        { id: 4, amount: 1.5, plan: '', ok: true, day: '2024-01-02', note: 'abcde' },
      ]
        .map((line) => JSON.stringify(line))
        .join('\n'),
    });
    await parquet(
      folder,
      'data.parquet',
      `SELECT * FROM (VALUES (1, 1.5::DOUBLE, 'basic', true, DATE '2024-01-01', NULL), (2, 'nan'::DOUBLE, 'pro', false, DATE '2024-01-01', 'abc'),
        (3, 2.0, 'pro', NULL, DATE '2024-01-03', NULL), (4, 1.5, '', true, DATE '2024-01-02', 'abcde')) AS rows(id, amount, plan, ok, day, note)`,
    );
    const { columns } = (await opened(folder, 'data.csv')).survey;
    expect((await opened(folder, 'data.ndjson')).survey.columns).toEqual(columns);
    expect((await opened(folder, 'data.parquet')).survey.columns).toEqual(columns);
  });

  it('tells the gaps of the worst tenth, in the order of the file and of its times', async () => {
    const rows = Array.from({ length: 100 }, (_, at) => {
      const day = new Date(Date.UTC(2024, 0, 1) + ((at * 37) % 100) * 86_400_000).toISOString().slice(0, 10);
      return `${day},${at < 5 ? '' : at},${day > '2024-04-05' ? '' : 1}`;
    });
    const survey = await surveyOf('data.csv', ['day,early,late', ...rows].join('\n'));
    expect(column(survey, 'early')).toMatchObject({ missing: 5, missingAtWorst: 0.5 });
    // 2024-04-06 to 2024-04-09: the last four of a hundred days.
    expect(column(survey, 'late')).toMatchObject({ missing: 4, missingAtWorst: 0.4 });
  });

  it('keeps names that are SQL, Markdown, emoji, quotes or very long as they are', async () => {
    const names = [`"; DROP TABLE surveyed; --`, `'a' || b`, '| *x* |', '🦆', 'v0', 'x'.repeat(10_000), 'a\nb'];
    const line = names.map((name) => `"${name.replaceAll('"', '""')}"`).join(',');
    const survey = await surveyOf('data.csv', `${line}\n${names.map((_, at) => at).join(',')}\n`);
    expect(survey.columns.map(({ name }) => name)).toEqual(names);
    expect(survey.columns.map(({ range }) => range?.[0])).toEqual(names.map((_, at) => at));
  });

  it('takes values that are SQL for values', async () => {
    const survey = await surveyOf('data.csv', `a\n"'); DROP TABLE surveyed; --"\n"\\N"\n`);
    expect(survey.columns[0]?.common.map(({ value }) => value)).toEqual([`'); DROP TABLE surveyed; --`, '\\N']);
  });

  it('holds a header without rows, columns without values, and infinities', async () => {
    expect(await surveyOf('data.csv', 'a,b\n')).toMatchObject({
      rows: 0,
      columns: [{ distinct: 0, common: [] }, { distinct: 0 }],
    });
    const survey = await surveyOf('data.csv', 'a,b\n,inf\n,1.5\n');
    expect(survey.columns).toMatchObject([
      { missing: 2, distinct: 0, missingAtWorst: 1 },
      { type: 'float', range: [1.5, Infinity] },
    ]);
  });

  it('counts hundreds of columns in batches', async () => {
    const names = Array.from({ length: 110 }, (_, at) => `c${at}`);
    const text = [names, names.map((_, at) => at), names.map((_, at) => (at % 2 === 0 ? '' : at + 1))]
      .map((cells) => cells.join(','))
      .join('\n');
    const survey = await surveyOf('data.csv', text);
    expect(
      survey.columns.map(({ name, missing, distinct, ascending }) => [name, missing, distinct, ascending]),
    ).toEqual(names.map((name, at) => [name, at % 2 === 0 ? 1 : 0, at % 2 === 0 ? 1 : 2, at % 2 === 1]));
  });

  it('tells a file that cannot be read as reading tells it', async () => {
    const told = await mistakeIn(opened(await folderOf({ 'data.csv': 'a,b\n1,2\n1,2,3\n' }), 'data.csv'));
    expect(told.code).toBe('data_unreadable');
    expect(told.message).toContain('data.csv:3');
    const none = await mistakeIn(opened(await folderOf({}), 'nothing.csv'));
    expect(none.message).toContain('"nothing.csv" does not exist');
    const noise = await mistakeIn(opened(await folderOf({ 'a.parquet': 'noise' }), 'a.parquet'));
    expect(noise.message).toContain('a.parquet');
  });
});
