import { quote } from '../config/complaint.ts';
import { countOf, formatCount } from '../wording/numbers.ts';
import type { Associations } from './associations.ts';
import { isEpoch, namesAnIdentifier } from './columnNames.ts';
import type { LeftOutColumn, ProposedFeature } from './proposal.ts';
import { numbersTheRows, type ProposedRoles } from './proposeRoles.ts';
import type { Survey, SurveyedColumn } from './survey.ts';
import { writtenAs } from './writtenAs.ts';

export interface ProposedColumns {
  readonly features: readonly ProposedFeature[];
  readonly leftOut: readonly LeftOutColumn[];
}

// Values that come less often than this on average are learned by heart, not from.
const LEAST_ROWS_A_VALUE = 10;
const FEW_VALUES = 50;
const MOST_VALUES = 1_000;
/** Mean characters of a text that somebody wrote. */
const WRITTEN_TEXT = 50;

/** Which columns a model reads, and why it leaves the others out. The target is among neither. */
export function proposeFeatures(
  survey: Survey,
  target: string,
  roles: ProposedRoles,
  { givingAway }: Associations,
): ProposedColumns {
  const features: ProposedFeature[] = [];
  const leftOut: LeftOutColumn[] = [];
  for (const column of survey.columns) {
    if (column.name === target) continue;
    const as = kindOf(column);
    const given = givingAway.find((each) => each.column === column.name);
    const reason =
      roleOf(column, roles) ??
      (given && ({ because: 'gives-the-target-away', sentence: given.sentence } as const)) ??
      unfit(column, survey);
    if (reason !== undefined) leftOut.push({ column: column.name, ...reason, ...(as !== undefined && { as }) });
    else if (as !== undefined) features.push({ column: column.name, kind: as });
  }
  return { features, leftOut };
}

type Reason = Pick<LeftOutColumn, 'because' | 'sentence'>;

function kindOf({ type, missing, distinct }: SurveyedColumn): ProposedFeature['kind'] | undefined {
  switch (type) {
    case 'integer':
    case 'float':
    case 'boolean':
      return 'number';
    case 'string':
      return distinct === 0 && missing > 0 ? undefined : 'category';
    case 'date':
    case 'timestamp':
    case 'other':
      return undefined;
  }
}

function roleOf(column: SurveyedColumn, { id, time, group }: ProposedRoles): Reason | undefined {
  const parts = [
    ...(column === id ? ['says which row it is'] : []),
    ...(column === time ? ['says when a row came to be'] : []),
    ...(column === group ? ['says which rows depend on each other'] : []),
  ];
  return parts.length === 0 ? undefined : { because: 'role', sentence: `it ${parts.join(' and ')}` };
}

function unfit(column: SurveyedColumn, survey: Survey): Reason | undefined {
  const { name, type, distinct, missing, meanLength = 0, common } = column;
  const { rows } = survey;
  if (missing === rows) return { because: 'empty', sentence: 'it holds nothing in any row' };
  if (distinct === 1 && missing === 0) {
    return { because: 'constant', sentence: `it is ${quote(common[0]?.value ?? '')} in every row` };
  }
  if (type === 'date' || type === 'timestamp') {
    return {
      because: 'not-a-feature',
      sentence: `it holds ${type}s; turn what matters of them, such as the hour, into numbers`,
    };
  }
  if (type === 'other') return { because: 'not-a-feature', sentence: 'it holds nested values or bytes' };
  if (isEpoch(column))
    return { because: 'not-a-feature', sentence: 'it holds times, as seconds or the like since 1970' };
  if (numbersTheRows(column, survey)) return { because: 'not-a-feature', sentence: 'it numbers the rows' };
  const unique = distinct === rows - missing && distinct > FEW_VALUES;
  if (type === 'integer' && unique && namesAnIdentifier(name)) {
    return { because: 'not-a-feature', sentence: 'another value in every row, and the name of an identifier' };
  }
  if (type !== 'string') return undefined;
  const values = `${formatCount(distinct)} different texts in ${countOf(rows - missing, 'row')}`;
  if (distinct > FEW_VALUES && meanLength > WRITTEN_TEXT) {
    return {
      because: 'too-many-values',
      sentence: `${values}, ${Math.round(meanLength)} characters on average: somebody wrote them`,
    };
  }
  const rare = rows - missing < distinct * (distinct > FEW_VALUES ? LEAST_ROWS_A_VALUE : 2);
  if (!rare && distinct <= MOST_VALUES) return undefined;
  return { because: 'too-many-values', sentence: `${values}${meant(column)}` };
}

/** What would make the texts readable, where they stand for something that is. */
function meant(column: SurveyedColumn): string {
  const written = writtenAs(column);
  switch (written?.kind) {
    case undefined:
      return '';
    case 'dates':
      return `, dates such as ${quote(written.example)}; written as 2024-05-31 they are read, and can split the rows`;
    case 'numbers':
      return written.odd === undefined
        ? `, numbers such as ${quote(written.example)}; with nothing but digits and a decimal point they are read`
        : `, numbers such as ${quote(written.example)} and among them ${quote(written.odd)}; left empty there, they are read`;
  }
}
