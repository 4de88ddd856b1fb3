import { describe, expect, it } from 'vitest';
import { configOf, modelOf, TRAIN } from './written.ts';

describe('a configuration', () => {
  it('needs little, and gets the rest by default', () => {
    const config = configOf(
      'version: 1\nmodels:\n  churn:\n    task: binary\n    target: churned\n    data: {holdout: holdout.csv}\n',
    );
    expect(config.registry).toEqual({ kind: 'folder', path: '.touchstone/registry' });
    expect(Object.fromEntries(config.models)).toEqual({
      churn: {
        name: 'churn',
        task: { kind: 'binary' },
        target: 'churned',
        data: { train: [], validation: [], holdout: ['holdout.csv'] },
        slices: [],
        metrics: [
          { family: 'accuracy' },
          { family: 'precision' },
          { family: 'recall' },
          { family: 'auc' },
          { family: 'logLoss' },
        ],
        gates: [],
        promote: { requires: 'judged' },
        deploy: { environments: ['production'] },
      },
    });
  });

  it('knows where the file and its folder are', () => {
    const { file, root } = configOf('version: 1\nmodels: {m: {task: regression, target: y, data: {holdout: h.csv}}}');
    expect({ file, root }).toEqual({ file: '/repo/touchstone.yml', root: '/repo' });
  });

  it('takes the registry from a folder anywhere', () => {
    expect(registryOf('file:../shared/registry')).toEqual({ kind: 'folder', path: '../shared/registry' });
    expect(registryOf('file:/srv/registry')).toEqual({ kind: 'folder', path: '/srv/registry' });
  });

  it.each(['github:', 'github:   # this repository', "'github:'", '"github:"', 'github'])(
    'takes the registry from the repository itself: %s',
    (written) => {
      expect(registryOf(written)).toEqual({ kind: 'github' });
    },
  );

  it('takes the registry from another repository', () => {
    expect(registryOf('github:acme/models')).toEqual({ kind: 'github', repository: 'acme/models' });
  });

  it('holds several models', () => {
    const model = '{task: regression, target: y, data: {holdout: h.csv}}';
    expect([...configOf(`version: 1\nmodels: {a: ${model}, b-2: ${model}}`).models.keys()]).toEqual(['a', 'b-2']);
  });
});

describe('shorthand', () => {
  it('takes one text for a list of one', () => {
    const model = modelOf({
      features: 'tenure',
      slices: 'sex',
      metrics: 'auc',
      data: { train: 'train.csv', validation: 'validation.csv', holdout: 'holdout.csv' },
      train: { ...TRAIN, command: './train.sh', inputs: 'src', files: 'log.txt', env: 'HF_TOKEN' },
      deploy: { environments: 'staging' },
    });
    expect(model.features).toEqual(['tenure']);
    expect(model.slices).toEqual([{ kind: 'column', column: 'sex' }]);
    expect(model.metrics).toEqual([{ family: 'auc' }]);
    expect(model.data).toEqual({ train: ['train.csv'], validation: ['validation.csv'], holdout: ['holdout.csv'] });
    expect(model.train).toMatchObject({
      command: ['./train.sh'],
      inputs: ['src'],
      files: ['log.txt'],
      env: ['HF_TOKEN'],
    });
    expect(model.deploy.environments).toEqual(['staging']);
  });

  it('tells a margin in the unit of the metric from a share of the baseline', () => {
    const [first, second] = modelOf({
      gates: [
        { metric: 'accuracy', maxRegression: 0.01 },
        { metric: 'auc', minImprovement: '0.7%' },
      ],
    }).gates;
    expect(first?.maxRegression).toEqual({ kind: 'absolute', value: 0.01 });
    // Not 0.7 / 100, which is 0.006999999999999999.
    expect(second?.minImprovement).toEqual({ kind: 'relative', fraction: 0.007 });
  });

  it('lets what is inconclusive pass in slices, and looks at what was observed overall', () => {
    const { gates } = modelOf({
      slices: ['sex'],
      gates: [
        { metric: 'accuracy', min: 0.5 },
        { metric: 'recall', slice: 'sex=Male', min: 0.5 },
        { metric: 'auc', slice: 'sex=Male', min: 0.5, whenInconclusive: 'block' },
      ],
    });
    expect(gates.map((gate) => [gate.slice, gate.whenInconclusive])).toEqual([
      ['overall', 'observed'],
      ['sex=Male', 'pass'],
      ['sex=Male', 'block'],
    ]);
  });

  it('writes paths in one form', () => {
    expect(modelOf({ data: { holdout: ['./a.csv', 'b//c.csv', 'd/./e/'] } }).data.holdout).toEqual([
      'a.csv',
      'b/c.csv',
      'd/e',
    ]);
  });
});

describe('a split', () => {
  const data = (split: object): object => ({ train: 'all.csv', split });

  it.each([
    ['the group where there is one', { group: 'user', id: 'row' }, 'group'],
    ['else the id', { id: 'row' }, 'id'],
    ['else the whole row', {}, 'row'],
  ])('keeps rows on their side by %s', (_, columns, by) => {
    expect(modelOf({ ...columns, data: data({ holdout: '20%' }) }).data.split).toEqual({
      by,
      holdout: 0.2,
      validation: 0,
      salt: 'churn',
    });
  });

  it('at an instant has instants in one form', () => {
    const split = { by: 'time', holdout: '2024-07-01T02:00:00+02:00', validation: '2024-06-01' };
    expect(modelOf({ time: 'at', data: data(split) }).data.split).toEqual({
      by: 'time',
      holdoutFrom: '2024-07-01T00:00:00.000Z',
      validationFrom: '2024-06-01T00:00:00.000Z',
    });
  });
});

describe('training', () => {
  it('has a seed and an hour by default', () => {
    const model = modelOf({ data: { train: 't.csv', holdout: 'h.csv' }, train: TRAIN });
    expect(model.train).toEqual({
      command: ['python', 'train.py'],
      inputs: ['train.py'],
      output: 'model.onnx',
      params: {},
      seed: 0,
      files: [],
      timeoutSeconds: 3600,
      env: [],
    });
  });

  it('prepares what it runs in by requirements or by a command', () => {
    const setup = (written: object): unknown =>
      modelOf({ data: { train: 't.csv', holdout: 'h.csv' }, train: { ...TRAIN, setup: written } }).train?.setup;
    expect(setup({ requirements: './requirements.txt' })).toEqual({ kind: 'requirements', file: 'requirements.txt' });
    expect(setup({ command: ['make', 'venv'] })).toEqual({ kind: 'command', command: ['make', 'venv'] });
  });
});

function registryOf(written: string): unknown {
  return configOf(
    `version: 1\nregistry: ${written}\nmodels: {m: {task: regression, target: y, data: {holdout: h.csv}}}`,
  ).registry;
}
