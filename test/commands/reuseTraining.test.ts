import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyOfTraining, reuseTraining } from '../../src/commands/reuseTraining.ts';
import type { TrainPlan, TrainPorts } from '../../src/commands/train.ts';
import type { TrainConfig } from '../../src/config/config.ts';
import { digestOfBytes, type Digest } from '../../src/identity/digest.ts';
import type { Candidate } from '../../src/training/candidate.ts';
import type { InstalledPython } from '../../src/training/pythonEnvironment.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { plan, ports, train, writes } from './trainingWorld.ts';

const PYTHON: InstalledPython = {
  version: '3.12.1',
  platform: 'linux-x86_64',
  prefix: '/usr',
  packages: { numpy: '2.1.0' },
};
const kept = { fingerprint: (text: string): Promise<Digest> => Promise.resolve(digestOfBytes(`salt ${text}`)) };

interface Circumstances {
  readonly train?: Partial<TrainConfig>;
  readonly python?: InstalledPython;
  readonly host?: Readonly<Record<string, string>>;
  readonly rows?: string;
}

/** The key of a training in a project whose one input is `train.mjs`. */
async function keyIn(
  root: string,
  { train = {}, python = PYTHON, host = {}, rows = 'rows' }: Circumstances = {},
): Promise<string> {
  const local = ports(host);
  const given: TrainPorts = { ...local, python: { ...local.python, installed: () => Promise.resolve(python) } };
  const key = await keyOfTraining(await plan(root, train, { ports: given }), digestOfBytes(rows), given, kept);
  return key ?? expect.fail('the bytes of the data are known');
}

const project = (): Promise<string> => temporaryFolder({ 'train.mjs': 'train()', 'data.csv': 'digit\n1\n' });

describe('the key of a training', () => {
  it('is one for the same project, wherever it lies', async () => {
    expect(await keyIn(await project())).toBe(await keyIn(await project()));
  });

  it('is one where only the time that it may take, or a variable that it is not handed, is another', async () => {
    const root = await project();
    expect(await keyIn(root, { train: { timeoutSeconds: 5 }, host: { HUB_TOKEN: 'a' } })).toBe(await keyIn(root));
  });

  it.each<[string, Circumstances]>([
    ['the bytes of its rows', { rows: 'other rows' }],
    ['its command', { train: { command: ['node', 'train.mjs', '--fast'] } }],
    ['a parameter', { train: { params: { rate: 0.2 } } }],
    ['its seed', { train: { seed: 8 } }],
    ['its output', { train: { output: 'other.onnx' } }],
    ['what is kept beside it', { train: { files: ['notes.txt'] } }],
    ['its set-up', { train: { setup: { kind: 'command', command: ['uv', 'sync'] } } }],
    ['the version of Python', { python: { ...PYTHON, version: '3.13.0' } }],
    ['the platform', { python: { ...PYTHON, platform: 'macosx-14.0-arm64' } }],
    ['the place of Python', { python: { ...PYTHON, prefix: '/opt/python' } }],
    ['an installed package', { python: { ...PYTHON, packages: { numpy: '2.2.0' } } }],
    ['the name of a variable that it is handed', { train: { env: ['HUB_TOKEN'] }, host: { HUB_TOKEN: 'a' } }],
  ])('is another with %s', async (_, other) => {
    const root = await project();
    expect(await keyIn(root, other)).not.toBe(await keyIn(root));
  });

  it('is another with the value of a variable that it is handed', async () => {
    const root = await project();
    const keys = await Promise.all(
      ['a', 'b', 'a'].map((HUB_TOKEN) => keyIn(root, { train: { env: ['HUB_TOKEN'] }, host: { HUB_TOKEN } })),
    );
    expect(keys[0]).toBe(keys[2]);
    expect(keys[0]).not.toBe(keys[1]);
  });

  it('is another with the bytes of an input', async () => {
    const root = await project();
    const before = await keyIn(root);
    await writeFile(path.join(root, 'train.mjs'), 'train();');
    expect(await keyIn(root)).not.toBe(before);
  });

  it.skipIf(process.platform === 'win32')('is another where an input can be run', async () => {
    const root = await project();
    const before = await keyIn(root);
    await chmod(path.join(root, 'train.mjs'), 0o755);
    expect(await keyIn(root)).not.toBe(before);
  });

  it('is another with another set-up command', async () => {
    const root = await project();
    const keys = await Promise.all(
      ['sync', 'lock'].map((word) => keyIn(root, { train: { setup: { kind: 'command', command: ['uv', word] } } })),
    );
    expect(keys[0]).not.toBe(keys[1]);
  });

  it('is another with another virtual environment, whatever the interpreter beside it holds', async () => {
    const root = await project();
    const local = ports();
    const planned = await plan(root);
    const keyWith = (environment: string, python = PYTHON): Promise<Digest | undefined> => {
      const setup = {
        kind: 'virtual-environment',
        file: 'requirements.txt',
        environment: { key: digestOfBytes(environment) },
      } as TrainPlan['setup'];
      const asked = { ...local, python: { ...local.python, installed: () => Promise.resolve(python) } };
      return keyOfTraining({ ...planned, setup }, digestOfBytes('rows'), asked, kept);
    };
    expect(await keyWith('one')).not.toBe(await keyWith('two'));
    expect(await keyWith('one')).toBe(await keyWith('one', { ...PYTHON, version: '3.13.0' }));
  });

  it('is none where the bytes of the rows are not known', async () => {
    const local = ports();
    expect(await keyOfTraining(await plan(await project()), undefined, local, kept)).toBeUndefined();
  });
});

describe('a candidate that is found again', () => {
  it('has the history of this commit, and nothing of that in which it was trained', async () => {
    const root = await temporaryFolder({ 'train.mjs': writes({ 'model.onnx': 'model' }), 'data.csv': 'digit\n1\n' });
    const { candidate } = await train(root);
    const planned = await plan(root);
    const old = {
      commit: 'a'.repeat(40),
      tree: 'b'.repeat(40),
      repository: 'https://old.example/r',
      dirty: ['train.mjs'],
    };
    const published: Candidate[] = [];
    const found = await reuseTraining(
      { ...planned, history: { commit: 'c'.repeat(40), dirty: [] } },
      digestOfBytes('key'),
      {
        ...kept,
        find: () =>
          Promise.resolve({
            kind: 'found',
            candidate: { ...candidate, environment: { ...candidate.environment, ...old } },
          }),
        keep: () => Promise.resolve(),
        publish: (_, each) => {
          published.push(each);
          return Promise.resolve('/there');
        },
      },
    );
    expect(found).toMatchObject({ kind: 'found', outcome: { folder: '/there', candidate: published[0] } });
    expect(published[0]?.environment).toMatchObject({ commit: 'c'.repeat(40), dirty: [] });
    expect(published[0]?.environment).not.toHaveProperty('tree');
    expect(published[0]?.environment).not.toHaveProperty('repository');
  });
});
