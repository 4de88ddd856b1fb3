import { listed, quote, suggestion } from '../config/complaint.ts';
import type { TaskConfig } from '../config/config.ts';
import { UserMistake, type Problem } from '../failure.ts';
import { countOf, formatCount } from '../wording/numbers.ts';
import { namesAnIdentifier, targetRank } from './columnNames.ts';
import { numbersTheRows } from './proposeRoles.ts';
import { proposeTask } from './proposeTask.ts';
import type { Wishes } from './proposal.ts';
import type { Survey, SurveyedColumn } from './survey.ts';
import { writtenAs } from './writtenAs.ts';

/** What is to be predicted, and as what. */
export interface TargetProposal {
  readonly target: string;
  readonly task: TaskConfig;
  readonly reasons: { readonly target: string; readonly task: string };
}

/** Fewer rows cannot be put aside, trained on and judged at once. */
const LEAST_ROWS = 20;
/** Ranks of names that are meant as a target and not only sometimes are one. */
const SURE_RANK = 1;
const LIKELY_RANK = 3;
const FEW_LABELS = 20;
// More labels than this are texts, not classes.
const MOST_TEXT_LABELS = 100;

/**
 * Chooses the target and the task: the first things to ask a person, since the rest is proposed for them.
 *
 * @throws UserMistake `too_few_rows`, `target_unknown`, `target_unusable` or `task_unusable`, with what to do.
 */
export function proposeTarget(survey: Survey, wishes: Wishes): TargetProposal {
  const { rows, files } = survey;
  if (rows < LEAST_ROWS) {
    throw new UserMistake('too_few_rows', {
      where: files.join(', '),
      found: rows === 0 ? 'there are columns and no rows' : `there ${rows === 1 ? 'is 1 row' : `are ${rows} rows`}`,
      expected: `at least ${LEAST_ROWS}: some to train on, and some put aside to judge`,
      remedy: 'Name the files that hold the data',
    });
  }
  const { column, reason } = chosenTarget(survey, wishes.target);
  const problem = problemOfTarget(column, survey);
  if (problem !== undefined) throw new UserMistake('target_unusable', problem);
  const { task, reason: taskReason } = proposeTask(column, survey, wishes.task);
  return { target: column.name, task, reasons: { target: reason, task: taskReason } };
}

function chosenTarget(
  survey: Survey,
  wished: string | undefined,
): { readonly column: SurveyedColumn; readonly reason: string } {
  const { columns } = survey;
  const names = columns.map(({ name }) => name);
  if (wished !== undefined) {
    const column = columns.find(({ name }) => name === wished);
    if (column !== undefined) return { column, reason: 'as you said' };
    throw new UserMistake('target_unknown', {
      where: '--target',
      found: `there is no column ${quote(wished)}`,
      expected: `one of ${listed(names)}`,
      ...suggestion(wished, names),
    });
  }
  const ranked = columns.flatMap((column, place) => {
    const rank = targetRank(column.name);
    return rank === undefined ? [] : [{ column, place, rank, gaps: Number(column.missing > 0) }];
  });
  const usable = ranked
    .filter(({ column }) => couldBePredicted(column, survey))
    .toSorted((a, b) => a.rank - b.rank || a.gaps - b.gaps || b.place - a.place);
  const [named] = usable;
  if (named !== undefined) {
    const names = `${quote(named.column.name)} names what is predicted`;
    const whole = named.gaps === 0 ? undefined : usable.find((other) => standsIn(named.column, other));
    if (whole === undefined) return { column: named.column, reason: names };
    const empty = `empty in ${countOf(named.column.missing, 'row')}`;
    const reason = `${quote(whole.column.name)} names what is predicted; so does ${quote(named.column.name)}, ${empty}`;
    return { column: whole.column, reason };
  }
  // What is meant and cannot be read is told: another column that nobody meant would be worse.
  const meant = ranked
    .toSorted((a, b) => a.rank - b.rank)
    .find(({ column, rank }) =>
      rank <= SURE_RANK
        ? problemOfTarget(column, survey) !== undefined
        : rank <= LIKELY_RANK && writtenAs(column)?.kind === 'numbers',
    );
  if (meant !== undefined)
    return { column: meant.column, reason: `${quote(meant.column.name)} names what is predicted` };
  const last = columns.at(-1);
  if (last !== undefined && columns.length > 1 && last.missing === 0 && couldBePredicted(last, survey)) {
    return { column: last, reason: `no name tells the target, and ${quote(last.name)} is the last column` };
  }
  throw new UserMistake('target_unknown', {
    where: survey.files.join(', '),
    found: 'no column tells by its name that it is to be predicted, and the last one cannot be',
    expected: `one of ${listed(names)}`,
    remedy: 'Name it: --target COLUMN',
  });
}

/** Whether a complete column is meant in the place of one with gaps: named for it too, and labels where that has labels. */
function standsIn(
  gapped: SurveyedColumn,
  { column, rank, gaps }: { readonly column: SurveyedColumn; readonly rank: number; readonly gaps: number },
): boolean {
  return gaps === 0 && rank <= LIKELY_RANK && column.distinct <= FEW_LABELS === gapped.distinct <= FEW_LABELS;
}

/** Whether a column might be a target if nobody says so: one of several values, numbers or a few labels. */
function couldBePredicted(column: SurveyedColumn, survey: Survey): boolean {
  const { name, type, distinct, missing } = column;
  const { rows } = survey;
  if (numbersTheRows(column, survey) || (distinct === rows && namesAnIdentifier(name))) return false;
  if (missing > rows / 2 || type === 'date' || type === 'timestamp' || type === 'other') return false;
  if (type !== 'string') return distinct > 0;
  return distinct > 0 && distinct <= MOST_TEXT_LABELS && distinct <= Math.max(2, rows / 5);
}

function problemOfTarget(column: SurveyedColumn, survey: Survey): Problem | undefined {
  const { name, type, missing, distinct, common, range } = column;
  const { rows } = survey;
  const where = `the column ${quote(name)}`;
  const other = 'or name another target: --target COLUMN';
  if (missing === rows) {
    return {
      where,
      found: 'the target holds nothing in any row',
      expected: 'a value in every row',
      remedy: `Fill it in, ${other}`,
    };
  }
  if (missing > 0) {
    return {
      where,
      found: `${formatCount(missing)} of ${countOf(rows, 'row')} have no target`,
      expected: 'a value in every row',
      remedy: `Take these rows out of the file, ${other}`,
    };
  }
  if (distinct === 1) {
    return {
      where,
      found: `the target is ${quote(common[0]?.value ?? '')} in all ${countOf(rows, 'row')}`,
      expected: 'two different values or more: of one alone nothing can be learned',
      remedy: `Look at how the rows were chosen, ${other}`,
    };
  }
  if (type === 'date' || type === 'timestamp' || type === 'other') {
    const held = type === 'other' ? 'nested values or bytes' : `${type}s`;
    return {
      where,
      found: `the target holds ${held}`,
      expected: 'numbers or labels',
      remedy: `Turn it into one of these, ${other}`,
    };
  }
  const written = distinct > MOST_TEXT_LABELS ? writtenAs(column) : undefined;
  if (written?.kind === 'numbers') {
    return {
      where,
      found: `the target holds numbers written as text, such as ${quote(written.odd ?? written.example)}`,
      expected: 'nothing but digits and a decimal point',
      remedy: `Write them so, ${other}`,
    };
  }
  if (range !== undefined && !range.every(Number.isFinite)) {
    return {
      where,
      found: 'the target is infinite in some rows',
      expected: 'finite numbers',
      remedy: `Correct these rows, ${other}`,
    };
  }
  return undefined;
}
