import { digestOfJson } from '../identity/digest.ts';
import { formatProblem } from '../failure.ts';
import type { DatasetRole } from './dataset.ts';

/** Codes as TensorFlow Data Validation names them (anomalies.proto), where it knows the case. */
type AnomalyCode =
  | 'DATASET_LOW_NUM_EXAMPLES'
  | 'SCHEMA_MISSING_COLUMN'
  | 'SCHEMA_NEW_COLUMN'
  | 'UNEXPECTED_DATA_TYPE'
  | 'FEATURE_TYPE_NOT_PRESENT'
  | 'FEATURE_TYPE_LOW_FRACTION_PRESENT'
  | 'FEATURE_TYPE_LOW_UNIQUE'
  | 'ENUM_TYPE_UNEXPECTED_STRING_VALUES'
  | AnomalyCodeOfOurs;

/** What it has no name for. */
type AnomalyCodeOfOurs = 'TARGET_CLASS_NOT_PRESENT' | 'ID_NOT_UNIQUE' | 'HOLDOUT_ROWS_IN_TRAINING';

/** An error blocks; a warning is told. */
type Severity = 'error' | 'warning';

/** One departure of a dataset from what it should look like. */
export interface Anomaly {
  /** Eight hex digits of (model, dataset, column, code): the same anomaly keeps its id while its counts change. */
  readonly id: string;
  readonly code: AnomalyCode;
  readonly severity: Severity;
  readonly dataset: DatasetRole;
  readonly column?: string;
  readonly where: string;
  readonly found: string;
  readonly expected?: string;
  readonly remedy?: string;
  /** All of it as one text, without its last full stop. */
  readonly message: string;
}

export type Departure = Pick<Anomaly, 'code' | 'severity' | 'dataset' | 'column' | 'found' | 'expected' | 'remedy'>;

export function anomaly(model: string, departure: Departure): Anomaly {
  const { code, dataset, column, found, expected, remedy } = departure;
  const where = `${dataset} data of ${model}`;
  const problem = {
    where,
    found,
    ...(expected === undefined ? {} : { expected }),
    ...(remedy === undefined ? {} : { remedy }),
  };
  return {
    id: digestOfJson([model, dataset, column ?? null, code]).slice(0, 8),
    ...departure,
    ...problem,
    message: formatProblem(problem).replace(/\.$/, ''),
  };
}

/** Whether data with these anomalies are not to be trained on or judged by. */
export function blocksOf(anomalies: readonly Anomaly[]): boolean {
  return anomalies.some(({ severity }) => severity === 'error');
}
