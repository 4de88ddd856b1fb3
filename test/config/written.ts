import { stringify } from 'yaml';
import type { Config, ModelConfig } from '../../src/config/config.ts';
import { parseConfig } from '../../src/config/parseConfig.ts';
import { UserMistake } from '../../src/failure.ts';

type Written = Readonly<Record<string, unknown>>;

/** The least that a model needs. */
export const LEAST: Written = { task: 'binary', target: 'churned', data: { holdout: 'holdout.csv' } };

/** A training section with nothing wrong in it. */
export const TRAIN: Written = { command: ['python', 'train.py'], inputs: ['train.py'], output: 'model.onnx' };

export function configOf(text: string): Config {
  return parseConfig(text, { file: '/repo/touchstone.yml', root: '/repo', shown: 'touchstone.yml' }).config;
}

/** The text of a file with one model, `churn`: the least that it needs, changed as told. */
export function textOf(model: Written): string {
  return stringify({ version: 1, models: { churn: { ...LEAST, ...model } } });
}

export function modelOf(model: Written): ModelConfig {
  const [only] = configOf(textOf(model)).models.values();
  if (only === undefined) throw new Error('no model');
  return only;
}

/** Every problem of a text, without its line and column: `models.churn.task: "bin". Expected ...`. */
export function problemsIn(text: string): readonly string[] {
  return placedProblemsIn(text).map((line) => line.replace(/^touchstone\.yml:\d+:\d+ ?/, ''));
}

/** Every problem of a text as a person reads it. */
export function placedProblemsIn(text: string): readonly string[] {
  try {
    configOf(text);
    return [];
  } catch (error) {
    if (error instanceof UserMistake) return error.message.split('\n');
    throw error;
  }
}

/** Every problem of a model, its path told from the model on: `gates[0].slice: no slice ...`. */
export function problemsWith(model: Written): readonly string[] {
  return problemsIn(textOf(model)).map((line) => line.replace(/^models\.churn\.?/, ''));
}
