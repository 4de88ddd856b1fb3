import { listed, quote } from '../config/complaint.ts';
import type { HoldoutRequest } from '../evaluation/holdout.ts';
import type { Problem } from '../failure.ts';
import { shownValueSql } from './columnSlices.ts';
import type { ColumnSql } from './columnSql.ts';
import { featureSql, numberSql } from './featureSql.ts';
import { canonicalLabel, labelSql } from './labelSql.ts';
import { columnsSql, storedRows } from './relation.ts';
import type { DatasetSource, SourceColumn } from './source.ts';
import { literal } from './sqlText.ts';

/**
 * A way in which rows of a holdout cannot be used: SQL that gives how many there are, how many of them hold nothing at
 * all, and up to three other values as text; and the words for it.
 */
export interface UnfitRows {
  readonly sql: string;
  readonly problem: (rows: number, missing: number, examples: readonly string[]) => Problem;
}

/** Everything of a request that rows can fail; asked once the stream has met such a row. */
export function unfitRows(source: DatasetSource, request: HoldoutRequest): readonly UnfitRows[] {
  const { truth } = request;
  const features = [...request.features].flatMap(([name, kind]) => (kind === 'string' ? [] : [{ name, kind }]));
  return [
    ...features.map(({ name, kind }) => {
      const [column, sql] = find(source, name);
      return {
        sql: query(source, column, sql, `(${featureSql(column, sql, kind)}) IS NULL`),
        problem: (rows: number, missing: number, examples: readonly string[]): Problem => ({
          where: 'holdout',
          found: `the model reads the column ${quote(name)} as ${kind === 'integer' ? 'an integer' : 'a number'}, and ${counted(rows, missing, examples)}`,
          expected: kind === 'integer' ? 'a whole number in every row' : 'a number or nothing in every row',
          remedy:
            kind === 'integer' ? 'Fill the gaps in, or train on floats, where a gap is NaN' : 'Correct the values',
        }),
      };
    }),
    truth.kind === 'class' ? unfitLabels(source, truth) : unfitTargets(source, truth.column),
    ...(request.id === undefined ? [] : [missingIds(source, request.id)]),
  ];
}

function unfitLabels(source: DatasetSource, truth: Extract<HoldoutRequest['truth'], { kind: 'class' }>): UnfitRows {
  const [column, sql] = find(source, truth.column);
  const label = labelSql(column, sql);
  const classes = truth.classes.map((each) => literal(canonicalLabel(each))).join(', ');
  return {
    sql: query(source, column, sql, `coalesce(${label} NOT IN (${classes}), true)`),
    problem: (rows, missing, examples) => ({
      where: 'holdout',
      found: `the target ${quote(truth.column)} is no class of the model: ${counted(rows, missing, examples)}`,
      expected: `one of ${listed(truth.classes)} in every row`,
      remedy: 'Train on rows of every class, or correct the holdout',
    }),
  };
}

function unfitTargets(source: DatasetSource, name: string): UnfitRows {
  const [column, sql] = find(source, name);
  return {
    sql: query(source, column, sql, `NOT coalesce(isfinite((${numberSql(column, sql)})::DOUBLE), false)`),
    problem: (rows, missing, examples) => ({
      where: 'holdout',
      found: `the target ${quote(name)} is no number: ${counted(rows, missing, examples)}`,
      expected: 'a finite number in every row',
      remedy: 'Correct these rows, or take them out',
    }),
  };
}

/** Rows that hold no id. */
export function missingIds(source: DatasetSource, name: string): UnfitRows {
  const [column, sql] = find(source, name);
  return {
    sql: query(source, column, sql, `(${sql.value}) IS NULL`),
    problem: (rows) => ({
      where: 'holdout',
      found: `${rows} rows have no ${quote(name)}, and predictions are joined to rows by it`,
      expected: 'an id in every row',
      remedy: 'Fill it in, or take these rows out',
    }),
  };
}

function counted(rows: number, missing: number, examples: readonly string[]): string {
  const others = rows - missing;
  const parts = [
    ...(missing > 0 ? [`${missing} rows hold nothing`] : []),
    ...(others > 0
      ? [
          `${others} rows hold ${examples.map((each) => quote(each)).join(', ')}${others > examples.length ? ' or the like' : ''}`,
        ]
      : []),
  ];
  return parts.join(' and ');
}

function query(source: DatasetSource, column: SourceColumn, sql: ColumnSql, unfit: string): string {
  const shown = `(${shownValueSql(column, sql)})::VARCHAR`;
  return `SELECT count(*) FILTER (unfit), count(*) FILTER (unfit AND shown IS NULL),
      list_sort(list_distinct((list(shown) FILTER (unfit AND shown IS NOT NULL))[1:1000]))[1:3]
    FROM (SELECT ${unfit} AS unfit, ${shown} AS shown FROM (${storedRows(source)}))`;
}

function find(source: DatasetSource, name: string): readonly [SourceColumn, ColumnSql] {
  const column = source.columns.find((each) => each.name === name);
  const sql = columnsSql(source).get(name);
  if (column === undefined || sql === undefined) throw new Error(`The holdout has no column ${name}.`);
  return [column, sql];
}
