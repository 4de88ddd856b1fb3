import { quote } from '../config/complaint.ts';
import type { SplitConfig, TaskConfig } from '../config/config.ts';
import { countOf, formatCount } from '../wording/numbers.ts';
import { MINIMUM_GROUPS, MINIMUM_ROWS } from '../statistics/minimumRows.ts';
import type { ProposedRoles } from './proposeRoles.ts';
import { formatShare } from './shares.ts';
import type { Days, Survey, SurveyedColumn } from './survey.ts';

/** `split` without a salt: the name of the model is its default. */
export interface ProposedSplit {
  readonly split: SplitConfig;
  readonly holdoutRows: number;
  readonly reason: string;
}

const USUAL = 0.2;
/** Of few rows, more judge: the margin shrinks with the root of their number, and a model loses less by it. */
const OF_FEW = 0.3;
const ENOUGH_TO_JUDGE = 1_000;
const MOST = 0.4;
const VALIDATION = 0.1;
/** Fewer validation rows (or groups) than this tell nothing, and by chance there might be none at all. */
const LEAST_VALIDATION = 20;
/** Days over which data have to reach before a model is better judged on the last of them. */
const LEAST_DAYS = 20;

/** How rows are put aside: at an instant where there are times, by whole groups, by id, or by the row itself. */
export function proposeSplit(
  survey: Survey,
  target: SurveyedColumn,
  task: TaskConfig,
  roles: ProposedRoles,
): ProposedSplit {
  const share = shareToHold(survey, target, task, roles.group);
  const { time } = roles;
  const byTime = time?.days && splitByTime(time, time.days, survey, share, roles.group === time);
  return byTime ?? splitByHash(survey, share, roles, target, task);
}

interface Share {
  readonly share: number;
  /** Why it is not the usual one. */
  readonly because?: string;
  /** What is short even so. */
  readonly short?: string;
}

function shareToHold(survey: Survey, target: SurveyedColumn, task: TaskConfig, group?: SurveyedColumn): Share {
  const wants = wantsOf(survey, target, task, group);
  const [most] = wants.toSorted((a, b) => b.share - a.share);
  const usual = Math.min(OF_FEW, Math.max(USUAL, Math.floor((20 * ENOUGH_TO_JUDGE) / survey.rows) / 20));
  if (most === undefined || most.share <= usual) {
    return usual > USUAL
      ? {
          share: usual,
          because: `${formatCount(survey.rows)} rows in all, and the margin is the finer the more of them judge`,
        }
      : { share: USUAL };
  }
  const share = Math.min(MOST, Math.ceil(20 * most.share) / 20);
  const because = `${formatCount(most.there)} ${most.what} in all, of which a comparison needs ${most.needed}`;
  return share < most.share ? { share, because, short: most.what } : { share, because };
}

interface Want {
  readonly share: number;
  readonly what: string;
  readonly there: number;
  readonly needed: string;
}

function wantsOf(survey: Survey, target: SurveyedColumn, task: TaskConfig, group?: SurveyedColumn): readonly Want[] {
  const want = (there: number, minimum: number, what: string): Want => ({
    // Two standard deviations more than needed, since a hash does not put exactly its share aside.
    share: (minimum + 2 * Math.sqrt(minimum)) / there,
    what,
    there,
    needed: `${minimum} in the holdout`,
  });
  const wants: Want[] = [];
  const labels = target.common;
  if (task.kind === 'binary')
    wants.push(want(labels.at(-1)?.rows ?? 0, MINIMUM_ROWS.auc.minimum, 'rows of the rarer class'));
  else wants.push(want(survey.rows, MINIMUM_ROWS.mae.minimum, 'rows'));
  if (group !== undefined) wants.push(want(group.distinct, MINIMUM_GROUPS.minimum, 'groups'));
  const rarest = labels.at(-1)?.rows ?? 0;
  if (task.kind === 'multiclass' && rarest >= 3) {
    // At most one time in twenty, the rarest class is missing from the holdout; no more than a third is given for it.
    const share = Math.min(1 - 0.05 ** (1 / rarest), 1 / 3);
    wants.push({ share, what: 'rows of the rarest class', there: rarest, needed: 'at least 1 in the holdout' });
  }
  return wants;
}

function splitByTime(
  time: SurveyedColumn,
  days: Days,
  survey: Survey,
  { share, because, short }: Share,
  grouped: boolean,
): ProposedSplit | undefined {
  if (days.count < LEAST_DAYS) return undefined;
  const holdout = boundary(days, survey.rows, share);
  if (holdout === undefined) return undefined;
  const earlier = { ...days, from: days.from.filter(({ day }) => day < holdout.day) };
  const validation = boundary(earlier, survey.rows, holdout.rows / survey.rows + VALIDATION);
  const validates = validation !== undefined && validation.rows - holdout.rows >= LEAST_VALIDATION;
  const split: SplitConfig = {
    by: 'time',
    holdoutFrom: midnight(holdout.day),
    ...(validates && { validationFrom: midnight(validation.day) }),
  };
  const part = `the last ${formatShare(holdout.rows, survey.rows)} by ${quote(time.name)}, ${countOf(holdout.rows, 'row')} from ${holdout.day} on`;
  const why = because === undefined ? '' : `; ${because}`;
  const few = short === undefined ? '' : ', and has not';
  const whole = grouped ? ', whole days together' : '';
  return {
    split,
    holdoutRows: holdout.rows,
    reason: `${part}${whole}: a model serves what comes after its training${why}${few}`,
  };
}

/** The day whose midnight leaves about that share of rows behind it; the first of a month where one comes close. */
function boundary(days: Days, rows: number, share: number): Days['from'][number] | undefined {
  // The first day begins with all rows, and would leave none to train on.
  const candidates = days.from.filter((each, at) => at > 0 && each.rows < rows);
  const distance = (each: Days['from'][number]): number => Math.abs(each.rows / rows - share);
  const nearest = (among: Days['from']): Days['from'][number] | undefined =>
    among.toSorted((a, b) => distance(a) - distance(b))[0];
  const best = nearest(candidates);
  const month = nearest(candidates.filter(({ day }) => day.endsWith('-01')));
  if (best === undefined || distance(best) > share * 0.75) return undefined;
  return month !== undefined && distance(month) <= distance(best) + 0.02 ? month : best;
}

function midnight(day: string): string {
  return `${day}T00:00:00.000Z`;
}

function splitByHash(
  survey: Survey,
  { share, because, short }: Share,
  { id, group }: ProposedRoles,
  target: SurveyedColumn,
  task: TaskConfig,
): ProposedSplit {
  const by = group !== undefined ? 'group' : id !== undefined ? 'id' : 'row';
  const units = group?.distinct ?? survey.rows;
  const validation = units * VALIDATION >= LEAST_VALIDATION ? VALIDATION : 0;
  const whole = {
    group: `whole groups of ${quote(group?.name ?? '')} together`,
    id: `by a hash of ${quote(id?.name ?? '')}, so that a row keeps its side when data grow`,
    row: 'by a hash of the whole row, so that duplicates stay on one side',
  }[by];
  const shown = `${Math.round(100 * share)} % held back`;
  const why = because === undefined ? '' : `; more than ${100 * USUAL} % since there are ${because}`;
  const holds = short === undefined ? '' : `, and even so ${short} are short: comparisons may stay inconclusive`;
  const rarest = target.common.at(-1);
  const missing =
    task.kind === 'multiclass' && rarest !== undefined && rarest.rows < 3
      ? `; ${quote(rarest.value)} is in ${countOf(rarest.rows, 'row')} alone, and may be missing from the holdout`
      : '';
  return {
    split: { by, holdout: share, validation, salt: '' },
    holdoutRows: Math.round(share * survey.rows),
    reason: `${shown}, ${whole}${why}${holds}${missing}`,
  };
}
