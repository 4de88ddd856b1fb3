import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow } from '../../src/adapters/folderWalk.ts';
import { inputFiles } from '../../src/adapters/inputFiles.ts';
import { UserMistake } from '../../src/failure.ts';
import { dataOfTree, inputsOfTree } from '../../src/pullRequest/declaredFiles.ts';
import { changedPaths, treeOf, type TreeEntry } from '../../src/pullRequest/gitTree.ts';
import { changedThroughLinks, viewTree, type TreeView } from '../../src/pullRequest/treeLinks.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';

/** `-> target` is a link. */
const FILES = {
  'train.py': '1',
  'src/net.py': '2',
  'src/deep/net.py': '3',
  'src/.hidden.py': '4',
  'src/__pycache__/net.pyc': '5',
  'odd[1].py': '6',
  lib: '-> src/deep',
  'alias.py': '-> src/net.py',
  'chain.py': '-> alias.py',
  'src/up.py': '-> ../train.py',
  'lost.py': '-> nowhere.py',
  'out.py': '-> ../outside.py',
  circle: '-> circle',
  'loop/self': '-> .',
  'loop/a.py': '7',
};

function viewOf(files: Readonly<Record<string, string>>): TreeView {
  const entries = Object.entries(files).map(([name, text]): TreeEntry => {
    const isLink = text.startsWith('-> ');
    return { kind: isLink ? 'link' : 'file', path: name, mode: isLink ? '120000' : '100644', object: text, bytes: 1 };
  });
  return viewTree(treeOf(entries), (link) => Promise.resolve(link.object.slice(3)));
}

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    if (text.startsWith('-> ')) await symlink(text.slice(3), path.join(root, name));
    else await writeFile(path.join(root, name), text);
  }
  return root;
}

/** What training finds in a checkout of the same files; `undefined` where it refuses. */
async function asOnDisk(patterns: readonly string[]): Promise<readonly (readonly [string, string])[] | undefined> {
  const root = await folderOf(FILES);
  const known = new Set(await filesBelow(root));
  try {
    return (await inputFiles.list(root, patterns, known)).map((file) => [file.path, file.source]);
  } catch (error) {
    if (error instanceof UserMistake) return undefined;
    throw error;
  }
}

describe('the inputs of a commit are those that training finds in a checkout', () => {
  it.each([
    ['train.py'],
    ['./train.py'],
    ['src'],
    ['src/'],
    ['src/*.py'],
    ['src/**/*.py'],
    ['**/*.py', 'train.py'],
    ['odd[1].py'],
    ['lib'],
    ['lib/net.py'],
    ['lib/*.py'],
    ['alias.py', 'chain.py'],
    ['lost.py'],
    ['out.py'],
    ['circle'],
    ['loop'],
    ['nothing.py'],
    ['*.txt'],
    ['src/__pycache__/net.pyc'],
    ['{train,alias}.py'],
  ])('for %s', async (...patterns) => {
    const { files, problems } = await inputsOfTree(viewOf(FILES), patterns);
    const found = problems.length > 0 ? undefined : files.map((file) => [file.path, file.source]);
    expect(found).toEqual(await asOnDisk(patterns));
  });

  it('with the object of what a link leads to', async () => {
    const { files } = await inputsOfTree(viewOf(FILES), ['chain.py']);
    expect(files).toEqual([{ path: 'chain.py', source: 'src/net.py', object: '2' }]);
  });
});

describe('the data of a commit', () => {
  it('are taken once where several names lead to one file', async () => {
    const view = viewOf({ 'data/may.csv': '1', 'data/latest.csv': '-> may.csv', 'data/april.csv': '2' });
    expect((await dataOfTree(view, ['data/*.csv'])).map((file) => file.path)).toEqual([
      'data/april.csv',
      'data/may.csv',
    ]);
    expect((await dataOfTree(view, ['data/latest.csv'])).map((file) => [file.path, file.object])).toEqual([
      ['data/latest.csv', '1'],
    ]);
  });

  it('are none where a link leads out, or nowhere', async () => {
    const view = viewOf({
      'a.csv': '-> /etc/passwd',
      'b.csv': '-> ../b.csv',
      'c.csv': '-> c.csv',
      'd.csv': '-> no.csv',
    });
    expect(await dataOfTree(view, ['*.csv', 'a.csv', 'b.csv'])).toEqual([]);
  });
});

describe('what changed', () => {
  it('is what came, went, or leads to something else', () => {
    const { tree: base } = viewOf({ a: '1', b: '2', c: '3' });
    const { tree: head } = viewOf({ a: '1', b: '4', d: '3' });
    expect(changedPaths(base, head).toSorted()).toEqual(['b', 'c', 'd']);
  });

  it('is a file that may be run now, or is a link now', () => {
    const entry: TreeEntry = { kind: 'file', path: 'a', mode: '100644', object: '1' };
    expect(changedPaths(treeOf([entry]), treeOf([{ ...entry, mode: '100755' }]))).toEqual(['a']);
  });

  it('is a link whose target did, file or folder, and no link that nobody asks about', async () => {
    const changed = ['src/deep/net.py'];
    expect(await changedThroughLinks(viewOf(FILES), changed, () => true)).toEqual(['lib/net.py']);
    expect(await changedThroughLinks(viewOf(FILES), changed, () => false)).toEqual([]);
  });
});
