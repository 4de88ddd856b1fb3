import { describe, expect, it } from 'vitest';
import { contractVariables, handedOn, withVirtualEnvironment } from '../../src/training/commandEnvironment.ts';
import { mistakeOf } from '../fakes/mistakeOf.ts';

const paths = { trainData: '/w/data/training/train.csv', output: '/w/output', checkpoints: '/w/checkpoints/3f' };
const train = { params: { rate: 0.1, 'n-trees': 300, fast: true }, seed: 7 };

describe('the environment of a training command', () => {
  it('holds of the host only what finds programs, names the language and shows the GPUs', () => {
    const host = {
      PATH: '/bin',
      HOME: '/home/ada',
      LC_ALL: 'C.UTF-8',
      CUDA_VISIBLE_DEVICES: '0',
      NVIDIA_DRIVER_CAPABILITIES: 'all',
      AWS_SECRET_ACCESS_KEY: 'secret',
      GITHUB_TOKEN: 'secret',
      PYTHONPATH: '/elsewhere',
      HTTPS_PROXY: 'http://user:secret@proxy',
      ABSENT: undefined,
    };
    const seen = { PATH: '/bin', HOME: '/home/ada', LC_ALL: 'C.UTF-8' };
    expect(handedOn(host, [], 'train', 'train')).toEqual({
      ...seen,
      CUDA_VISIBLE_DEVICES: '0',
      NVIDIA_DRIVER_CAPABILITIES: 'all',
    });
    expect(handedOn(host, [], 'train', 'setup')).toMatchObject({ ...seen, HTTPS_PROXY: 'http://user:secret@proxy' });
  });

  it('holds what train.env names', () => {
    expect(handedOn({ HF_TOKEN: 't', EMPTY: '' }, ['HF_TOKEN', 'EMPTY'], 'train', 'train')).toEqual({
      HF_TOKEN: 't',
      EMPTY: '',
    });
  });

  it('needs every name of train.env, and names all that are not set', () => {
    const mistake = mistakeOf(() => handedOn({}, ['HF_TOKEN', 'INDEX'], 'touchstone.yml: models.m.train', 'train'));
    expect(mistake.code).toBe('variable-not-set');
    expect(mistake.problems.map((problem) => problem.found)).toEqual([
      'the environment variable HF_TOKEN is not set',
      'the environment variable INDEX is not set',
    ]);
  });

  it('finds PATH however Windows spells it', () => {
    expect(handedOn({ Path: 'C:\\bin', SystemRoot: 'C:\\Windows' }, [], 'train', 'train')).toEqual({
      Path: 'C:\\bin',
      SystemRoot: 'C:\\Windows',
    });
    expect(withVirtualEnvironment({ Path: 'C:\\bin' }, { folder: 'V', bin: 'V\\Scripts' }, ';')).toEqual({
      Path: 'V\\Scripts;C:\\bin',
      VIRTUAL_ENV: 'V',
    });
  });

  it('starts PATH with the virtual environment', () => {
    expect(withVirtualEnvironment({ PATH: '/bin' }, { folder: '/v', bin: '/v/bin' }, ':')).toEqual({
      PATH: '/v/bin:/bin',
      VIRTUAL_ENV: '/v',
    });
    expect(withVirtualEnvironment({}, { folder: '/v', bin: '/v/bin' }, ':')['PATH']).toBe('/v/bin');
  });

  it('names everything as Touchstone does and as SageMaker does', () => {
    const files = { ...paths, validationData: '/w/data/validation/validation.csv', holdoutFeatures: '/w/h.csv' };
    const variables = contractVariables(train, files, { cpus: 2, gpus: 1 });
    expect(variables).toEqual({
      TOUCHSTONE_TRAIN_DATA: '/w/data/training/train.csv',
      TOUCHSTONE_VALIDATION_DATA: '/w/data/validation/validation.csv',
      TOUCHSTONE_HOLDOUT_FEATURES: '/w/h.csv',
      TOUCHSTONE_OUTPUT_DIR: '/w/output',
      TOUCHSTONE_CHECKPOINT_DIR: '/w/checkpoints/3f',
      TOUCHSTONE_PARAMS: '{"rate":0.1,"n-trees":300,"fast":true}',
      TOUCHSTONE_SEED: '7',
      SM_CHANNELS: '["training","validation"]',
      SM_CHANNEL_TRAINING: '/w/data/training',
      SM_CHANNEL_TRAIN: '/w/data/training',
      SM_CHANNEL_VALIDATION: '/w/data/validation',
      SM_MODEL_DIR: '/w/output',
      SM_OUTPUT_DATA_DIR: '/w/output',
      SM_HPS: '{"rate":0.1,"n-trees":300,"fast":true}',
      SM_HP_RATE: '0.1',
      SM_HP_N_TREES: '300',
      SM_HP_FAST: 'true',
      SM_NUM_CPUS: '2',
      SM_NUM_GPUS: '1',
      PYTHONHASHSEED: '7',
      PYTHONUNBUFFERED: '1',
    });
  });

  it('leaves out what there is no file for', () => {
    const names = Object.keys(contractVariables(train, paths, { cpus: 1, gpus: 0 }));
    expect(names.filter((name) => /VALIDATION|HOLDOUT/.test(name))).toEqual([]);
  });

  // https://docs.python.org/3/using/cmdline.html#envvar-PYTHONHASHSEED: an integer in [0, 4294967295].
  it.each([
    [0, '0'],
    [2 ** 32 - 1, '4294967295'],
    [2 ** 32, '0'],
    [-1, '4294967295'],
  ])('seeds the hashes of Python within their range: %d', (seed, expected) => {
    expect(contractVariables({ params: {}, seed }, paths, { cpus: 1, gpus: 0 })['PYTHONHASHSEED']).toBe(expected);
  });
});
