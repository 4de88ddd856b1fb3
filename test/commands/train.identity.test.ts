import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOfInputs } from '../../src/commands/train.ts';
import { digestOfBytes, type Digest } from '../../src/identity/digest.ts';
import { git, repository } from '../fakes/gitRepository.ts';
import { temporaryFolder, writeFiles } from '../fakes/temporaryFolder.ts';
import { plan, ports } from './trainingWorld.ts';

const files = { 'train.mjs': 'train()', 'src/net.mjs': 'net()', 'data.csv': 'd', 'README.md': 'r' };
const inputs = ['train.mjs', 'src'];

async function identity(
  root: string,
  changes: Parameters<typeof plan>[1] = {},
  more?: Parameters<typeof plan>[2],
): Promise<Digest> {
  const planned = await plan(root, { inputs, ...changes }, more);
  return digestOfInputs(planned.inputs);
}

describe('what goes into a training has one identity', () => {
  it('whatever the commit and the folder: a squash merge keeps it', async () => {
    const root = await repository(files);
    const before = await identity(root);

    git(root, 'checkout', '-q', '-b', 'better');
    await writeFiles(root, { 'train.mjs': 'trian()' });
    git(root, 'commit', '-qam', 'Try');
    await writeFiles(root, { 'train.mjs': 'trainBetter()', 'README.md': 'told' });
    git(root, 'commit', '-qam', 'Mend');
    const proposed = await identity(root);

    git(root, 'checkout', '-q', 'main');
    await writeFiles(root, { 'README.md': 'other work' });
    git(root, 'commit', '-qam', 'Meanwhile');
    expect(await identity(root)).toBe(before);
    git(root, 'merge', '-q', '--squash', '-X', 'theirs', 'better');
    git(root, 'commit', '-qm', 'Squash');
    expect(await identity(root)).toBe(proposed);
    expect(proposed).not.toBe(before);

    const clone = path.join(await temporaryFolder(), 'elsewhere');
    git(root, 'clone', '-q', root, clone);
    expect(await identity(clone)).toBe(proposed);
  });

  it('in two repositories that share no commit', async () => {
    expect(await identity(await repository({ ...files, 'more.md': 'x' }))).toBe(
      await identity(await repository(files)),
    );
  });

  it('committed or not, with or without a repository', async () => {
    const bare = await temporaryFolder(files);
    const without = await identity(bare);
    git(bare, 'init', '-q');
    expect(await identity(bare)).toBe(without);
    expect(await identity(await repository(files))).toBe(without);
  });

  it('whatever the clock says', async () => {
    const root = await temporaryFolder(files);
    const later = { ...ports(), now: () => new Date('2030-01-01T00:00:00Z') };
    expect(await identity(root, {}, { ports: later })).toBe(await identity(root));
  });

  it('and another one for another file, name, seed, parameter, command or row', async () => {
    const root = await temporaryFolder(files);
    const renamed = await temporaryFolder({ ...files, 'src/net2.mjs': 'net()' });
    const edited = await temporaryFolder({ ...files, 'src/net.mjs': 'net( )' });
    const data = { role: 'train', digest: digestOfBytes('other rows'), rows: 3 } as const;
    const all = await Promise.all([
      identity(root),
      identity(renamed),
      identity(edited),
      identity(root, { seed: 8 }),
      identity(root, { params: { rate: 0.2 } }),
      identity(root, { params: {} }),
      identity(root, { command: ['node', 'train.mjs', '--fast'] }),
      identity(root, {}, { data }),
      identity(root, {}, { data: { ...data, role: 'validation' } }),
    ]);
    expect(new Set(all).size).toBe(all.length);
  });
});
