import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rm, symlink } from 'node:fs/promises';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { gitRepositories } from '../../src/adapters/gitRepository.ts';
import { inputFiles } from '../../src/adapters/inputFiles.ts';
import { uncommittedInputs, type Repository } from '../../src/training/repository.ts';
import { git, HOST, repository } from '../fakes/gitRepository.ts';
import { temporaryFolder, writeFiles } from '../fakes/temporaryFolder.ts';

const open = (root: string, host = HOST): Promise<Repository> => gitRepositories(host).open(root);

async function dirty(root: string, patterns: string[]): Promise<readonly string[]> {
  const opened = await open(root);
  const files = await inputFiles.list(root, patterns, opened.known);
  const objects = await opened.objectIds(files.map((file) => file.source));
  return uncommittedInputs(
    files.map((file, i) => ({ ...file, object: objects[i] ?? '' })),
    patterns,
    opened,
  );
}

/** Everything below .git: names, times and bytes. */
function everything(root: string): string[] {
  return readdirSync(path.join(root, '.git'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => `${file} ${statSync(file).mtimeMs} ${readFileSync(file, 'latin1')}`);
}

describe('the history that inputs stand in', () => {
  it('is told: commit, tree, address without credentials', async () => {
    const root = await repository({ 'train.py': 'x' });
    git(root, 'remote', 'add', 'fork', 'https://fork.example/x.git');
    git(root, 'remote', 'add', 'origin', 'https://ada:secret@github.com/acme/churn.git');
    const { commit, tree, url } = await open(root);
    expect(commit).toBe(git(root, 'rev-parse', 'HEAD'));
    expect(tree).toBe(git(root, 'rev-parse', 'HEAD^{tree}'));
    expect(url).toBe('https://github.com/acme/churn.git');
  });

  it('gives the blob ids that git gives, with attributes and filters, odd names included', async () => {
    const files = { 'a b.py': 'x\r\ny\r\n', 'quote".py': 'q', 'é\n.py': 'e', 'back\\slash"\n.py': 'b', '"x"': 'c' };
    const root = await repository({ '.gitattributes': '*.py text eol=lf\n', ...files });
    const names = Object.keys(files);
    const committed = git(root, 'ls-tree', '-r', '-z', 'HEAD').split('\0').filter(Boolean);
    const expected = names.map((name) => committed.find((line) => line.endsWith(`\t${name}`))?.split(/[ \t]/)[2]);
    expect(await (await open(root)).objectIds(names)).toEqual(expected);
    // The carriage returns are not part of what is committed: printf 'x\ny\n' | git hash-object --stdin.
    expect(expected[0]).toBe(execFileSync('git', ['hash-object', '--stdin'], { input: 'x\ny\n' }).toString().trim());
  });

  it('is not needed: outside of one, ids are those of the plain bytes', async () => {
    const root = await temporaryFolder({ 'empty.py': '', 'hello.txt': 'hello\n' });
    const opened = await open(root);
    // The ids of git's own documentation: the empty blob, and "hello" with a line feed.
    expect(await opened.objectIds(['empty.py', 'hello.txt'])).toEqual([
      'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391',
      'ce013625030ba8dba906f756967f9e9ca394464a',
    ]);
    expect(opened.objectIdOf('hello\n')).toBe('ce013625030ba8dba906f756967f9e9ca394464a');
    expect(opened.known).toBeUndefined();
    expect(await dirty(root, ['.'])).toEqual([]);
  });

  it('is not needed: without git either', async () => {
    const root = await repository({ 'hello.txt': 'hello\n' });
    const opened = await open(root, { PATH: '/nonexistent' });
    expect(await opened.objectIds(['hello.txt'])).toEqual(['ce013625030ba8dba906f756967f9e9ca394464a']);
    expect(opened.commit).toBeUndefined();
  });

  it('may have no commit yet', async () => {
    const root = await temporaryFolder({ 'train.py': 'x' });
    git(root, 'init', '-q');
    expect((await open(root)).commit).toBeUndefined();
    expect(await dirty(root, ['train.py'])).toEqual(['train.py']);
  });

  it('is the same from a worktree and from a folder below its root', async () => {
    const root = await repository({ 'models/churn/train.py': 'x', 'other.py': 'y' });
    const worktree = `${root}-worktree`;
    git(root, 'worktree', 'add', '-q', worktree);
    const commit = git(root, 'rev-parse', 'HEAD');
    expect((await open(worktree)).commit).toBe(commit);
    const below = await open(path.join(root, 'models/churn'));
    expect(below.commit).toBe(commit);
    expect([...(below.known ?? [])]).toEqual(['train.py']);
    expect(await dirty(path.join(root, 'models/churn'), ['train.py'])).toEqual([]);
    await rm(worktree, { recursive: true });
  });

  it('is that of the root, also inside a hook that points elsewhere', async () => {
    const root = await repository({ 'train.py': 'x' });
    const other = await repository({ 'train.py': 'z' });
    const hooked = { ...HOST, GIT_DIR: path.join(other, '.git'), GIT_INDEX_FILE: path.join(other, '.git/index') };
    expect((await open(root, hooked)).commit).toBe(git(root, 'rev-parse', 'HEAD'));
  });

  it('leaves out submodules', async () => {
    const library = await repository({ 'lib.py': 'l' });
    const root = await repository({ 'train.py': 'x' });
    git(root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'vendor');
    git(root, 'commit', '-q', '-m', 'Add a library');
    const { committed } = await open(root);
    expect([...committed.keys()]).toEqual(['.gitmodules', 'train.py']);
    expect(await dirty(root, ['train.py'])).toEqual([]);
  });

  it('is read and never written: not a byte, not a time', async () => {
    const root = await repository({ 'src/a.py': 'a', 'src/b.py': 'b' });
    // Touching a file is what makes git refresh its index.
    await writeFiles(root, { 'src/a.py': 'a', 'src/new.py': 'n' });
    const before = everything(root);
    await dirty(root, ['src']);
    expect(everything(root)).toEqual(before);
  });

  it('that belongs to somebody else is a mistake with its remedy', async () => {
    const root = await repository({ 'train.py': 'x' });
    const distrusting = { ...HOST, GIT_CONFIG_COUNT: '0', GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' };
    // The variable is git's own test switch; a host's GIT_* are not handed on, so it comes through a wrapper.
    const folder = await temporaryFolder({
      git: `#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 PATH=${HOST['PATH'] ?? ''} exec git "$@"\n`,
    });
    await chmod(path.join(folder, 'git'), 0o755);
    const host = { ...distrusting, PATH: `${folder}:${HOST['PATH'] ?? ''}` };
    await expect(open(root, host)).rejects.toThrow(`git config --global --add safe.directory ${root}`);
  });
});

describe('uncommitted inputs', () => {
  it('are those changed, new or deleted among the inputs, and no others', async () => {
    const root = await repository({
      '.gitignore': '*.o\n',
      'src/same.py': 'x',
      'src/changed.py': 'x',
      'src/deleted.py': 'x',
      'glob/deleted.py': 'x',
      'notes.md': 'x',
    });
    await writeFiles(root, { 'src/changed.py': 'y', 'src/new.py': 'n', 'src/net.o': 'o', 'notes.md': 'changed too' });
    await writeFiles(root, { 'glob/kept.py': 'k' });
    await rm(path.join(root, 'src/deleted.py'));
    await rm(path.join(root, 'glob/deleted.py'));
    expect(await dirty(root, ['src', 'glob/*.py'])).toEqual([
      'glob/deleted.py',
      'glob/kept.py',
      'src/changed.py',
      'src/deleted.py',
      'src/new.py',
    ]);
  });

  it('are none where only times changed, or something is staged that is the same on disk', async () => {
    const root = await repository({ 'train.py': 'x' });
    await writeFiles(root, { 'train.py': 'y' });
    git(root, 'add', '-A');
    await writeFiles(root, { 'train.py': 'x' });
    expect(await dirty(root, ['train.py'])).toEqual([]);
  });

  it('include a link that leads elsewhere than the committed one', async () => {
    const root = await repository({ 'a.py': 'same', 'b.py': 'same' });
    await symlink('a.py', path.join(root, 'train.py'));
    await mkdir(path.join(root, 'lib'));
    await writeFiles(root, { 'lib/x.py': 'x' });
    await symlink('lib', path.join(root, 'alias'));
    git(root, 'add', '-A');
    git(root, 'commit', '-q', '-m', 'Link');
    expect(await dirty(root, ['train.py', 'alias'])).toEqual([]);
    await rm(path.join(root, 'train.py'));
    await symlink('b.py', path.join(root, 'train.py'));
    expect(await dirty(root, ['train.py', 'alias'])).toEqual(['train.py']);
  });
});
