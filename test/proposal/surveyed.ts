import type { Associations } from '../../src/proposal/associations.ts';
import type { Survey, SurveyedColumn } from '../../src/proposal/survey.ts';

type Given = Partial<SurveyedColumn> & Pick<SurveyedColumn, 'name' | 'type'>;

/** A survey of columns of which only what matters is given; without gaps unless some are. */
export function surveyOf(rows: number, columns: readonly Given[], files: readonly string[] = ['churn.csv']): Survey {
  return {
    files,
    rows,
    columns: columns.map((column) => ({
      missing: 0,
      missingAtWorst: (column.missing ?? 0) / Math.max(1, rows),
      distinct: column.common?.length ?? rows,
      whole: column.type === 'integer',
      common: [],
      ascending: false,
      ...column,
    })),
  };
}

/** Values and the rows of each, most frequent first. */
export function counted(...values: readonly (readonly [value: string, rows: number])[]): SurveyedColumn['common'] {
  return values.map(([value, rows]) => ({ value, rows }));
}

export const nothingFound: Associations = { target: 'y', givingAway: [] };

/** Days from one on, with as many rows each. */
export function daysFrom(first: string, count: number, rowsADay: number): NonNullable<SurveyedColumn['days']> {
  const start = Date.parse(`${first}T00:00:00Z`);
  const from = Array.from({ length: count }, (_, at) => ({
    day: new Date(start + at * 86_400_000).toISOString().slice(0, 10),
    rows: (count - at) * rowsADay,
  }));
  return { count, from };
}
