import type { Schema } from '../dataset/schema.ts';
import type { Survey } from './survey.ts';

/**
 * What data like these should look like: the type of each column, and the share of gaps that it may have, with head room
 * for what a normal day adds.
 *
 * @param optional columns that may be left out altogether; the others have to be there.
 */
export function inferSchema(survey: Survey, optional: readonly string[] = []): Schema {
  throw new Error(`Not there yet: ${survey.rows} ${optional.length}`);
}
