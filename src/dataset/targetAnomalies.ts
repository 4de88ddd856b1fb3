import { listed, quote } from '../config/complaint.ts';
import type { Departure } from './anomaly.ts';
import { MOST_LABELS, type Dataset, type ModelData, type ModelDatasets } from './dataset.ts';
import { canonicalLabel } from './labelSql.ts';

/** Rules on the column that is to be predicted. */
export function targetAnomalies(model: ModelData, datasets: ModelDatasets): readonly Departure[] {
  const all = [datasets.train, datasets.validation, datasets.holdout].filter((dataset) => dataset !== undefined);
  return [
    ...all.flatMap((dataset) => [
      ...missingTargets(model, dataset),
      ...unfitValues(model, dataset),
      ...constantTarget(model, dataset),
    ]),
    ...labelsUnlike(model, datasets),
  ];
}

function missingTargets({ target }: ModelData, { role, rows, columns }: Dataset): readonly Departure[] {
  const column = columns.find(({ name }) => name === target);
  if (column === undefined || column.missing === 0) return [];
  return [
    {
      code: 'FEATURE_TYPE_LOW_FRACTION_PRESENT',
      severity: 'error',
      dataset: role,
      column: target,
      found: `${column.missing} of ${rows} rows have no ${quote(target)}, the target`,
      expected: 'a target in every row',
      remedy: 'Take these rows out, or fill it in',
    },
  ];
}

/** Values that the task cannot have. */
function unfitValues(model: ModelData, { role, target }: Dataset): readonly Departure[] {
  const about = { severity: 'error', dataset: role, column: model.target } as const;
  if (target.kind === 'values' && target.notNumbers > 0) {
    return [
      {
        ...about,
        code: 'UNEXPECTED_DATA_TYPE',
        found: `${target.notNumbers} values of ${quote(model.target)}, the target, are no finite numbers`,
        expected: 'numbers, as a regression predicts them',
        remedy: 'Correct them, or set another task',
      },
    ];
  }
  if (target.kind !== 'labels' || model.task.kind === 'regression') return [];
  const labels = target.counts.map(({ label }) => label);
  const classes = model.task.classes?.map(canonicalLabel);
  const unknown = classes === undefined ? [] : labels.filter((label) => !classes.includes(label));
  if (unknown.length > 0) {
    return [
      {
        ...about,
        code: 'ENUM_TYPE_UNEXPECTED_STRING_VALUES',
        found: `${quote(model.target)}, the target, holds ${listed(unknown)}`,
        expected: `one of the classes: ${listed(model.task.classes ?? [])}`,
        remedy: 'Correct the data, or add to classes in touchstone.yml',
      },
    ];
  }
  const most = model.task.kind === 'binary' ? 2 : MOST_LABELS - 1;
  if (labels.length <= most) return [];
  const count = labels.length > MOST_LABELS - 1 ? `${MOST_LABELS} labels or more` : `${labels.length} labels`;
  return [
    {
      ...about,
      code: 'ENUM_TYPE_UNEXPECTED_STRING_VALUES',
      found: `${quote(model.target)}, the target, holds ${count}: ${listed(labels)}`,
      expected: model.task.kind === 'binary' ? 'two, as the task is binary' : 'a few classes',
      remedy: model.task.kind === 'binary' ? 'Set "task: multiclass", or correct the data' : 'Set "task: regression"',
    },
  ];
}

/** Nothing can be learned from one value, and little measured. */
function constantTarget(model: ModelData, { role, rows, target }: Dataset): readonly Departure[] {
  const only =
    target.kind === 'labels'
      ? target.counts.length === 1
        ? target.counts[0]?.label
        : undefined
      : target.kind === 'values' && target.minimum !== undefined && target.minimum === target.maximum
        ? String(target.minimum)
        : undefined;
  if (only === undefined || rows < 2) return [];
  return [
    {
      code: 'FEATURE_TYPE_LOW_UNIQUE',
      severity: role === 'train' ? 'error' : 'warning',
      dataset: role,
      column: model.target,
      found: `${quote(model.target)}, the target, is ${quote(only)} in all rows`,
      expected: 'two different values or more',
      remedy: 'Look at how the rows were chosen and split',
    },
  ];
}

/** Classes that only one of training data and holdout have. */
function labelsUnlike(model: ModelData, { train, holdout }: ModelDatasets): readonly Departure[] {
  if (train?.target.kind !== 'labels' || holdout.target.kind !== 'labels') return [];
  if (train.rows === 0 || holdout.rows === 0) return [];
  const ofTrain = train.target.counts.map(({ label }) => label);
  const ofHoldout = holdout.target.counts.map(({ label }) => label);
  const unseen = ofHoldout.filter((label) => !ofTrain.includes(label));
  const absent = ofTrain.filter((label) => !ofHoldout.includes(label));
  const about = { severity: 'warning', dataset: 'holdout', column: model.target } as const;
  const departures: Departure[] = [];
  if (unseen.length > 0) {
    departures.push({
      ...about,
      code: 'ENUM_TYPE_UNEXPECTED_STRING_VALUES',
      found: `the holdout has classes that the training data have not: ${listed(unseen)}`,
      expected: `classes that a model can learn: ${listed(ofTrain)}`,
      remedy: 'Add rows of these classes to the training data, or take them out of the holdout',
    });
  }
  if (absent.length > 0) {
    departures.push({
      ...about,
      code: 'TARGET_CLASS_NOT_PRESENT',
      found: `the holdout has no row of ${listed(absent)}`,
      expected: 'rows of every class, to measure each of them',
      remedy: 'Put more rows aside, or add rows of these classes',
    });
  }
  return departures;
}
