import { listed, quote, suggestion } from '../config/complaint.ts';
import { UserMistake } from '../failure.ts';
import { countOf, formatCount } from '../wording/numbers.ts';
import { MINIMUM_GROUPS } from '../statistics/minimumRows.ts';
import { isEpoch, namesABirth, namesAnEntity, namesAnIdentifier, timeRank } from './columnNames.ts';
import type { Proposal, Wishes } from './proposal.ts';
import type { Survey, SurveyedColumn } from './survey.ts';

export interface ProposedRoles {
  readonly id?: SurveyedColumn;
  readonly time?: SurveyedColumn;
  readonly group?: SurveyedColumn;
  readonly reasons: Pick<Proposal['reasons'], 'id' | 'time' | 'group'>;
}

type Role = 'id' | 'time' | 'group';
type Choice = { readonly column: SurveyedColumn; readonly reason: string } | undefined;

/**
 * The columns that say which row it is, when it came to be, and what rows depend on together.
 *
 * @throws UserMistake `column_unknown`, `column_unusable` for a wish that the data cannot grant.
 */
export function proposeRoles(survey: Survey, target: string, wishes: Wishes): ProposedRoles {
  const others = survey.columns.filter(({ name }) => name !== target);
  const time = wished('time', survey, target, wishes) ?? timeOf(others, survey, wishes);
  const free = others.filter((column) => column !== time?.column);
  const id = wished('id', survey, target, wishes) ?? idOf(free, survey, wishes);
  const entities = free.filter((column) => column !== id?.column);
  const group = wished('group', survey, target, wishes) ?? groupOf(entities, time?.column, survey, wishes);
  return {
    ...(id !== undefined && { id: id.column }),
    ...(time !== undefined && { time: time.column }),
    ...(group !== undefined && { group: group.column }),
    reasons: {
      ...(id !== undefined && { id: id.reason }),
      ...(time !== undefined && { time: time.reason }),
      ...(group !== undefined && { group: group.reason }),
    },
  };
}

function wished(role: Role, survey: Survey, target: string, wishes: Wishes): Choice {
  const name = wishes[role];
  if (name === undefined || name === null) return undefined;
  const names = survey.columns.map((column) => column.name);
  const column = survey.columns.find((each) => each.name === name);
  const where = `--${role}`;
  if (column === undefined) {
    const found = `there is no column ${quote(name)}`;
    throw new UserMistake('column_unknown', {
      where,
      found,
      expected: `one of ${listed(names)}`,
      ...suggestion(name, names),
    });
  }
  const unusable = (found: string, expected: string): never => {
    throw new UserMistake('column_unusable', { where, found: `${quote(name)} ${found}`, expected });
  };
  if (name === target) unusable('is the target', 'another column');
  if (column.distinct === 0) unusable('holds nothing in any row', 'a column with values');
  if (role === 'time') {
    if (!isTime(column))
      unusable(`holds ${column.type}s`, 'dates or times in ISO 8601: 2024-05-31, 2024-05-31T10:00:00Z');
    if (column.missing > 0) unusable(`is missing in ${countOf(column.missing, 'row')}`, 'a time in every row');
  }
  return { column, reason: 'as you said' };
}

function isTime({ type }: SurveyedColumn): boolean {
  return type === 'date' || type === 'timestamp';
}

function timeOf(columns: readonly SurveyedColumn[], _survey: Survey, wishes: Wishes): Choice {
  if (wishes.time === null) return undefined;
  const candidates = columns.filter(
    (column) => isTime(column) && column.missing === 0 && column.distinct > 1 && !namesABirth(column.name),
  );
  const [column] = candidates.toSorted(
    (a, b) => Number(b.ascending) - Number(a.ascending) || timeRank(a.name) - timeRank(b.name),
  );
  if (column === undefined) return undefined;
  const [first, last] = column.span ?? ['', ''];
  const order = column.ascending ? ', and the rows stand in its order' : '';
  return { column, reason: `a ${column.type} in every row, from ${first} to ${last}${order}` };
}

/** Whether a column does nothing but number the rows. */
export function numbersTheRows({ ascending, distinct, whole, range }: SurveyedColumn, { rows }: Survey): boolean {
  return ascending && whole && distinct === rows && range !== undefined && range[1] - range[0] === rows - 1;
}

// Longer texts are written by people, and change.
const LONGEST_ID = 64;

function idOf(columns: readonly SurveyedColumn[], survey: Survey, wishes: Wishes): Choice {
  if (wishes.id === null) return undefined;
  const unique = columns.filter(
    ({ type, distinct, missing, meanLength = 0 }) =>
      (type === 'integer' || type === 'string') &&
      missing === 0 &&
      distinct === survey.rows &&
      meanLength <= LONGEST_ID,
  );
  const numbering = unique.find((column) => numbersTheRows(column, survey));
  const named = unique.find((column) => namesAnIdentifier(column.name) && column !== numbering && !isEpoch(column));
  const column = named ?? numbering;
  if (column === undefined) return undefined;
  const reason = column === numbering ? 'it numbers the rows' : 'another value in every row';
  return { column, reason };
}

function groupOf(
  columns: readonly SurveyedColumn[],
  time: SurveyedColumn | undefined,
  survey: Survey,
  wishes: Wishes,
): Choice {
  if (wishes.group === null) return undefined;
  const entity = columns
    .filter((column) => namesAnEntity(column.name) && namesMany(column, survey))
    .toSorted(
      (a, b) => Number(namesAnIdentifier(b.name)) - Number(namesAnIdentifier(a.name)) || b.distinct - a.distinct,
    )[0];
  if (entity !== undefined) {
    const reason = `${formatCount(entity.distinct)} different ones in ${formatCount(survey.rows)} rows: rows of one depend on each other`;
    return { column: entity, reason };
  }
  if (time?.type !== 'date' || time.distinct < 5 * MINIMUM_GROUPS.minimum || survey.rows < 2 * time.distinct)
    return undefined;
  const reason = `${formatCount(survey.rows)} rows of ${formatCount(time.distinct)} days: rows of one day depend on each other`;
  return { column: time, reason };
}

/** Whether a column may be an entity with several rows: integers or short texts, each several times, and not a few codes. */
function namesMany({ type, distinct, missing, meanLength = 0 }: SurveyedColumn, { rows }: Survey): boolean {
  const typed = type === 'integer' || (type === 'string' && meanLength <= LONGEST_ID);
  return typed && missing === 0 && distinct >= MINIMUM_GROUPS.minimum && rows >= 1.1 * distinct;
}
