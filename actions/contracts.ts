import * as v from 'valibot';
import type { NativePartName } from '../src/adapters/nativeParts/nativePart.ts';

/** What an action takes and gives: its `action.yml` and docs/actions.md say the same, and a test holds them to it. */
export interface ActionContract<Inputs extends InputSchemas = InputSchemas, Own extends string = string> {
  readonly name: string;
  /** By the input's name; each reads the text of the input, which is empty where it was left out. */
  readonly inputs: Inputs;
  /** Outputs beyond {@link COMMON_OUTPUTS}. */
  readonly outputs: readonly Own[];
  /** What the job's token must be allowed; told where GitHub refuses. */
  readonly permissions: Permissions;
  /** Native parts that the action loads. */
  readonly native: readonly NativePartName[];
}

export interface InputSchemas {
  readonly [name: string]: v.GenericSchema<string, unknown>;
}

/** The narrowed inputs of an action. */
export type InputsOf<Schemas extends InputSchemas> = {
  readonly [name in keyof Schemas]: v.InferOutput<Schemas[name]>;
};

interface Permissions {
  readonly [scope: string]: 'read' | 'write';
}

/** Outputs of every action. */
export const COMMON_OUTPUTS = ['verdict', 'blocks', 'reason_code', 'report', 'result'] as const;

const text = v.pipe(v.string(), v.nonEmpty('some text'));
const optionalText = v.pipe(
  v.string(),
  v.transform((written) => (written === '' ? undefined : written)),
);
const flag = v.pipe(
  v.picklist(['true', 'false'], 'true or false'),
  v.transform((written) => written === 'true'),
);
const wholeNumber = (what: string): v.GenericSchema<string, number> =>
  v.pipe(v.string(), v.regex(/^\d{1,15}$/, what), v.transform(Number));
/** 0 asks for nothing. */
const leastMiB = wholeNumber('a whole number of MiB');

/** How a training machine must be equipped. */
const machineInputs = {
  gpu: v.picklist(['required', 'optional', 'none'], 'one of required, optional, none'),
  'gpu-memory': leastMiB,
  disk: leastMiB,
  state: optionalText,
};

const configInput = { config: optionalText };
const tokenInput = { token: text };

function contract<const Inputs extends InputSchemas, const Own extends string>(
  written: ActionContract<Inputs, Own>,
): ActionContract<Inputs, Own> {
  return written;
}

export const VALIDATE = contract({
  name: 'validate',
  inputs: { ...configInput, ...tokenInput },
  outputs: ['models'],
  permissions: { contents: 'read', 'pull-requests': 'read' },
  native: ['duckdb'],
});

export const TRAIN = contract({
  name: 'train',
  inputs: { model: text, ...configInput, ...machineInputs },
  outputs: ['candidate'],
  permissions: { contents: 'read' },
  native: ['duckdb', 'onnxruntime'],
});

export const JUDGE = contract({
  name: 'judge',
  inputs: { run: wholeNumber('the number of a run, as in its address'), ...configInput, ...tokenInput },
  outputs: ['judgement'],
  permissions: { contents: 'read', actions: 'read', 'pull-requests': 'read' },
  native: ['duckdb', 'onnxruntime'],
});

export const PUBLISH = contract({
  name: 'publish',
  inputs: {
    run: wholeNumber('the number of a run, as in its address'),
    judgement: optionalText,
    judged: v.picklist(
      ['success', 'failure', 'cancelled', 'skipped'],
      'how the judging job ended: success, failure, cancelled or skipped',
    ),
    'answered-by': v.picklist(['job', 'app'], 'who writes check and comment: job or app'),
    ...configInput,
    ...tokenInput,
  },
  outputs: ['answer'],
  permissions: { contents: 'write', actions: 'read', checks: 'write', 'pull-requests': 'write' },
  native: [],
});

export const OVERRIDE = contract({
  name: 'override',
  inputs: {
    comment: wholeNumber('the number of a comment, as in its address'),
    run: wholeNumber('the number of a run, as in its address'),
    ...configInput,
    ...tokenInput,
  },
  outputs: ['answer'],
  permissions: { contents: 'write', actions: 'read', 'pull-requests': 'read' },
  native: [],
});

/** The action at the root of the repository. */
export const RUN = contract({
  name: 'run',
  inputs: { model: optionalText, ...configInput, 'fail-on-block': flag, ...machineInputs, ...tokenInput },
  outputs: [],
  permissions: { contents: 'read' },
  native: ['duckdb', 'onnxruntime'],
});

/** By the folder of its `action.yml`, relative to the repository. */
export const ACTIONS: { readonly [folder: string]: ActionContract } = {
  'actions/validate': VALIDATE,
  'actions/train': TRAIN,
  'actions/judge': JUDGE,
  'actions/publish': PUBLISH,
  'actions/override': OVERRIDE,
  '.': RUN,
};
