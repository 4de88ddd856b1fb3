import type { RepositoryName } from '../identity/git.ts';
import type { EnvironmentName, ModelName } from '../identity/names.ts';

/** `touchstone.yml` in its one normalised shape: defaults filled in, shorthand spelled out, every rule held. */
export interface Config {
  /** Absolute path of the file. */
  readonly file: string;
  /** Absolute path of the folder that holds it; every other path of the config is relative to this one. */
  readonly root: string;
  readonly registry: RegistryLocation;
  readonly models: ReadonlyMap<ModelName, ModelConfig>;
  /** Who may do what by a comment on a pull request. */
  readonly commands: CommandRights;
}

/** For each command that does something: whoever has at least the role, and those who are named. */
export type CommandRights = { readonly [command in GuardedCommand]: CommandRight };

export const GUARDED_COMMANDS = ['retrain', 'ok-to-train', 'override'] as const;
export type GuardedCommand = (typeof GUARDED_COMMANDS)[number];

export interface CommandRight {
  readonly least?: RepositoryRole;
  /** Logins. They too must have the least role that the command can be given to. */
  readonly people: readonly string[];
}

/** https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories: from the least to the most. */
export const REPOSITORY_ROLES = ['read', 'triage', 'write', 'maintain', 'admin'] as const;
export type RepositoryRole = (typeof REPOSITORY_ROLES)[number];

/** Where the registry lies. */
export type RegistryLocation =
  | { readonly kind: 'folder'; readonly path: string }
  /** A repository on GitHub: the one that is named, or the one that the configuration lies in. */
  | { readonly kind: 'github'; readonly repository?: RepositoryName };

export interface ModelConfig {
  readonly name: ModelName;
  readonly task: TaskConfig;
  readonly target: string;
  /** Column that identifies a row; needed by predictions files. */
  readonly id?: string;
  readonly time?: string;
  /** Column of what rows depend on together (one user, one day); intervals then count groups. */
  readonly group?: string;
  /** The columns of a model with one tensor input, in order. Without it: every column but target, id, time and group. */
  readonly features?: readonly string[];
  readonly data: DataConfig;
  readonly train?: TrainConfig;
  readonly slices: readonly SliceConfig[];
  readonly metrics: readonly MetricName[];
  readonly gates: readonly GateConfig[];
  readonly promote: { readonly requires: Assurance };
  readonly deploy: { readonly environments: readonly [EnvironmentName, ...EnvironmentName[]] };
}

export type TaskConfig =
  /** `positive` is the label whose probability is scored; absent: the model's second class. `classes` as below. */
  | { readonly kind: 'binary'; readonly positive?: string; readonly classes?: readonly string[] }
  /** Labels in the order of the model's probability columns; absent: the order that the model itself states. */
  | { readonly kind: 'multiclass'; readonly classes?: readonly string[] }
  | { readonly kind: 'regression' };

/** Paths and globs relative to the root. */
export interface DataConfig {
  readonly train: readonly string[];
  readonly validation: readonly string[];
  /** Empty where a split makes the holdout out of `train`. */
  readonly holdout: readonly string[];
  readonly schema?: string;
  readonly split?: SplitConfig;
}

/** How rows of `data.train` are put aside. Shares are fractions in (0, 1); instants are ISO 8601. */
export type SplitConfig =
  | {
      readonly by: 'id' | 'group' | 'row';
      readonly holdout: number;
      readonly validation: number;
      readonly salt: string;
    }
  | { readonly by: 'time'; readonly holdoutFrom: string; readonly validationFrom?: string };

export interface TrainConfig {
  readonly command: readonly [string, ...string[]];
  readonly setup?: SetupConfig;
  /** Files, folders and globs that the command may see. */
  readonly inputs: readonly string[];
  /** File in the output folder: ONNX, or predictions (CSV or Parquet). */
  readonly output: string;
  readonly params: { readonly [name: string]: string | number | boolean };
  readonly seed: number;
  /** Further files of the output folder kept beside the model. */
  readonly files: readonly string[];
  readonly timeoutSeconds: number;
  /** Names of environment variables handed on. */
  readonly env: readonly string[];
}

export type SetupConfig =
  | { readonly kind: 'requirements'; readonly file: string }
  | { readonly kind: 'command'; readonly command: readonly [string, ...string[]] };

export type SliceConfig =
  /** One slice for each value of the column: `sex=Male`. */
  | { readonly kind: 'column'; readonly column: string }
  /** The rows where a SQL condition over the holdout's columns holds. */
  | { readonly kind: 'where'; readonly name: string; readonly where: string };

export type Assurance = 'advisory' | 'judged' | 'sealed';

/** `recall`, `recall[9]`, `recall[macro]`: the family, and of which class it speaks. */
export interface MetricName {
  readonly family: MetricFamily;
  /** A class label, or `macro`; absent for metrics of the whole, and for the positive class of a binary task. */
  readonly of?: string;
}

export type MetricFamily =
  | 'accuracy'
  | 'recall'
  | 'precision'
  | 'f1'
  | 'logLoss'
  | 'brier'
  | 'auc'
  | 'averagePrecision'
  | 'mae'
  | 'rmse'
  | 'r2'
  | 'latencyMs';

/** A bound on one metric in one slice. At least one of the four bounds is given. */
export interface GateConfig {
  readonly metric: MetricName;
  /** `overall`, or the name of a slice. */
  readonly slice: string;
  readonly min?: number;
  readonly max?: number;
  readonly maxRegression?: Margin;
  readonly minImprovement?: Margin;
  readonly whenInconclusive: 'observed' | 'pass' | 'block';
}

/** Never negative. Absolute: in the metric's unit. Relative: a fraction of |baseline|, `"2%"` is 0.02. */
export type Margin =
  { readonly kind: 'absolute'; readonly value: number } | { readonly kind: 'relative'; readonly fraction: number };
