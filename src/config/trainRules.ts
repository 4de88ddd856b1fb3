import { quote } from './complaint.ts';
import { entriesOf } from './reading.ts';
import { unportableName } from './repositoryPath.ts';
import type { Rule } from './rule.ts';

export const setupIsOneOfItsKinds: Rule = ({ path, written }, complain) => {
  const setup = written.train?.setup;
  if (setup === undefined || (setup.requirements === undefined) !== (setup.command === undefined)) return;
  complain({
    path: [...path, 'train', 'setup'],
    found: setup.command === undefined ? 'an empty mapping' : 'both requirements and command',
    expected: 'either "requirements: FILE" or "command: [WORD, ...]"',
    leansOn: [[...path, 'train', 'setup']],
  });
};

/** A model version is the same on every system: what goes into it must have a name on each. */
export const trainingFilesHaveNamesEverywhere: Rule = ({ path, model, written }, complain) => {
  const lists = { inputs: written.train?.inputs, output: written.train?.output, files: written.train?.files };
  if (model.train === undefined) return;
  for (const [key, list] of Object.entries(lists)) {
    for (const { value, path: at } of entriesOf(list, [...path, 'train', key])) {
      const name = unportableName(value);
      if (name === undefined) continue;
      complain({
        path: at,
        found: `${quote(value)}, in which no file on Windows can be called ${quote(name)}`,
        expected: 'no device names (CON, NUL, AUX, ...), and no dot or blank at the end of a name',
        remedy: 'Rename it',
      });
    }
  }
};

const PREDICTIONS = /\.(csv|parquet)$/i;

export const outputIsAModelOrPredictions: Rule = ({ path, model }, complain) => {
  const output = model.train?.output;
  if (output === undefined || /\.onnx$/i.test(output) || PREDICTIONS.test(output)) return;
  complain({
    path: [...path, 'train', 'output'],
    found: quote(output),
    expected: 'an ONNX model (.onnx), or predictions (.csv, .parquet)',
    remedy: 'Export the model as ONNX, or let training write its predictions for the holdout',
  });
};

export const outputIsOneFile: Rule = ({ path, model }, complain) => {
  const output = model.train?.output;
  if (output === undefined || !/[*?[\]{}]/.test(output)) return;
  complain({
    path: [...path, 'train', 'output'],
    found: `the pattern ${quote(output)}`,
    expected: 'the name of one file',
  });
};

export const predictionsAreMatchedById: Rule = ({ path, model }, complain) => {
  if (model.id !== undefined || !PREDICTIONS.test(model.train?.output ?? '')) return;
  complain({
    path: [...path, 'train', 'output'],
    found: 'predictions on file, and the model names no column that identifies a row',
    remedy: 'Add "id: COLUMN" to the model',
    leansOn: [[...path, 'id']],
  });
};

export const environmentVariablesAreNames: Rule = ({ path, written }, complain) => {
  for (const entry of entriesOf(written.train?.env, [...path, 'train', 'env'])) {
    // What stands after "=" may be a secret: it is never shown.
    const [name = '', value] = entry.value.split('=', 2);
    if (value !== undefined) {
      const found = `a value for ${quote(name)}`;
      complain({ path: entry.path, found, expected: 'the name alone', remedy: 'Set the value where the command runs' });
    } else if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      complain({
        path: entry.path,
        found: quote(name),
        expected: 'the name of an environment variable, such as HF_TOKEN',
      });
    } else if (name.startsWith('TOUCHSTONE_')) {
      complain({ path: entry.path, found: quote(name), expected: 'a name that Touchstone does not set itself' });
    }
  }
};
