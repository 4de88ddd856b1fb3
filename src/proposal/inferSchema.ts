import type { ColumnSchema, Schema } from '../dataset/schema.ts';
import type { Survey, SurveyedColumn } from './survey.ts';

/**
 * What data like these should look like: the type of each column, and the share of gaps that it may have, with head room
 * for what a normal day adds. Columns of nested values are left out, since a schema has no type for them.
 *
 * @param optional columns that may be left out altogether; the others have to be there.
 */
export function inferSchema(survey: Survey, optional: readonly string[] = []): Schema {
  const lenient = new Set(optional);
  const columns = new Map<string, ColumnSchema>();
  for (const column of survey.columns) {
    if (column.type === 'other') continue;
    const most = mostGaps(column, survey.rows);
    columns.set(column.name, {
      type: column.type,
      required: !lenient.has(column.name),
      ...(most < 1 && { maxNullFraction: most }),
    });
  }
  return { version: 1, columns };
}

// Among so many rows without a gap, the first gap is worth a word.
const ROWS_THAT_TELL = 1_000;
/** What a schema is held against may be as small a part of the rows as this. */
const SMALLEST_PART = 0.1;
// Above this a bound says nothing that a column of gaps would break.
const UNBOUNDED = 0.95;

/** The largest share of gaps that is still normal, in [0, 1]; 1 where any is. */
function mostGaps({ missing, missingAtWorst }: SurveyedColumn, rows: number): number {
  if (rows === 0) return 1;
  if (missing === 0) return rows >= ROWS_THAT_TELL ? 0 : roundedUp(3 / rows);
  const share = missing / rows;
  const part = Math.max(1, SMALLEST_PART * rows);
  // Three standard deviations of a share that is drawn from as few rows.
  const drawn = share + 3 * Math.sqrt((share * (1 - share)) / part);
  const most = roundedUp(Math.max(1.25 * missingAtWorst, drawn) + 0.01);
  return most >= UNBOUNDED ? 1 : most;
}

/** To a full per cent, from 10 % on to five. */
function roundedUp(share: number): number {
  const steps = share < 0.1 ? 100 : 20;
  return Math.min(1, Math.ceil(Number((share * steps).toPrecision(12))) / steps);
}
