import type { EnvironmentVariables } from './commandRun.ts';
import type { TrainConfig } from '../config/config.ts';
import { UserMistake, type Problem } from '../failure.ts';

/** The environment of a process, as it is handed in at the door. */
export interface HostEnvironment {
  readonly [name: string]: string | undefined;
}

/** Where a training command finds what it reads and leaves what it makes; absolute paths. */
export interface TrainingPaths {
  readonly trainData: string;
  readonly validationData?: string;
  /** Only where the candidate is a predictions file. */
  readonly holdoutFeatures?: string;
  readonly output: string;
  readonly checkpoints: string;
}

/** What every command gets from the host: how to find programs, speak the person's language and see the GPUs. */
const HANDED_ON = [
  'PATH',
  'HOME',
  'LANG',
  'LC_*',
  'TZ',
  'TMPDIR',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'CUDA_VISIBLE_DEVICES',
  'NVIDIA_*',
  // By this the Actions runner finds and ends what a cancelled job left behind.
  'RUNNER_TRACKING_ID',
  // Without these few hardly a program starts on Windows.
  'SYSTEMROOT',
  'COMSPEC',
  'PATHEXT',
  'TEMP',
  'TMP',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
];

/** What an installer needs beyond that: the package index and the way to it. */
const HANDED_ON_TO_SETUP = [
  'PIP_*',
  'UV_*',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'REQUESTS_CA_BUNDLE',
];

/**
 * The host's variables that a training command sees, and the ones that `train.env` names.
 * @throws UserMistake that lists every named variable that is not set.
 */
export function handedOn(
  host: HostEnvironment,
  named: readonly string[],
  where: string,
  phase: 'train' | 'setup',
): EnvironmentVariables {
  const missing = named.filter((name) => host[name] === undefined);
  const problems = missing.map((name): Problem => ({
    where: `${where}.env`,
    found: `the environment variable ${name} is not set`,
    remedy: `Set ${name}, or take it out of train.env`,
  }));
  const [first, ...rest] = problems;
  if (first) throw new UserMistake('variable-not-set', first, ...rest);
  const wanted = [...HANDED_ON, ...(phase === 'setup' ? HANDED_ON_TO_SETUP : []), ...named];
  const entries = Object.entries(host).filter(([name]) => wanted.some((pattern) => matches(name, pattern)));
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

// Windows spells "Path" and "SystemRoot" as it likes.
function matches(name: string, pattern: string): boolean {
  if (pattern.endsWith('*')) return name.startsWith(pattern.slice(0, -1));
  return name === pattern || (name.toUpperCase() === pattern && /^(path|systemroot|comspec|temp|tmp)$/i.test(name));
}

/**
 * The variables of the training contract: Touchstone's names, and SageMaker's for the same, so that a script written
 * for either runs (names as in aws/sagemaker-training-toolkit, ENVIRONMENT_VARIABLES.md).
 */
export function contractVariables(
  train: Pick<TrainConfig, 'params' | 'seed'>,
  paths: TrainingPaths,
  machine: { readonly cpus: number; readonly gpus: number },
): EnvironmentVariables {
  const params = JSON.stringify(train.params);
  const channels = paths.validationData === undefined ? ['training'] : ['training', 'validation'];
  return {
    TOUCHSTONE_TRAIN_DATA: paths.trainData,
    ...(paths.validationData !== undefined && {
      TOUCHSTONE_VALIDATION_DATA: paths.validationData,
      SM_CHANNEL_VALIDATION: folderOf(paths.validationData),
    }),
    ...(paths.holdoutFeatures !== undefined && { TOUCHSTONE_HOLDOUT_FEATURES: paths.holdoutFeatures }),
    TOUCHSTONE_OUTPUT_DIR: paths.output,
    TOUCHSTONE_CHECKPOINT_DIR: paths.checkpoints,
    TOUCHSTONE_PARAMS: params,
    TOUCHSTONE_SEED: String(train.seed),
    SM_CHANNELS: JSON.stringify(channels),
    SM_CHANNEL_TRAINING: folderOf(paths.trainData),
    SM_CHANNEL_TRAIN: folderOf(paths.trainData),
    SM_MODEL_DIR: paths.output,
    SM_OUTPUT_DATA_DIR: paths.output,
    SM_HPS: params,
    ...Object.fromEntries(Object.entries(train.params).map(([name, value]) => [hyperparameter(name), String(value)])),
    SM_NUM_CPUS: String(machine.cpus),
    SM_NUM_GPUS: String(machine.gpus),
    // Sets and dicts of strings otherwise come in another order each time. Its range is that of 32 bits.
    PYTHONHASHSEED: String(((Math.trunc(train.seed) % 2 ** 32) + 2 ** 32) % 2 ** 32),
    // A line is seen when it is printed, not when a buffer of 8 KiB is full.
    PYTHONUNBUFFERED: '1',
  };
}

function hyperparameter(name: string): string {
  return `SM_HP_${name.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_')}`;
}

function folderOf(file: string): string {
  return file.replace(/[\\/][^\\/]*$/, '');
}

/** The variables with a virtual environment in front: what `source activate` does. */
export function withVirtualEnvironment(
  variables: EnvironmentVariables,
  virtual: { readonly folder: string; readonly bin: string },
  pathDelimiter: string,
): EnvironmentVariables {
  const name = Object.keys(variables).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  const rest = variables[name];
  return {
    ...variables,
    [name]: rest === undefined || rest === '' ? virtual.bin : `${virtual.bin}${pathDelimiter}${rest}`,
    VIRTUAL_ENV: virtual.folder,
  };
}
