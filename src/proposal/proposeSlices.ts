import type { SliceConfig } from '../config/config.ts';
import { identifier } from '../dataset/sqlText.ts';
import { MINIMUM_ROWS } from '../statistics/minimumRows.ts';
import { isAge, quotedList, sliceRank } from './columnNames.ts';
import { formatShare } from './shares.ts';
import type { Survey, SurveyedColumn } from './survey.ts';

const MOST_SLICES = 4;
// Columns that nothing but their few values speaks for.
const MOST_UNNAMED = 2;
const MOST_VALUES = 12;
const MOST_UNNAMED_VALUES = 6;
const LEAST_SHARE = 0.03;
const YOUNG = 25;
const OLD = 60;

export interface ProposedSlices {
  readonly slices: readonly SliceConfig[];
  readonly reason?: string;
}

/**
 * Parts of the rows in which a model that is better overall may be worse: sensitive ones first, then the few-valued
 * columns that a business is cut by.
 *
 * @param columns those that may make slices: neither the target nor what gives it away, no id, time or group.
 * @param holdoutRows rows that the holdout will have, about.
 */
export function proposeSlices(columns: readonly SurveyedColumn[], survey: Survey, holdoutRows: number): ProposedSlices {
  const worth = (rows: number): boolean =>
    rows >= LEAST_SHARE * survey.rows && (rows / survey.rows) * holdoutRows >= MINIMUM_ROWS.accuracy.minimum;
  const ranked = columns
    .flatMap((column, place) => {
      const rank = sliceRank(column.name);
      return rank !== undefined && cutsRows(column, rank, worth) ? [{ column, rank, place }] : [];
    })
    .toSorted((a, b) => a.rank - b.rank || a.place - b.place);

  const chosen: SurveyedColumn[] = [];
  const ages = columns
    .filter(isAge)
    .slice(0, 1)
    .flatMap((column) => ageBands(column, worth));
  const take = (rank: number, most: number): void => {
    for (const each of ranked) {
      if (each.rank !== rank || chosen.length >= most || chosen.some((other) => sameCuts(other, each.column))) continue;
      chosen.push(each.column);
    }
  };
  take(0, MOST_SLICES);
  const bands = ages.slice(0, MOST_SLICES - chosen.length);
  take(1, MOST_SLICES - bands.length);
  take(2, Math.min(MOST_UNNAMED, MOST_SLICES - bands.length));
  const slices = [...chosen.map(({ name }): SliceConfig => ({ kind: 'column', column: name })), ...bands];
  if (slices.length === 0) return { slices };
  return { slices, reason: reasonOf(chosen, bands.length > 0, ranked, survey) };
}

function cutsRows(
  { type, distinct, whole, common }: SurveyedColumn,
  rank: number,
  worth: (rows: number) => boolean,
): boolean {
  const typed = type === 'string' || type === 'boolean' || type === 'integer' || (type === 'float' && whole);
  const few = distinct >= 2 && distinct <= (rank === 2 ? MOST_UNNAMED_VALUES : MOST_VALUES);
  // Numbers that nothing names are quantities, and their values no parts of the rows.
  const named = rank < 2 || type === 'string' || type === 'boolean';
  return typed && few && named && common.filter(({ rows }) => worth(rows)).length >= 2;
}

/** An encoded copy cuts the rows as the column does that it was made of. */
function sameCuts(one: SurveyedColumn, other: SurveyedColumn): boolean {
  const counts = ({ common, missing }: SurveyedColumn): string =>
    JSON.stringify([missing, common.map(({ rows }) => rows)]);
  return counts(one) === counts(other);
}

function ageBands({ name, common }: SurveyedColumn, worth: (rows: number) => boolean): readonly SliceConfig[] {
  const rowsWhere = (fits: (age: number) => boolean): number =>
    common.reduce((sum, { value, rows }) => (fits(Number(value)) ? sum + rows : sum), 0);
  const band = (sign: '<' | '>=', limit: number, fits: (age: number) => boolean): readonly SliceConfig[] => {
    const slice: SliceConfig = {
      kind: 'where',
      name: `${sign === '<' ? 'younger than' : 'aged'} ${limit}${sign === '<' ? '' : ' or more'}`,
      where: `${identifier(name)} ${sign} ${limit}`,
    };
    return worth(rowsWhere(fits)) ? [slice] : [];
  };
  return [...band('<', YOUNG, (age) => age < YOUNG), ...band('>=', OLD, (age) => age >= OLD)];
}

function reasonOf(
  chosen: readonly SurveyedColumn[],
  byAge: boolean,
  ranked: readonly { readonly column: SurveyedColumn; readonly rank: number }[],
  { rows }: Survey,
): string {
  const sensitive = chosen.filter((column) => ranked.some((each) => each.column === column && each.rank === 0));
  const names = [...sensitive.map(({ name }) => name), ...(byAge ? ['age'] : [])];
  const people = names.length === 0 ? '' : `a model may be unfair by ${quotedList(names)}; `;
  const [first] = chosen;
  const smallest = first?.common.filter((each) => each.rows >= LEAST_SHARE * rows).at(-1);
  const size =
    first === undefined || smallest === undefined
      ? 'each has some per cent of the rows'
      : `few values with enough rows each, such as ${quotedList([first.name])} with ${quotedList([smallest.value])} in ${formatShare(smallest.rows, rows)}`;
  return `${people}${size}`;
}
