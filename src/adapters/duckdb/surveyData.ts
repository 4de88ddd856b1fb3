import type { TaskConfig } from '../../config/config.ts';
import type { DatasetSource } from '../../dataset/source.ts';
import { formatProblem, UserMistake, type Problem } from '../../failure.ts';
import type { Associations } from '../../proposal/associations.ts';
import type { SurveyedData, Surveyor } from '../../proposal/surveyor.ts';
import { tableSql } from '../../proposal/surveySql.ts';
import { Database, type DatabaseLimits } from './database.ts';
import { findFiles } from './findFiles.ts';
import { problemOf } from './openFile.ts';
import { openSource } from './openSource.ts';
import { surveyAssociations } from './surveyAssociations.ts';
import { surveyColumns } from './surveyColumns.ts';

const DEFAULT_MEMORY_MIB = 2048;
const TABLE = 'surveyed';

/** The surveyor over DuckDB, inside of this process. */
export function openSurveyor(limits: Partial<DatabaseLimits> = {}): Surveyor {
  const bounded: DatabaseLimits = { memoryMiB: DEFAULT_MEMORY_MIB, ...limits };
  return { open: (root, patterns) => surveyData(root, patterns, bounded) };
}

/** See {@link Surveyor.open}. */
async function surveyData(root: string, patterns: readonly string[], limits: DatabaseLimits): Promise<SurveyedData> {
  const source = await sourceOf(root, patterns, limits);
  const database = await Database.open(
    { reads: source.files.map(({ path }) => path), columns: source.columns.length },
    limits,
  );
  try {
    await database.run(`CREATE TABLE ${TABLE} AS ${tableSql(source)}`);
    const survey = await surveyColumns(database, TABLE, source, patterns);
    return {
      survey,
      associations: (target: string, task: TaskConfig['kind']): Promise<Associations> =>
        surveyAssociations(database, TABLE, source, survey, target, task),
      close: () => database.close(),
    };
  } catch (error) {
    database.close();
    throw new UserMistake('data_unreadable', problemOf(error, source.files));
  }
}

async function sourceOf(root: string, patterns: readonly string[], limits: DatabaseLimits): Promise<DatasetSource> {
  const problems: Problem[] = [];
  const files = await findFiles(root, patterns, 'data', problems);
  const source = files.length === 0 ? undefined : await openSource(files, limits, problems);
  const [first, ...rest] = new Map(problems.map((problem) => [formatProblem(problem), problem])).values();
  if (first !== undefined) throw new UserMistake('data_unreadable', first, ...rest);
  if (source === undefined) throw new UserMistake('data_unreadable', { where: 'data', found: 'no file is named' });
  return source;
}
