import { listed, quote, suggestion } from '../config/complaint.ts';
import type { Departure } from './anomaly.ts';
import type { Dataset, ModelData, ModelDatasets } from './dataset.ts';
import { RowKeys } from './rowKeys.ts';

/** Rules that hold for the datasets of every model, with a schema or without. */
export function modelAnomalies(model: ModelData, datasets: ModelDatasets): readonly Departure[] {
  const all = [datasets.train, datasets.validation, datasets.holdout].filter((dataset) => dataset !== undefined);
  return [
    ...all.flatMap((dataset) => [
      ...noRows(dataset),
      ...missingRoles(model, dataset),
      ...emptyColumns(dataset, datasets.train),
    ]),
    ...all.flatMap((dataset) => columnsUnlike(datasets.train, dataset, model)),
    ...missingIds(model, datasets.holdout),
    ...repeatedIds(model, datasets.holdout),
    ...rowsInTraining(datasets),
  ];
}

function noRows({ role, rows }: Dataset): readonly Departure[] {
  if (rows > 0) return [];
  return [
    {
      code: 'DATASET_LOW_NUM_EXAMPLES',
      severity: 'error',
      dataset: role,
      found: 'there are no rows',
      expected: 'at least one',
      remedy: 'Look at the files and, where one is configured, at the split',
    },
  ];
}

/** The columns that the configuration gives a part to play. */
function missingRoles(model: ModelData, dataset: Dataset): readonly Departure[] {
  const names = dataset.columns.map(({ name }) => name);
  const wanted = new Map<string, string>();
  for (const feature of model.features ?? []) wanted.set(feature, 'a feature');
  if (model.group !== undefined && dataset.role === 'holdout') wanted.set(model.group, 'the group');
  if (model.id !== undefined) wanted.set(model.id, 'the id');
  wanted.set(model.target, 'the target');
  return [...wanted].flatMap(([name, part]): readonly Departure[] => {
    if (names.includes(name)) return [];
    return [
      {
        code: 'SCHEMA_MISSING_COLUMN',
        severity: 'error',
        dataset: dataset.role,
        column: name,
        found: `there is no column ${quote(name)}, ${part}`,
        expected: `one of ${listed(names)}`,
        remedy: 'Correct touchstone.yml or the data',
        ...suggestion(name, names),
      },
    ];
  });
}

/** A column that holds nothing; told once where the training data hold nothing there either. */
function emptyColumns({ role, rows, columns }: Dataset, train: Dataset | undefined): readonly Departure[] {
  return columns.flatMap(({ name, missing }): readonly Departure[] => {
    const before = train?.columns.find((column) => column.name === name);
    const told = role !== 'train' && before !== undefined && train?.rows !== 0 && before.missing === train?.rows;
    if (rows === 0 || missing < rows || told) return [];
    return [
      {
        code: 'FEATURE_TYPE_NOT_PRESENT',
        severity: 'warning',
        dataset: role,
        column: name,
        found: `the column ${quote(name)} holds nothing in any of ${rows} rows`,
        expected: 'some values',
        remedy: 'Fill it in, or take it out',
      },
    ];
  });
}

function columnsUnlike(train: Dataset | undefined, other: Dataset, model: ModelData): readonly Departure[] {
  if (train === undefined || other === train) return [];
  const departures: Departure[] = [];
  const parts = [model.target, model.id, model.group, ...(model.features ?? [])];
  for (const column of train.columns) {
    const { name } = column;
    const twin = other.columns.find((each) => each.name === name);
    if (twin === undefined) {
      // A missing target or id is told above, in words of its own.
      if (parts.includes(name)) continue;
      departures.push({
        code: 'SCHEMA_MISSING_COLUMN',
        severity: 'error',
        dataset: other.role,
        column: name,
        found: `there is no column ${quote(name)}, which the training data have`,
        expected: 'the columns of the training data',
        remedy: 'Add it, or take it out of the training data',
      });
    } else if (column.missing < train.rows && twin.missing < other.rows && kindOf(column.type) !== kindOf(twin.type)) {
      departures.push({
        code: 'UNEXPECTED_DATA_TYPE',
        // Text can hold anything; numbers that turn into text break what reads them.
        severity: column.type === 'string' ? 'warning' : 'error',
        dataset: other.role,
        column: name,
        found: `the column ${quote(name)} holds ${twin.type} values, and ${column.type} values in the training data`,
        expected: 'one type in all datasets',
        remedy: 'Look for values that do not belong there',
      });
    }
  }
  for (const { name } of other.columns) {
    if (train.columns.some((each) => each.name === name)) continue;
    departures.push({
      code: 'SCHEMA_NEW_COLUMN',
      severity: 'warning',
      dataset: other.role,
      column: name,
      found: `there is a column ${quote(name)}, which the training data have not`,
      expected: 'the columns of the training data',
      remedy: 'Take it out, or add it to the training data',
    });
  }
  return departures;
}

// A gap turns the integers of a column into floats in many tools, and a time of midnight is written as a date.
function kindOf(type: string): string {
  if (type === 'integer' || type === 'float') return 'number';
  return type === 'date' || type === 'timestamp' ? 'time' : type;
}

function missingIds(model: ModelData, { role, rows, columns }: Dataset): readonly Departure[] {
  const id = columns.find(({ name }) => name === model.id);
  if (id === undefined || id.missing === 0) return [];
  return [
    {
      code: 'FEATURE_TYPE_LOW_FRACTION_PRESENT',
      severity: joinsById(model) ? 'error' : 'warning',
      dataset: role,
      column: id.name,
      found: `${id.missing} of ${rows} rows have no ${quote(id.name)}, the id`,
      expected: 'an id in every row',
      remedy: 'Fill it in; predictions are joined to rows by it',
    },
  ];
}

function repeatedIds(model: ModelData, { role, rows, duplicateIds }: Dataset): readonly Departure[] {
  if (model.id === undefined || duplicateIds === 0) return [];
  return [
    {
      code: 'ID_NOT_UNIQUE',
      severity: joinsById(model) ? 'error' : 'warning',
      dataset: role,
      column: model.id,
      found: `${duplicateIds} of ${rows} rows share their ${quote(model.id)} with another one`,
      expected: 'an id of its own in every row',
      remedy: 'Name a column that identifies a row, or take the duplicates out',
    },
  ];
}

/** Whether the model's output is predictions on file, which are joined to rows by their id. */
function joinsById(model: ModelData): boolean {
  return model.train !== undefined && /\.(csv|parquet)(\.gz)?$/i.test(model.train.output);
}

function rowsInTraining({ train, holdout }: ModelDatasets): readonly Departure[] {
  if (train === undefined) return [];
  const shared = new RowKeys(holdout.rowKeys).shared(new RowKeys(train.rowKeys));
  if (shared === 0) return [];
  return [
    {
      code: 'HOLDOUT_ROWS_IN_TRAINING',
      severity: 'warning',
      dataset: 'holdout',
      found: `${shared} different rows stand in the training data too`,
      expected: 'rows that no model was trained on',
      remedy: 'They are dropped from the evaluation; take them out of one of the two',
    },
  ];
}
