import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitHubObjects, type GitHubObjects } from '../../../src/adapters/github/gitObjects.ts';
import { openGitHub } from '../../../src/adapters/github/gitHubClient.ts';
import { headFolder } from '../../../src/adapters/headFolder.ts';
import { parseCommitSha, parseRepositoryName, type CommitSha } from '../../../src/identity/git.ts';
import type { TreeEntry } from '../../../src/pullRequest/gitTree.ts';
import { GitHub } from '../../github/gitHub.ts';
import type { StandInRepository } from '../../github/state/repository.ts';
import { mistakeIn } from '../../fakes/mistakeOf.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';

let github: GitHub;
let churn: StandInRepository;
let objects: GitHubObjects;

beforeEach(async () => {
  github = await GitHub.start();
  churn = await github.createRepository('churn', { owner: github.createUser('ada') });
  const token = github.token({ workflowOf: churn, permissions: { contents: 'read' } });
  objects = gitHubObjects(
    openGitHub({ baseUrl: github.apiUrl, token, msPerSecond: 1 }),
    parseRepositoryName('ada/churn'),
  );
});

afterEach(() => github.close());

const FILES = {
  'touchstone.yml': 'version: 1\n',
  'data/train.csv': 'x,y\n1,2\n',
  'data/deep/more.csv': 'x,y\n3,4\n',
  'été "quoted" name.csv': 'x\n',
};

async function commit(branch: string, files: Parameters<StandInRepository['commit']>[1]): Promise<CommitSha> {
  return parseCommitSha(await churn.commit(branch, files));
}

async function entryOf(sha: CommitSha, name: string): Promise<TreeEntry> {
  const entry = (await objects.tree(sha)).get(name);
  if (entry === undefined) throw new Error(`no ${name}`);
  return entry;
}

describe('the tree of a commit', () => {
  it('holds files, links and submodules, by the ids that git gives them', async () => {
    const sha = await commit('main', {
      ...FILES,
      link: { mode: '120000', content: 'data' },
      tool: { mode: '100755', content: '#!/bin/sh\n' },
      module: { mode: '160000', content: 'a'.repeat(40) },
    });
    const tree = await objects.tree(sha);
    expect([...tree.values()].map(({ path: name, kind }) => `${kind} ${name}`).toSorted()).toEqual([
      'file data/deep/more.csv',
      'file data/train.csv',
      'file tool',
      'file touchstone.yml',
      'file été "quoted" name.csv',
      'link link',
      'submodule module',
    ]);
    expect(tree.get('data/train.csv')?.object).toBe(await churn.run(['rev-parse', `${sha}:data/train.csv`]));
  });

  it('is the same where GitHub cuts it short', async () => {
    const sha = await commit('main', FILES);
    const whole = await objects.tree(sha);
    churn.mostTreeEntries = 3;
    expect(await objects.tree(sha)).toEqual(whole);
  });

  it('is one request where it fits into one answer', async () => {
    const sha = await commit('main', FILES);
    const before = github.requests.length;
    await objects.tree(sha);
    expect(github.requests.length - before).toBe(1);
  });
});

describe('a file', () => {
  it('comes as its bytes, whatever they are', async () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256);
    const sha = await commit('main', { 'model.bin': bytes });
    expect(await objects.blob(await entryOf(sha, 'model.bin'), 1_000_000)).toEqual(Buffer.from(bytes));
  });

  it('that is empty comes as nothing', async () => {
    const sha = await commit('main', { empty: '' });
    expect(await objects.blob(await entryOf(sha, 'empty'), 10)).toHaveLength(0);
  });

  it('is refused where it is larger than the bound, without being asked for', async () => {
    const entry = await entryOf(await commit('main', FILES), 'data/train.csv');
    const before = github.requests.length;
    expect((await mistakeIn(objects.blob(entry, 3))).code).toBe('head-file-too-large');
    expect(github.requests.length).toBe(before);
  });

  it('is refused where its bytes are not those of its id, or are more than it has', async () => {
    const entry = await entryOf(await commit('main', FILES), 'data/train.csv');
    const sending = (text: string): Promise<Uint8Array> => {
      const client = openGitHub({ baseUrl: github.apiUrl, fetch: () => Promise.resolve(new Response(text)) });
      return gitHubObjects(client, parseRepositoryName('ada/churn')).blob(entry, 1000);
    };
    expect(Buffer.from(await sending('x,y\n1,2\n')).toString()).toBe('x,y\n1,2\n');
    expect((await mistakeIn(sending('x,y\n9,9\n'))).code).toBe('head-file-damaged');
    expect((await mistakeIn(sending('x,y\n'))).code).toBe('head-file-damaged');
    await expect(sending('x,y\n1,2\n and more')).rejects.toMatchObject({ code: 'github-failed' });
  });
});

describe('where a head parted', () => {
  it('is found from the default branch', async () => {
    const base = await commit('main', FILES);
    const head = await commit('deeper', { 'train.py': '2' });
    const main = await commit('main', { 'README.md': 'meanwhile' });
    expect(await objects.mergeBase(main, head)).toBe(base);
  });

  it('is a mistake where it never was on it', async () => {
    const main = await commit('main', FILES);
    const orphan = parseCommitSha(await churn.commit('orphan', { a: 'b' }, { parent: null }));
    expect((await mistakeIn(objects.mergeBase(main, orphan))).code).toBe('no-merge-base');
  });
});

describe('a folder of a head', () => {
  const declared = (entry: TreeEntry): { path: string; source: string; object: string } => ({
    path: entry.path,
    source: entry.path,
    object: entry.object,
  });

  it('gets from a checkout what is the same there, held against its id, and the rest from GitHub', async () => {
    const sha = await commit('main', FILES);
    const tree = await objects.tree(sha);
    // The same size and another content: only the hash tells.
    const checkout = await temporaryFolder({ 'touchstone.yml': 'version: 1\n', 'data/train.csv': 'x,y\n9,9\n' });
    const root = path.join(await temporaryFolder(), 'head');
    const before = github.requests.length;
    await headFolder({ root, checkout, objects }).put(
      ['touchstone.yml', 'data/train.csv'].map((name) => declared(tree.get(name) as TreeEntry)),
      tree,
    );
    expect(await readFile(path.join(root, 'touchstone.yml'), 'utf8')).toBe('version: 1\n');
    expect(await readFile(path.join(root, 'data/train.csv'), 'utf8')).toBe('x,y\n1,2\n');
    expect(github.requests.length - before).toBe(1);
  });

  it('holds no pointer of Git LFS for data', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`;
    const entry = await entryOf(await commit('main', { 'train.csv': pointer }), 'train.csv');
    const root = path.join(await temporaryFolder(), 'head');
    const put = headFolder({ root, checkout: root, objects }).put([declared(entry)], new Map([[entry.path, entry]]));
    expect((await mistakeIn(put)).code).toBe('data-in-lfs');
  });

  it.each(['../evil', '/etc/evil', 'a/../../evil', 'a//b', '..\\evil', './a'])(
    'has no file called %s',
    async (name) => {
      const entry = await entryOf(await commit('main', FILES), 'data/train.csv');
      const parent = await temporaryFolder();
      const hostile = { ...entry, path: name };
      const put = headFolder({ root: path.join(parent, 'in', 'head'), checkout: parent, objects }).put(
        [declared(hostile)],
        new Map([[name, hostile]]),
      );
      expect((await mistakeIn(put)).code).toBe('head-file-refused');
      expect(await readdir(parent, { recursive: true })).toEqual(['in', path.join('in', 'head')]);
    },
  );

  it('takes no more than it has room for', async () => {
    const sha = await commit('main', FILES);
    const tree = await objects.tree(sha);
    const root = path.join(await temporaryFolder(), 'head');
    const folder = headFolder({ root, checkout: root, objects, mostBytes: 10 });
    const files = ['data/train.csv', 'data/deep/more.csv'].map((name) => declared(tree.get(name) as TreeEntry));
    expect((await mistakeIn(folder.put(files, tree))).code).toBe('head-too-large');
  });

  it('tells of names that stand in each other’s way', async () => {
    const entry = await entryOf(await commit('main', FILES), 'data/train.csv');
    const [file, below] = [
      { ...entry, path: 'a' },
      { ...entry, path: 'a/b' },
    ];
    const root = path.join(await temporaryFolder(), 'head');
    const put = headFolder({ root, checkout: root, objects }).put(
      [declared(file), declared(below)],
      new Map([file, below].map((one) => [one.path, one])),
    );
    expect((await mistakeIn(put)).code).toBe('head-file-refused');
  });
});
