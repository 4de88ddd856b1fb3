import { listed, quote } from '../config/complaint.ts';
import type { Departure } from './anomaly.ts';
import type { Dataset, DatasetColumn } from './dataset.ts';
import type { ColumnSchema, Schema, SchemaType } from './schema.ts';

/** Where a dataset departs from its schema. */
export function schemaAnomalies(schema: Schema, dataset: Dataset): readonly Departure[] {
  const departures: Departure[] = [];
  if (schema.minRows !== undefined && dataset.rows < schema.minRows) {
    departures.push({
      code: 'DATASET_LOW_NUM_EXAMPLES',
      severity: 'error',
      dataset: dataset.role,
      found: `there are ${dataset.rows} rows`,
      expected: `at least ${schema.minRows} (minRows)`,
      remedy: 'Add rows, or lower minRows in the schema',
    });
  }
  for (const [name, column] of schema.columns) {
    const actual = dataset.columns.find((each) => each.name === name);
    if (actual === undefined) departures.push(...missingColumn(name, column, dataset));
    else departures.push(...columnAnomalies(actual, column, dataset));
  }
  for (const { name } of dataset.columns) {
    if (schema.columns.has(name)) continue;
    departures.push({
      code: 'SCHEMA_NEW_COLUMN',
      severity: 'warning',
      dataset: dataset.role,
      column: name,
      found: `the schema does not know the column ${quote(name)}`,
      expected: listed([...schema.columns.keys()]),
      remedy: 'Add it to the schema, or take it out of the data',
    });
  }
  return departures;
}

function missingColumn(name: string, column: ColumnSchema, dataset: Dataset): readonly Departure[] {
  if (!column.required) return [];
  return [
    {
      code: 'SCHEMA_MISSING_COLUMN',
      severity: 'error',
      dataset: dataset.role,
      column: name,
      found: `there is no column ${quote(name)}`,
      expected: `a column of type ${column.type}, as the schema says`,
      remedy: 'Add it to the data, or set "required: false"',
    },
  ];
}

function columnAnomalies(actual: DatasetColumn, column: ColumnSchema, dataset: Dataset): readonly Departure[] {
  const { role, rows } = dataset;
  const { name, missing } = actual;
  const departures: Departure[] = [];
  // A column that holds nothing has no type to speak of.
  if (missing < rows && !fits(actual, column.type)) {
    departures.push({
      code: 'UNEXPECTED_DATA_TYPE',
      severity: 'error',
      dataset: role,
      column: name,
      found: `the column ${quote(name)} holds ${actual.type} values`,
      expected: `${column.type}, as the schema says`,
      remedy: 'Correct the data, or the type in the schema',
    });
  }
  if (column.maxNullFraction !== undefined && missing > column.maxNullFraction * rows) {
    departures.push({
      code: 'FEATURE_TYPE_LOW_FRACTION_PRESENT',
      severity: 'error',
      dataset: role,
      column: name,
      found: `the column ${quote(name)} is missing in ${missing} of ${rows} rows (${percent(missing / rows)})`,
      expected: `at most ${percent(column.maxNullFraction)} (maxNullFraction)`,
      remedy: 'Fill the gaps in, or raise maxNullFraction in the schema',
    });
  }
  return departures;
}

/** Whether what a column holds can stand where the schema says `wanted`. */
function fits(actual: DatasetColumn, wanted: SchemaType): boolean {
  switch (wanted) {
    case 'integer':
      return actual.type === 'integer' || (actual.type === 'float' && actual.whole);
    case 'float':
      return actual.type === 'float' || actual.type === 'integer';
    case 'timestamp':
      return actual.type === 'timestamp' || actual.type === 'date';
    case 'string':
      // What CSV holds is text first; that all of it reads as numbers does not make it none.
      return actual.type === 'string' || actual.text;
    case 'boolean':
    case 'date':
      return actual.type === wanted;
  }
}

/** Digits enough to tell a small share from none. */
function percent(fraction: number): string {
  return `${Number((fraction * 100).toPrecision(3))}%`;
}
