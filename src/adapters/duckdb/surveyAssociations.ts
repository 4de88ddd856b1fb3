import type { TaskConfig } from '../../config/config.ts';
import type { DatasetSource } from '../../dataset/source.ts';
import type { Associations } from '../../proposal/associations.ts';
import type { Survey } from '../../proposal/survey.ts';
import type { Database } from './database.ts';

export function surveyAssociations(
  _database: Database,
  _table: string,
  _source: DatasetSource,
  _survey: Survey,
  target: string,
  _task: TaskConfig['kind'],
): Promise<Associations> {
  return Promise.resolve({ target, givingAway: [] });
}
