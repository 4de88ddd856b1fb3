import type { ModelConfig } from '../config/config.ts';
import { blocksOf, type Anomaly } from '../dataset/anomaly.ts';
import type { DatasetRole, ModelDatasets } from '../dataset/dataset.ts';
import { findAnomalies } from '../dataset/findAnomalies.ts';
import { parseSchema, schemaDigest } from '../dataset/schema.ts';
import { UserMistake } from '../failure.ts';
import type { Digest } from '../identity/digest.ts';
import type { ModelName } from '../identity/names.ts';

export interface ValidateRequest {
  /** Absolute path of the folder that paths of the model are relative to. */
  readonly root: string;
  readonly model: ModelConfig;
}

export interface ValidatePorts {
  readonly inspect: (root: string, model: ModelConfig) => Promise<ModelDatasets>;
  /** The text of a file below the root. @throws UserMistake where there is none. */
  readonly readSchema: (root: string, path: string) => Promise<string>;
}

/** What `validate --json` prints of one model. */
export interface ValidationReport {
  readonly schema: 'touchstone/validation/v1';
  readonly model: ModelName;
  /** Errors first. */
  readonly anomalies: readonly Anomaly[];
  readonly datasets: readonly ValidatedDataset[];
  /** Whether an anomaly is an error. */
  readonly blocks: boolean;
}

interface ValidatedDataset {
  readonly role: DatasetRole;
  readonly files: readonly string[];
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly missing: number }[];
  readonly digest: Digest;
}

/** The report, and what was read for it, so that training and judging need not read it again. */
export interface Validation {
  readonly report: ValidationReport;
  readonly datasets: ModelDatasets;
  /** Of the schema file; absent where the model has none. */
  readonly schemaDigest?: Digest;
}

/**
 * Reads the datasets of a model and says where they depart from its schema and from what any model needs.
 *
 * @throws UserMistake where data or schema cannot be read at all, or lack a column that the configuration names.
 */
export async function validate({ root, model }: ValidateRequest, ports: ValidatePorts): Promise<Validation> {
  const path = model.data.schema;
  const schema = path === undefined ? undefined : parseSchema(await ports.readSchema(root, path), path);
  const datasets = await ports.inspect(root, model);
  const anomalies = findAnomalies(model, datasets, schema);
  refuseMissingColumns(model, anomalies);
  const report: ValidationReport = {
    schema: 'touchstone/validation/v1',
    model: model.name,
    anomalies,
    datasets: [datasets.train, datasets.validation, datasets.holdout].flatMap((dataset) =>
      dataset === undefined
        ? []
        : [
            {
              role: dataset.role,
              files: dataset.files,
              rows: dataset.rows,
              columns: dataset.columns.map(({ name, type, missing }) => ({ name, type, missing })),
              digest: dataset.digest,
            },
          ],
    ),
    blocks: blocksOf(anomalies),
  };
  return { report, datasets, ...(schema && { schemaDigest: schemaDigest(schema) }) };
}

/** Data and configuration that do not speak of the same columns: nothing can be said of them yet. */
function refuseMissingColumns({ target, id, group, features = [] }: ModelConfig, anomalies: readonly Anomaly[]): void {
  const named = [target, id, group, ...features];
  const [first, ...rest] = anomalies.filter(
    ({ code, severity, column }) =>
      code === 'SCHEMA_MISSING_COLUMN' && severity === 'error' && column !== undefined && named.includes(column),
  );
  if (first !== undefined) throw new UserMistake('column-missing', first, ...rest);
}
