import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyOfTraining } from '../../src/commands/reuseTraining.ts';
import type { TrainPorts } from '../../src/commands/train.ts';
import type { TrainConfig } from '../../src/config/config.ts';
import { digestOfBytes, type Digest } from '../../src/identity/digest.ts';
import type { InstalledPython } from '../../src/training/pythonEnvironment.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { plan, ports } from './trainingWorld.ts';

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

  it('is none where the bytes of the rows are not known', async () => {
    const local = ports();
    expect(await keyOfTraining(await plan(await project()), undefined, local, kept)).toBeUndefined();
  });
});
