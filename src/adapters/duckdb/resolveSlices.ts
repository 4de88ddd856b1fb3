import type { SliceConfig } from '../../config/config.ts';
import { distinctValuesSql, noSliceColumn, slicesOfValues } from '../../dataset/columnSlices.ts';
import { conditionSql } from '../../dataset/holdoutSql.ts';
import { columnsSql, storedRows } from '../../dataset/relation.ts';
import {
  conditionRefused,
  notBoolean,
  parseConditionSql,
  problemsOfCondition,
  spliced,
  UNSETTLED_FUNCTIONS_SQL,
} from '../../dataset/sliceCondition.ts';
import type { DatasetSource } from '../../dataset/source.ts';
import { literal } from '../../dataset/sqlText.ts';
import type { Slice } from '../../evaluation/holdout.ts';
import { UserMistake, type Problem } from '../../failure.ts';
import { text, type Database } from './database.ts';

/** See {@link OpenHoldout.slices}. */
export async function resolveSlices(
  configured: readonly SliceConfig[],
  source: DatasetSource,
  database: Database,
): Promise<readonly Slice[]> {
  const problems: Problem[] = [];
  const slices: Slice[] = [];
  for (const config of configured) {
    if (config.kind === 'column') slices.push(...(await slicesOfColumn(config.column, source, database, problems)));
    else slices.push(...(await sliceOfCondition(config.name, config.where, source, database, problems)));
  }
  const twice = slices.find(({ name }, index) => slices.findIndex((each) => each.name === name) < index);
  if (twice !== undefined) {
    problems.push({ where: 'slices', found: `two slices are called "${twice.name}"`, remedy: 'Rename one of them' });
  }
  const [first, ...rest] = problems;
  if (first !== undefined) throw new UserMistake('slice_invalid', first, ...rest);
  return slices;
}

async function slicesOfColumn(
  name: string,
  source: DatasetSource,
  database: Database,
  problems: Problem[],
): Promise<readonly Slice[]> {
  const column = source.columns.find((each) => each.name === name);
  const sql = columnsSql(source).get(name);
  if (column === undefined || sql === undefined) {
    problems.push(noSliceColumn(name, namesOf(source)));
    return [];
  }
  const rows = await database.rows(distinctValuesSql(storedRows(source), column, sql));
  const values = rows.map(([value]) => (value === null ? null : text(value)));
  const slices = slicesOfValues(name, values);
  if (!('found' in slices)) return slices;
  problems.push(slices);
  return [];
}

async function sliceOfCondition(
  name: string,
  where: string,
  source: DatasetSource,
  database: Database,
  problems: Problem[],
): Promise<readonly Slice[]> {
  const [[parsed] = []] = await database.rows(parseConditionSql(literal, where));
  const unsettled = new Set((await database.rows(UNSETTLED_FUNCTIONS_SQL)).map(([each]) => text(each)));
  const found = problemsOfCondition(name, text(parsed), namesOf(source), unsettled);
  problems.push(...found);
  if (found.length > 0) return [];
  try {
    // In WHERE, so that a sum or a count over rows is refused; selected, for its type.
    const [holds] = await database.describe(conditionSql(source, `${spliced(where)} AS holds`, spliced(where)));
    if (holds?.type === 'BOOLEAN') return [{ name, where }];
    problems.push(notBoolean(name, holds?.type ?? 'nothing'));
  } catch (error) {
    problems.push(conditionRefused(name, error instanceof Error ? error.message : String(error)));
  }
  return [];
}

function namesOf(source: DatasetSource): readonly string[] {
  return source.columns.map(({ name }) => name);
}
