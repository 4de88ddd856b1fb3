import { quote } from '../config/complaint.ts';
import type { TaskConfig } from '../config/config.ts';
import type { GivingAway } from './associations.ts';
import { classesOf, classEvidence } from './classEvidence.ts';
import { filledEvidence, type FilledRows } from './filledRows.ts';
import { findFormulas, findLinearCopy } from './findFormulas.ts';
import type { Formula } from './formula.ts';
import type { Sample, SampledColumn } from './sample.ts';
import { formatShare } from './shares.ts';
import { valueEvidence } from './valueEvidence.ts';

/** What gives the target away by a sample of the rows; formulas are still to be counted over all of them. */
export interface Suspects {
  readonly columns: readonly GivingAway[];
  readonly formulas: readonly Formula[];
}

/**
 * Columns that nearly determine the target.
 *
 * @param filled of the columns with gaps, over all rows.
 */
export function findGivingAway(
  sample: Sample,
  target: string,
  task: TaskConfig['kind'],
  filled: readonly FilledRows[],
): Suspects {
  const byGaps = filled.flatMap((each): readonly GivingAway[] => {
    const sentence = filledEvidence(each, target);
    return sentence === undefined ? [] : [{ column: each.column, sentence }];
  });
  const rest = sample.columns.filter(({ name }) => !byGaps.some(({ column }) => column === name));
  return task === 'regression' ? ofNumbers(sample, target, rest, byGaps) : ofClasses(sample, target, rest, byGaps);
}

function ofClasses(
  sample: Sample,
  target: string,
  columns: readonly SampledColumn[],
  byGaps: readonly GivingAway[],
): Suspects {
  const { classes, count } = classesOf(sample.target);
  const byValues = columns.flatMap((column): readonly GivingAway[] => {
    const evidence = classEvidence(column, classes, count);
    if (evidence === undefined) return [];
    const share = formatShare(Math.floor(1000 * evidence.recall), 1000);
    const how = evidence.renames ? 'it is the target in other words: its values tell' : 'alone it tells';
    const sentence = `${how} ${quote(target)} right in ${share} of the rows of each class on average, tried on rows that it was not learned from`;
    return [{ column: column.name, sentence }];
  });
  return { columns: [...byGaps, ...byValues], formulas: [] };
}

function ofNumbers(
  { target: values }: Sample,
  target: string,
  columns: readonly SampledColumn[],
  byGaps: readonly GivingAway[],
): Suspects {
  const copies: Formula[] = [];
  const alike: GivingAway[] = [];
  const others: SampledColumn[] = [];
  for (const column of columns) {
    const copy = column.ordered ? findLinearCopy(column, values) : undefined;
    const evidence = copy === undefined ? valueEvidence(column, values) : undefined;
    if (copy !== undefined) copies.push(copy);
    else if (evidence === undefined) others.push(column);
    else {
      const { correlation, explained } = evidence;
      const told =
        correlation === undefined
          ? `its values explain ${formatShare(Math.floor(1000 * explained), 1000)} of the order of ${quote(target)}, tried on rows that they were not learned from`
          : `it ${correlation > 0 ? 'rises' : 'falls'} as ${quote(target)} rises almost without exception: a rank correlation of ${correlation.toFixed(3)}`;
      alike.push({ column: column.name, sentence: told });
    }
  }
  return {
    columns: [...byGaps, ...alike],
    formulas: [...copies, ...findFormulas({ target: values, columns: others })],
  };
}
