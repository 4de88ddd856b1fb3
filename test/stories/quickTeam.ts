import { stringify } from 'yaml';
import { linear, model } from '../adapters/onnxGraph.ts';
import type { FileChanges } from '../github/state/importCommit.ts';
import { workflows } from './shippedWorkflows.ts';
import { Team, type TeamOptions } from './team.ts';

/** Training within a second: the weights lie beside it, so that a story says how good the model is. */
export const TRAIN = `
import { copyFileSync } from 'node:fs';
copyFileSync('model.bin', process.env.TOUCHSTONE_OUTPUT_DIR + '/model.onnx');
`;

/** Says yes where \`a\` is greater than \`b\`, give or take what \`b\` weighs: 1 is never wrong. */
export function weighing(b: number): Uint8Array {
  return model(
    linear(
      [
        [-1, 1],
        [b, -b],
      ],
      [0, 0],
      'softmax',
    ),
  );
}

/** As good as the champion, and worse than it may be. */
export const GOOD = { 'model.bin': weighing(0.999) };
export const BAD = { 'model.bin': weighing(0.2) };

export const CHURN = {
  task: 'binary',
  target: 'y',
  positive: 'yes',
  classes: ['no', 'yes'],
  features: ['a', 'b'],
  data: { train: 'data/train.csv', holdout: 'data/holdout.csv', schema: 'schema.yml' },
  train: { command: ['node', 'train.mjs'], inputs: ['train.mjs', 'model.bin'], output: 'model.onnx' },
  metrics: ['accuracy', 'recall'],
  gates: [
    { metric: 'accuracy', min: 0.9 },
    { metric: 'recall', maxRegression: 0.05 },
  ],
  promote: { requires: 'advisory' },
};

export function configuration(churn: object = CHURN, others: object = {}): { readonly 'touchstone.yml': string } {
  return { 'touchstone.yml': stringify({ version: 1, registry: 'github:', models: { churn, ...others } }) };
}

export function rows(from: number, to: number): string {
  const lines = Array.from({ length: to - from }, (_, index) => {
    const row = from + index;
    const [a, b] = [(row * 7919) % 1009, (row * 104729) % 997];
    return `${a},${b},${a > b ? 'yes' : 'no'}`;
  });
  return `a,b,y\n${lines.join('\n')}\n`;
}

/** A team with a champion that is never wrong. */
export async function quickTeam(files: FileChanges = {}, options: TeamOptions = {}): Promise<Team> {
  const team = await beginners(files, options);
  await team.serve('churn');
  return team;
}

/** A team of which nothing serves yet. */
export async function beginners(files: FileChanges = {}, { answeredBy = 'job' }: TeamOptions = {}): Promise<Team> {
  const own = {
    ...configuration(),
    'schema.yml': stringify({ version: 1, columns: { a: 'integer', b: 'integer', y: 'string' } }),
    'data/train.csv': rows(0, 400),
    'data/holdout.csv': rows(400, 1200),
    'train.mjs': TRAIN,
    'model.bin': weighing(1),
    'README.md': '# Churn\n',
    ...(await workflows(answeredBy)),
    ...files,
  };
  return Team.with(own, { answeredBy });
}
