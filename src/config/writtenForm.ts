import * as v from 'valibot';
import { metricsOf } from '../evaluation/metricName.ts';
import { NAME_PATTERN } from '../identity/names.ts';

// `touchstone.yml` as people write it: shorthand allowed, defaults left out. The JSON Schema for editors is generated
// from here, descriptions included; what a shape cannot say stands in the rules.

const TASKS = ['binary', 'multiclass', 'regression'] as const;
const METRICS = [...new Set(TASKS.flatMap(metricsOf))].join(', ');

const text = v.pipe(v.string(), v.nonEmpty());
const label = v.union([text, v.number(), v.boolean()]);
const quantity = v.union([v.pipe(v.number(), v.finite()), text]);
const list = v.union([text, v.array(text)]);
const nonEmptyList = v.union([text, v.pipe(v.array(text), v.nonEmpty())]);

function optional<Schema extends v.GenericSchema>(
  schema: Schema,
  description: string,
): v.ExactOptionalSchema<
  v.SchemaWithPipe<readonly [Schema, v.DescriptionAction<v.InferOutput<Schema>, string>]>,
  undefined
> {
  return v.exactOptional(described(schema, description));
}

function described<Schema extends v.GenericSchema>(
  schema: Schema,
  description: string,
): v.SchemaWithPipe<readonly [Schema, v.DescriptionAction<v.InferOutput<Schema>, string>]> {
  return v.pipe(schema, v.description(description));
}

const split = v.strictObject({
  holdout: described(
    quantity,
    'Share of the rows that judge, such as 20%; with `by: time`, the instant they start at.',
  ),
  validation: optional(quantity, 'Share of the rows handed to training for validation; with `by: time`, an instant.'),
  by: optional(
    v.picklist(['id', 'group', 'row', 'time']),
    'What keeps a row on its side when data grows. Default: `group` where the model has one, else `id`, else `row`.',
  ),
  salt: optional(text, 'Another salt puts other rows aside. Default: the name of the model.'),
});

const data = v.strictObject({
  train: optional(list, 'Files or globs of the rows to train on: CSV or Parquet.'),
  validation: optional(list, 'Files or globs of the rows handed to training for validation.'),
  holdout: optional(list, 'Files or globs of the rows that judge. Either this or `split`.'),
  schema: optional(text, 'File that says what the rows should look like.'),
  split: optional(split, 'Puts rows of `data.train` aside, by a hash of what identifies them or at an instant.'),
});

const setup = v.strictObject({
  requirements: optional(text, 'A requirements file; Touchstone keeps a virtual environment for it.'),
  command: optional(nonEmptyList, 'A command, as a list of words, that prepares the environment.'),
});

const train = v.strictObject({
  command: described(
    nonEmptyList,
    'The training command as a list of words: `[python, train.py]`. No shell is involved.',
  ),
  inputs: described(
    nonEmptyList,
    'Files, folders and globs that the command may see. Nothing else is there when it runs.',
  ),
  output: described(text, 'The file that training leaves: an ONNX model, or predictions as CSV or Parquet.'),
  setup: optional(setup, 'Prepares what the command runs in: `requirements` or `command`.'),
  params: optional(
    v.record(v.string(), v.union([v.string(), v.pipe(v.number(), v.finite()), v.boolean()])),
    'Parameters handed to the command; part of the identity of the model.',
  ),
  seed: optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0)), 'Seed handed to the command. Default: 0.'),
  files: optional(list, 'Further files that training leaves, kept beside the model.'),
  timeout: optional(quantity, 'Longest time that training may take, such as `90s`, `30m`, `1h30m`. Default: 1h.'),
  env: optional(list, 'Names of environment variables handed on to the command.'),
});

const slice = v.union([
  text,
  v.strictObject({
    name: described(text, 'What reports and gates call the slice.'),
    where: described(text, 'SQL condition over the columns of the holdout, such as `tenure < 12`.'),
  }),
]);

const gate = v.strictObject({
  metric: described(text, `What is measured: ${METRICS}.`),
  slice: optional(text, 'The slice that the gate watches: a name, or `COLUMN=VALUE`. Default: overall.'),
  min: optional(v.pipe(v.number(), v.finite()), 'Least value that passes, itself included.'),
  max: optional(v.pipe(v.number(), v.finite()), 'Greatest value that passes, itself included.'),
  maxRegression: optional(quantity, 'May not be worse than the champion by more: `0.01`, or `2%` of its value.'),
  minImprovement: optional(
    quantity,
    'Must be better than the champion by at least this: `0.01`, or `2%` of its value.',
  ),
  whenInconclusive: optional(
    v.picklist(['observed', 'pass', 'block']),
    'What happens where the data do not settle it: block if the observed difference is beyond the margin, never, always. Default: `observed` for overall, `pass` for slices.',
  ),
});

const model = v.strictObject({
  task: described(v.picklist(TASKS), 'What the model predicts.'),
  target: described(text, 'Column that holds the truth.'),
  positive: optional(label, 'Binary: the label whose probability is scored. Default: the second class of the model.'),
  classes: optional(
    v.array(label),
    'Labels in the order of the probabilities; binary: two. Default: as the model says.',
  ),
  id: optional(text, 'Column that identifies a row.'),
  time: optional(text, 'Column that says when a row came to be.'),
  group: optional(text, 'Column of what rows depend on together, such as a customer: intervals then count groups.'),
  features: optional(
    nonEmptyList,
    'Columns of a model with one tensor input, in order. Default: all but target, id, time and group.',
  ),
  data: described(data, 'Where the rows are. Paths are relative to this file.'),
  train: optional(train, 'How the model is trained.'),
  slices: optional(
    v.union([text, v.array(slice)]),
    'Parts of the holdout to look at: a column, or a name and a condition.',
  ),
  metrics: optional(list, 'Metrics to show beside those that gates speak of. Default: those usual for the task.'),
  gates: optional(v.array(gate), 'Bounds that decide whether a candidate is accepted.'),
  promote: optional(
    v.strictObject({
      requires: optional(
        v.picklist(['advisory', 'judged', 'sealed']),
        'Least assurance of a verdict that promotes: `advisory` is judged where training ran. Default: judged.',
      ),
    }),
    'What promotion asks for.',
  ),
  deploy: optional(
    v.strictObject({
      environments: optional(
        nonEmptyList,
        'Environments that serve the model; the last is production. Default: [production].',
      ),
    }),
    'Where the model serves.',
  ),
});

const right = (description: string): ReturnType<typeof optional<typeof nonEmptyList>> =>
  optional(nonEmptyList, description);
const commands = v.strictObject({
  retrain: right(
    'Who may train again by `/retrain`: a role (triage, write, maintain, admin), or a list with "@login". Default: write.',
  ),
  'ok-to-train': right(
    'Who may let the code of a fork run by `/ok-to-train`: write, maintain, admin, "@login". Default: write.',
  ),
  override: right('Who may let a gate pass by `/override`: write, maintain, admin, "@login". Default: maintain.'),
});

export const WrittenConfig = v.strictObject({
  version: described(v.literal(1), 'Version of this format: 1.'),
  registry: optional(
    text,
    'Where the registry lies: `file:PATH`, `github:` for this repository, `github:OWNER/NAME` for another. Default: file:.touchstone/registry.',
  ),
  models: described(
    v.record(v.pipe(v.string(), v.metadata({ pattern: NAME_PATTERN })), model),
    'The models of this repository, by name.',
  ),
  commands: optional(commands, 'Who may do what by a comment on a pull request, where the App is installed.'),
});

export type WrittenConfig = v.InferOutput<typeof WrittenConfig>;
export type WrittenCommands = v.InferOutput<typeof commands>;
export type WrittenModel = v.InferOutput<typeof model>;
export type WrittenGate = v.InferOutput<typeof gate>;
export type WrittenTrain = v.InferOutput<typeof train>;
export type WrittenLabel = v.InferOutput<typeof label>;
