import { quote } from '../config/complaint.ts';
import type { TaskConfig } from '../config/config.ts';
import { UserMistake } from '../failure.ts';
import { formatCount } from '../wording/numbers.ts';
import { numbersNamed } from './columnNames.ts';
import { positiveOf } from './positiveLabel.ts';
import type { Survey, SurveyedColumn } from './survey.ts';

// More classes than this are told apart by no model that a script to start from trains.
const MOST_CLASSES = 1_000;
const MOST_NUMBERED_CLASSES = 20;

/**
 * What kind of question a target is.
 *
 * @throws UserMistake `task_unusable` where the wished kind does not fit the values.
 */
export function proposeTask(
  target: SurveyedColumn,
  survey: Survey,
  wished?: TaskConfig['kind'],
): { readonly task: TaskConfig; readonly reason: string } {
  const kind = wished ?? kindOf(target, survey);
  const unfit = misfit(target, kind);
  if (unfit !== undefined) {
    throw new UserMistake('task_unusable', {
      where: `the column ${quote(target.name)}`,
      ...unfit,
      remedy:
        wished === undefined
          ? 'Name another target: --target COLUMN'
          : `Take --task ${wished} out, or name another target`,
    });
  }
  const task = taskOf(kind, target, survey);
  return { task, reason: wished === undefined ? reasonOf(task, target, survey) : 'as you said' };
}

type Kind = TaskConfig['kind'];

function kindOf(target: SurveyedColumn, { rows }: Survey): Kind {
  const { type, distinct, whole, range, common } = target;
  if (distinct === 2) return 'binary';
  if (type === 'string' || type === 'boolean') return 'multiclass';
  if (!whole || range === undefined) return 'regression';
  const named = numbersNamed(target.name);
  if (named === 'quantity' || named === 'grade') return 'regression';
  const [least, greatest] = range;
  const numbered =
    distinct <= MOST_NUMBERED_CLASSES && distinct === greatest - least + 1 && (least === 0 || least === 1);
  if (named === 'class') return numbered || distinct <= MOST_NUMBERED_CLASSES ? 'multiclass' : 'regression';
  // A count falls off towards its large values; codes of classes are there about as often as each other.
  const rarest = common.at(-1)?.rows ?? 0;
  return numbered && rarest * distinct >= 0.2 * rows ? 'multiclass' : 'regression';
}

function misfit(
  { type, distinct, whole }: SurveyedColumn,
  kind: Kind,
): { readonly found: string; readonly expected: string } | undefined {
  const found = `it has ${formatCount(distinct)} different values`;
  switch (kind) {
    case 'binary':
      return distinct === 2 ? undefined : { found, expected: 'two for a binary task' };
    case 'multiclass':
      if (distinct > MOST_CLASSES) return { found, expected: `at most ${formatCount(MOST_CLASSES)} classes` };
      return type === 'float' && !whole && distinct > MOST_NUMBERED_CLASSES
        ? { found: `${found}, with fractions`, expected: 'a few labels for a multiclass task' }
        : undefined;
    case 'regression':
      return type === 'string' ? { found: 'it holds text', expected: 'numbers for a regression' } : undefined;
  }
}

function taskOf(kind: Kind, target: SurveyedColumn, survey: Survey): TaskConfig {
  switch (kind) {
    case 'binary': {
      const { positive } = positiveOf(target, survey);
      // Converters turn booleans into 0 and 1, which are no labels of such a column.
      return target.type === 'boolean' ? { kind, positive, classes: ['false', 'true'] } : { kind, positive };
    }
    case 'multiclass':
    case 'regression':
      return { kind };
  }
}

function reasonOf(task: TaskConfig, target: SurveyedColumn, survey: Survey): string {
  const { distinct, whole, range = [0, 0], type } = target;
  switch (task.kind) {
    case 'binary': {
      const { reason } = positiveOf(target, survey);
      return `two values, ${reason}`;
    }
    case 'multiclass': {
      const other = type === 'string' ? '' : '; "task: regression" would predict the number';
      return `${distinct} different values${other}`;
    }
    case 'regression': {
      const span = `from ${String(range[0])} to ${String(range[1])}`;
      if (!whole || distinct > MOST_NUMBERED_CLASSES) return `${formatCount(distinct)} different numbers ${span}`;
      return `${distinct} whole numbers ${span}, in an order; "task: multiclass" would take each for a class`;
    }
  }
}
