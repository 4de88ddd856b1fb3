import { UserMistake } from '../failure.ts';
import { countOf } from '../wording/numbers.ts';
import type { Associations } from './associations.ts';
import { quotedList } from './columnNames.ts';
import { inferSchema } from './inferSchema.ts';
import type { Proposal, Wishes } from './proposal.ts';
import { proposeFeatures, type ProposedColumns } from './proposeFeatures.ts';
import { proposeMetric } from './proposeMetric.ts';
import { proposeModelName } from './proposeModelName.ts';
import { proposeRoles } from './proposeRoles.ts';
import { proposeSlices } from './proposeSlices.ts';
import { proposeSplit } from './proposeSplit.ts';
import { proposeTarget } from './proposeTarget.ts';
import type { Survey } from './survey.ts';

/**
 * A model's section out of what its data look like.
 *
 * @param associations of the target that `proposeTarget` gives for the same survey and wishes.
 * @throws UserMistake what `proposeTarget` throws; `model_name_invalid`, `column_unknown`, `column_unusable` for a wish
 * that cannot be granted; `no_features` where no column is left to learn from.
 */
export function propose(survey: Survey, associations: Associations, wishes: Wishes): Proposal {
  const { target, task, reasons } = proposeTarget(survey, wishes);
  const { model, reason: name } = proposeModelName(survey.files, wishes.model);
  const roles = proposeRoles(survey, target, wishes);
  const columns = proposeFeatures(survey, target, roles, associations);
  if (columns.features.length === 0) throw nothingToLearnFrom(survey, target, columns);
  const aim = survey.columns.find((column) => column.name === target);
  if (aim === undefined) throw new Error(`The survey has no column ${target}.`);
  const { split, holdoutRows, reason: splitReason } = proposeSplit(survey, aim, task, roles);
  const cut = survey.columns.filter(({ name: column }) =>
    columns.features.some((feature) => feature.column === column),
  );
  const { slices, reason: sliceReason } = proposeSlices(cut, survey, holdoutRows);
  const { metric, shown, floor, reason: metricReason } = proposeMetric(survey, aim, task, associations);
  return {
    model,
    data: survey.files,
    task,
    target,
    ...(roles.id !== undefined && { id: roles.id.name }),
    ...(roles.time !== undefined && { time: roles.time.name }),
    ...(roles.group !== undefined && { group: roles.group.name }),
    ...columns,
    split,
    holdoutRows,
    slices,
    metric,
    shown,
    ...(floor !== undefined && { floor }),
    schema: inferSchema(survey, optionalColumns(columns)),
    reasons: {
      ...reasons,
      ...roles.reasons,
      model: name,
      split: splitReason,
      ...(sliceReason !== undefined && { slices: sliceReason }),
      metric: metricReason,
    },
  };
}

/** What no part of the model needs: tomorrow's data may well come without it. */
function optionalColumns({ leftOut }: ProposedColumns): readonly string[] {
  return leftOut.filter(({ because }) => because !== 'role').map(({ column }) => column);
}

function nothingToLearnFrom({ files, columns }: Survey, target: string, { leftOut }: ProposedColumns): UserMistake {
  const shown = leftOut.slice(0, 5).map(({ column, sentence }) => `${quotedList([column])}: ${sentence}`);
  return new UserMistake('no_features', {
    where: files.join(', '),
    found: `${countOf(columns.length, 'column')}, and none to learn ${quotedList([target])} from${shown.length === 0 ? '' : ` (${shown.join('; ')})`}`,
    expected: 'at least one column of numbers, or of few different texts, beside the target',
    remedy: 'Name the file that holds them, or another target: --target COLUMN',
  });
}
