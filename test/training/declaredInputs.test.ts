import { describe, expect, it } from 'vitest';
import type { ModelConfig } from '../../src/config/config.ts';
import { parseModelName } from '../../src/identity/names.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { declares, refuseHoldoutAmongInputs, type InputFile } from '../../src/training/declaredInputs.ts';
import { mistakeOf } from '../fakes/mistakeOf.ts';

describe('the declared inputs', () => {
  it.each([
    [['train.py'], 'train.py', true],
    [['train.py'], 'train.pyc', false],
    [['./src/'], 'src/net/layers.py', true],
    [['src'], 'srcs/net.py', false],
    [['src/*.py'], 'src/net.py', true],
    [['src/*.py'], 'src/net/layers.py', false],
    [['src/**/*.{py,toml}'], 'src/net/layers.toml', true],
    [['.'], '.env.example', true],
    [['**'], '.github/labels.yml', true],
    [['**'], '.git/config', false],
    [['.'], 'models/.touchstone/candidates/a', false],
    [['src'], 'src/__pycache__/net.cpython-311.pyc', false],
  ])('%j and %s: %s', (patterns, path, expected) => {
    expect(declares(patterns, path)).toBe(expected);
  });

  const input = (path: string, source = path): InputFile => {
    return { path, source, digest: digestOfBytes(''), bytes: 0, executable: false };
  };
  const model = (data: Partial<ModelConfig['data']>): ModelConfig => ({
    name: parseModelName('churn'),
    task: { kind: 'binary' },
    target: 'left',
    data: { train: ['data/train.csv'], validation: [], holdout: [], ...data },
    slices: [],
    metrics: [],
    gates: [],
    promote: { requires: 'advisory' },
    deploy: { environments: [] as never },
  });
  const split = { by: 'row', holdout: 0.2, validation: 0, salt: 'churn' } as const;

  it('may not hold the holdout, nor what it is split from, nor a link to it', () => {
    const files = [input('train.py'), input('data/holdout.csv'), input('linked.csv', 'data/holdout.csv')];
    const told = mistakeOf(() => refuseHoldoutAmongInputs(files, model({ holdout: ['data/holdout*'] }), 'train'));
    expect(told.code).toBe('holdout-among-inputs');
    expect(told.problems.map((problem) => problem.found)).toEqual([
      'the inputs hold data/holdout.csv, which the holdout is taken from',
      'the inputs hold linked.csv, which the holdout is taken from',
    ]);
    expect(() => refuseHoldoutAmongInputs([input('data/train.csv')], model({ split }), 'train')).toThrow(
      'the inputs hold data/train.csv, which the holdout is taken from',
    );
  });

  it('may hold training data that no holdout comes from', () => {
    refuseHoldoutAmongInputs([input('data/train.csv')], model({ holdout: ['data/holdout.csv'] }), 'train');
  });
});
