import { chmod, mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { inputFiles } from '../../src/adapters/inputFiles.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { mistakeIn } from '../fakes/mistakeOf.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';

const list = async (root: string, patterns: string[], known?: string[]): Promise<string[]> =>
  (await inputFiles.list(root, patterns, known && new Set(known))).map((file) => file.path);

const project = {
  'train.py': 'import src',
  'src/net.py': 'a',
  'src/deep/layers.py': 'b',
  'src/deep/.hidden': 'c',
  'src/__pycache__/net.pyc': 'derived',
  'src/[id].py': 'brackets',
  '.git/config': 'history',
  '.touchstone/work/x': 'ours',
  'notes.md': 'no input',
};

describe('finding the inputs', () => {
  it('takes files, folders and globs, sorted, each once', async () => {
    const root = await temporaryFolder(project);
    expect(await list(root, ['train.py', 'src', 'src/*.py'])).toEqual([
      'src/[id].py',
      'src/deep/.hidden',
      'src/deep/layers.py',
      'src/net.py',
      'train.py',
    ]);
    expect(await list(root, ['./src/deep/'])).toEqual(['src/deep/.hidden', 'src/deep/layers.py']);
    expect(await list(root, ['**/l*.py'])).toEqual(['src/deep/layers.py']);
  });

  it('takes a name that exists as it stands, brackets and all', async () => {
    expect(await list(await temporaryFolder(project), ['src/[id].py'])).toEqual(['src/[id].py']);
  });

  it('never takes history, our own folder or derived files', async () => {
    const root = await temporaryFolder(project);
    const all = await list(root, ['.']);
    expect(all.filter((name) => /\.git|\.touchstone|__pycache__/.test(name))).toEqual([]);
    expect(all).toContain('notes.md');
    expect((await mistakeIn(list(root, ['.git/config', '.touchstone']))).problems).toHaveLength(2);
  });

  it('leaves out what git ignores, unless it is named itself', async () => {
    const root = await temporaryFolder({ 'src/net.py': '', 'src/net.o': '', 'made/table.py': '' });
    const known = ['src/net.py'];
    expect(await list(root, ['src'], known)).toEqual(['src/net.py']);
    expect(await list(root, ['src/*'], known)).toEqual(['src/net.py']);
    expect(await list(root, ['src/net.o'], known)).toEqual(['src/net.o']);
    expect(await list(root, ['made'], known)).toEqual(['made/table.py']);
  });

  it('reads each file: digest, size, whether it may be run', async () => {
    const root = await temporaryFolder({ 'run.sh': 'echo', 'a.py': '' });
    await chmod(path.join(root, 'run.sh'), 0o755);
    expect(await inputFiles.list(root, ['*'])).toEqual([
      { path: 'a.py', source: 'a.py', digest: digestOfBytes(''), bytes: 0, executable: false },
      { path: 'run.sh', source: 'run.sh', digest: digestOfBytes('echo'), bytes: 4, executable: true },
    ]);
  });

  it('follows links inside the root, to files and to folders', async () => {
    const root = await temporaryFolder({ 'shared/a.py': 'a', 'shared/b/c.py': 'c' });
    await symlink('shared/a.py', path.join(root, 'train.py'));
    await symlink('shared', path.join(root, 'lib'));
    await symlink('..', path.join(root, 'shared/b/loop'));
    const files = await inputFiles.list(root, ['train.py', 'lib']);
    expect(files.map(({ path: name, source, link }) => [name, source, link])).toEqual([
      ['lib/a.py', 'shared/a.py', undefined],
      ['lib/b/c.py', 'shared/b/c.py', undefined],
      ['train.py', 'shared/a.py', 'shared/a.py'],
    ]);
  });

  it('refuses links that leave the root, lead nowhere or into history, all at once', async () => {
    const outside = await temporaryFolder({ 'secret.txt': 's' });
    const root = await temporaryFolder({ '.git/config': 'x', 'src/a.py': '' });
    await symlink(path.join(outside, 'secret.txt'), path.join(root, 'src/file'));
    await symlink('/', path.join(root, 'src/folder'));
    await symlink('missing', path.join(root, 'src/nowhere'));
    await symlink('../.git/config', path.join(root, 'src/config'));
    const told = await mistakeIn(list(root, ['src']));
    expect(told.code).toBe('input-missing');
    expect(told.problems.map((problem) => problem.where).toSorted()).toEqual([
      'src/config',
      'src/file',
      'src/folder',
      'src/nowhere',
    ]);
  });

  it('names every input that does not exist, and what it may have meant', async () => {
    const root = await temporaryFolder(project);
    await mkdir(path.join(root, 'empty'));
    const told = await mistakeIn(list(root, ['trian.py', 'src/dep', '*.R', 'empty', 'train.py']));
    expect(told.problems.map(({ found, remedy }) => [found, remedy])).toEqual([
      ['"trian.py" does not exist or holds no file', 'Did you mean "train.py"'],
      ['"src/dep" does not exist or holds no file', 'Did you mean "src/deep"'],
      ['no file matches "*.R"', 'Correct the name, or take it out of train.inputs'],
      ['"empty" does not exist or holds no file', expect.any(String)],
    ]);
  });
});
