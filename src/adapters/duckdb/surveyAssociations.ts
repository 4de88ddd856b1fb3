import type { TaskConfig } from '../../config/config.ts';
import type { DatasetSource } from '../../dataset/source.ts';
import type { Associations, GivingAway } from '../../proposal/associations.ts';
import {
  deviationSql,
  filledAtSql,
  filledSql,
  formulaCountSql,
  pickedSql,
  sampledRows,
  sampleSql,
} from '../../proposal/associationSql.ts';
import type { FilledRows } from '../../proposal/filledRows.ts';
import { findGivingAway } from '../../proposal/findGivingAway.ts';

import { formulaSentence, type Formula } from '../../proposal/formula.ts';
import type { Sample } from '../../proposal/sample.ts';
import type { Survey } from '../../proposal/survey.ts';
import { isNumeric, isTemporal, type TableColumn } from '../../proposal/surveySql.ts';
import { number, text, type Database } from './database.ts';
import { batches } from './surveyColumns.ts';
import { doubles } from './vectors.ts';

const PICKED = 'sampled';
const SAMPLED_BATCH = 200;
const FILLED_BATCH = 200;
// More classes than this are not asked for one by one.
const MOST_CLASSES = 100;
// A number has a common value, such as the 0 of those who claimed nothing, where so large a share of the rows holds it.
const COMMON_SHARE = 0.05;
// Of a formula's share of the sampled rows, over all rows.
const STILL_HOLDS = 0.95;

/** See `SurveyedData.associations`. */
export async function surveyAssociations(
  database: Database,
  table: string,
  source: DatasetSource,
  survey: Survey,
  name: string,
  task: TaskConfig['kind'],
): Promise<Associations> {
  const columns = source.columns.map((column, index) => ({ index, column }));
  const target = columns.find(({ column }) => column.name === name);
  if (target === undefined) throw new Error(`The survey has no column ${name}.`);
  const varied = columns.filter(({ index }) => index !== target.index && varies(survey, index));
  const sample = await drawSample(database, table, target, varied, survey, task);
  const filled = await countFilled(database, table, target, varied, survey, task);
  const { columns: found, formulas } = findGivingAway(sample, name, task, filled);
  const givingAway: GivingAway[] = [...found];
  for (const formula of formulas) {
    const held = await sentencesOf(formula, database, table, target, columns);
    for (const each of held) if (!givingAway.some(({ column }) => column === each.column)) givingAway.push(each);
  }
  const [[deviation] = []] = task === 'regression' ? await database.rows(deviationSql(table, target)) : [];
  return { target: name, givingAway, ...(typeof deviation === 'number' && { deviation }) };
}

/** Whether a column holds two different things, nothing being one of them. */
function varies({ columns }: Survey, index: number): boolean {
  const column = columns[index];
  return column !== undefined && column.distinct + Number(column.missing > 0) > 1;
}

async function drawSample(
  database: Database,
  table: string,
  target: TableColumn,
  columns: readonly TableColumn[],
  survey: Survey,
  task: TaskConfig['kind'],
): Promise<Sample> {
  const classes = task === 'regression' ? undefined : survey.columns[target.index]?.distinct;
  const most = sampledRows(columns.length);
  await database.run(`CREATE OR REPLACE TABLE ${PICKED} AS ${pickedSql(table, target, classes, most)}`);
  const [[count] = [0]] = await database.rows(`SELECT count(*) FROM ${PICKED}`);
  const rows = number(count);
  const asked = [target, ...columns];
  const values: Float64Array[] = [];
  for (const batch of batches(asked, SAMPLED_BATCH)) {
    const into = batch.map(() => new Float64Array(rows));
    let at = 0;
    for await (const chunk of database.chunks(sampleSql(table, PICKED, batch))) {
      for (const [column, array] of into.entries()) array.set(doubles(chunk, column), at);
      at += chunk.rowCount;
    }
    values.push(...into);
  }
  const [targets = new Float64Array(), ...others] = values;
  return {
    target: targets,
    columns: columns.map(({ column }, at) => ({
      name: column.name,
      values: others[at] ?? new Float64Array(),
      ordered: isNumeric(column) || isTemporal(column),
    })),
  };
}

async function countFilled(
  database: Database,
  table: string,
  target: TableColumn,
  columns: readonly TableColumn[],
  survey: Survey,
  task: TaskConfig['kind'],
): Promise<readonly FilledRows[]> {
  const aim = survey.columns[target.index];
  const common = aim?.common[0];
  if (aim === undefined || common === undefined) return [];
  if (task === 'regression' ? common.rows < COMMON_SHARE * survey.rows : aim.distinct > MOST_CLASSES) return [];
  const gappy = columns.filter(({ index }) => (survey.columns[index]?.missing ?? 0) > 0);
  const filled: FilledRows[] = [];
  for (const batch of batches(gappy, FILLED_BATCH)) {
    const sql =
      task === 'regression' ? filledAtSql(table, target, Number(common.value), batch) : filledSql(table, target, batch);
    const classes = await database.rows(sql);
    for (const [at, { column }] of batch.entries()) {
      filled.push({
        column: column.name,
        classes: classes.map(([label, rows, ...counts]) => ({
          label: task === 'regression' ? `${text(label) === 'true' ? '' : 'other than '}${common.value}` : text(label),
          rows: number(rows),
          filled: number(counts[at]),
        })),
      });
    }
  }
  return filled;
}

/** What a formula says of each of its columns, where it holds over all rows as it did in the sample. */
async function sentencesOf(
  formula: Formula,
  database: Database,
  table: string,
  target: TableColumn,
  columns: readonly TableColumn[],
): Promise<readonly GivingAway[]> {
  const [[met, rows] = [0, 0]] = await database.rows(formulaCountSql(table, target, columns, formula));
  if (number(met) < STILL_HOLDS * formula.holds * number(rows)) return [];
  return formula.parts.map(({ column }) => ({
    column,
    sentence: formulaSentence(formula, target.column.name, column, number(met), number(rows)),
  }));
}
