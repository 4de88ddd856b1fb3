import type { DatasetSource } from '../../dataset/source.ts';
import type { Survey, SurveyedColumn } from '../../proposal/survey.ts';
import {
  ascendingSql,
  daysSql,
  isNumeric,
  isTemporal,
  summarySql,
  SUMMARY_WIDTH,
  valuesSql,
  worstGapsSql,
  type TableColumn,
} from '../../proposal/surveySql.ts';
import { number, text, type Database } from './database.ts';

const WIDE_BATCH = 100;
// Each column of such a batch is grouped by all of its values at once.
const GROUPED_BATCH = 8;
// Columns of times after which gaps are looked at; tables with more of them repeat one time in many shapes.
const MOST_ORDERS = 3;

/** Counts what a {@link Survey} says of the columns of a table made by `tableSql`. */
export async function surveyColumns(
  database: Database,
  table: string,
  source: DatasetSource,
  files: readonly string[],
): Promise<Survey> {
  const columns = source.columns.map((column, index) => ({ index, column }));
  const { rows, summaries } = await summarise(database, table, columns);
  const values = await countValues(database, table, columns);
  const full = columns.filter(({ index }) => summaries[index]?.missing === 0);
  const ascending = await ascendingColumns(database, table, full);
  const gaps = await worstGaps(database, table, columns, summaries, rows);
  const surveyed: SurveyedColumn[] = [];
  for (const each of columns) {
    const { name, type } = each.column;
    const { missing = rows, ...summary } = summaries[each.index] ?? { whole: false };
    const { distinct = 0, common = [] } = values.get(each.index) ?? {};
    surveyed.push({
      name,
      type,
      missing,
      missingAtWorst: gaps.get(each.index) ?? 0,
      distinct,
      common,
      ...summary,
      ...(isTemporal(each.column) && distinct > 0 && { days: await countDays(database, table, each) }),
      ascending: ascending.has(each.index),
    });
  }
  return { files, rows, columns: surveyed };
}

export function batches(columns: readonly TableColumn[], size: number): readonly (readonly TableColumn[])[] {
  return Array.from({ length: Math.ceil(columns.length / size) }, (_, at) => columns.slice(at * size, (at + 1) * size));
}

type Summary = Pick<SurveyedColumn, 'missing' | 'whole' | 'range' | 'span' | 'meanLength'>;

async function summarise(
  database: Database,
  table: string,
  columns: readonly TableColumn[],
): Promise<{ readonly rows: number; readonly summaries: readonly Summary[] }> {
  const summaries: Summary[] = [];
  let rows = 0;
  for (const batch of batches(columns, WIDE_BATCH)) {
    const [[count, ...found] = []] = await database.rows(summarySql(table, batch));
    rows = number(count);
    for (const at of batch.keys()) {
      const [present, whole, minimum, maximum, first, last, length] = found.slice(at * SUMMARY_WIDTH);
      summaries.push({
        missing: rows - number(present),
        whole: whole === true,
        ...(typeof minimum === 'number' && typeof maximum === 'number' && { range: [minimum, maximum] }),
        ...(typeof first === 'string' && typeof last === 'string' && { span: [first, last] }),
        ...(typeof length === 'number' && { meanLength: length }),
      });
    }
  }
  return { rows, summaries };
}

type Values = Pick<SurveyedColumn, 'distinct' | 'common'>;

async function countValues(
  database: Database,
  table: string,
  columns: readonly TableColumn[],
): Promise<ReadonlyMap<number, Values>> {
  const values = new Map<number, Values>();
  for (const batch of batches(columns, GROUPED_BATCH)) {
    for (const [index, distinct, shown, counts] of await database.rows(valuesSql(table, batch))) {
      const texts = Array.isArray(shown) ? shown : [];
      const rows = Array.isArray(counts) ? counts : [];
      const common = texts.map((value, at) => ({ value: text(value), rows: number(rows[at]) }));
      values.set(number(index), { distinct: number(distinct), common });
    }
  }
  return values;
}

async function ascendingColumns(
  database: Database,
  table: string,
  columns: readonly TableColumn[],
): Promise<ReadonlySet<number>> {
  const ordered = columns.filter(({ column }) => isNumeric(column) || isTemporal(column));
  const ascending = new Set<number>();
  for (const batch of batches(ordered, WIDE_BATCH)) {
    const [found = []] = await database.rows(ascendingSql(table, batch));
    for (const [at, { index }] of batch.entries()) if (found[at] === true) ascending.add(index);
  }
  return ascending;
}

async function worstGaps(
  database: Database,
  table: string,
  columns: readonly TableColumn[],
  summaries: readonly Summary[],
  rows: number,
): Promise<ReadonlyMap<number, number>> {
  const missingOf = (index: number): number => summaries[index]?.missing ?? rows;
  const times = columns.filter(({ index, column }) => isTemporal(column) && missingOf(index) === 0);
  const orders = ['rowid', ...times.slice(0, MOST_ORDERS).map(({ index }) => `v${index}`)];
  const worst = new Map<number, number>();
  for (const batch of batches(
    columns.filter(({ index }) => missingOf(index) > 0),
    WIDE_BATCH,
  )) {
    for (const order of orders) {
      const [found = []] = await database.rows(worstGapsSql(table, batch, order));
      for (const [at, { index }] of batch.entries()) {
        worst.set(index, Math.max(worst.get(index) ?? 0, number(found[at])));
      }
    }
  }
  return worst;
}

async function countDays(
  database: Database,
  table: string,
  column: TableColumn,
): Promise<NonNullable<SurveyedColumn['days']>> {
  const found = await database.rows(daysSql(table, column));
  return {
    count: number(found[0]?.[0] ?? 0),
    from: found.map(([, day, rows]) => ({ day: text(day), rows: number(rows) })),
  };
}
