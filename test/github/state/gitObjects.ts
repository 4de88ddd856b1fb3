import { rm } from 'node:fs/promises';
import { type Json, Refusal, notFound } from '../route.ts';
import { nodeId } from './account.ts';
import { GitFailure } from './git.ts';
import type { FileChanges } from './importCommit.ts';
import type { StandInRepository } from './repository.ts';

export interface TreeEntry {
  readonly mode: string;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly sha: string;
  /** Of a file. */
  readonly size?: number;
  readonly path: string;
}

/** 409 where there is nothing that a request could be about. */
export async function assertNotEmpty(repository: StandInRepository): Promise<void> {
  if ((await repository.run(['for-each-ref', '--count=1'])) === '') throw new Refusal(409, 'Git Repository is empty.');
}

/** What a tree, a commit or a ref holds, all the way down where that is asked. Its trees are in it, as at GitHub. */
export async function readTree(
  repository: StandInRepository,
  name: string,
  recursive: boolean,
): Promise<{ readonly sha: string; readonly entries: readonly TreeEntry[] }> {
  const commit = await repository.resolve(name);
  const sha = await repository
    .run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit ?? name}^{tree}`])
    .catch((error: unknown) => {
      throw error instanceof GitFailure ? notFound() : error;
    });
  const printed = await repository.run(['ls-tree', '-l', '-z', ...(recursive ? ['-r', '-t'] : []), sha]);
  return { sha, entries: parseEntries(printed) };
}

function parseEntries(printed: string): TreeEntry[] {
  return [...printed.matchAll(/(\d+) (blob|tree|commit) ([0-9a-f]+) +(-|\d+)\t([^\0]+)\0/g)].map(
    ([, mode = '', type = '', id = '', size = '', path = '']): TreeEntry => ({
      mode,
      type: type as TreeEntry['type'],
      sha: id,
      ...(size !== '-' && { size: Number(size) }),
      path,
    }),
  );
}

export function treeJson(
  repository: StandInRepository,
  sha: string,
  entries: readonly TreeEntry[],
  truncated = false,
): Json {
  return {
    sha,
    url: `${repository.url}/git/trees/${sha}`,
    tree: entries.map((entry) => ({
      ...entry,
      url: `${repository.url}/git/${entry.type === 'tree' ? 'trees' : 'blobs'}/${entry.sha}`,
    })),
    truncated,
  };
}

/** What is at a path of a commit; `undefined` where there is nothing. */
export async function readEntry(
  repository: StandInRepository,
  commit: string,
  path: string,
): Promise<TreeEntry | undefined> {
  return (await readEntries(repository, commit, [path]))[0];
}

/** Those of the paths that a commit has. */
export async function readEntries(
  repository: StandInRepository,
  commit: string,
  paths: readonly string[],
): Promise<readonly TreeEntry[]> {
  // Where a path leads into a folder that is asked for too, git lists the folder.
  const entries = parseEntries(await repository.run(['ls-tree', '-l', '-z', commit, '--', ...paths]));
  return entries.filter(({ path }) => paths.includes(path));
}

export function readBlob(repository: StandInRepository, sha: string): Promise<Buffer> {
  return repository.runForBytes(['cat-file', 'blob', sha]).catch((error: unknown) => {
    throw error instanceof GitFailure ? notFound() : error;
  });
}

/** `git-ref` in GitHub's description. */
export function refJson(repository: StandInRepository, ref: string, sha: string): Json {
  return {
    ref,
    node_id: nodeId('REF', repository.id, ref),
    url: `${repository.url}/git/${ref}`,
    object: { type: 'commit', sha, url: `${repository.url}/git/commits/${sha}` },
  };
}

export async function readRef(repository: StandInRepository, ref: string): Promise<string | undefined> {
  return repository.run(['rev-parse', '--verify', '--quiet', ref]).catch((error: unknown) => {
    if (error instanceof GitFailure) return undefined;
    throw error;
  });
}

/** Refs that begin so, by name. */
export async function listRefs(
  repository: StandInRepository,
  start: string,
): Promise<readonly { readonly ref: string; readonly sha: string }[]> {
  const printed = await repository.run(['for-each-ref', '--format=%(objectname) %(refname)']);
  return printed
    .split('\n')
    .filter((line) => line.slice(41).startsWith(start))
    .map((line) => ({ ref: line.slice(41), sha: line.slice(0, 40) }));
}

const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** The tree of `base`, or of nothing, with changes made. Its id. */
export async function writeTree(
  repository: StandInRepository,
  base: string | undefined,
  files: FileChanges,
): Promise<string> {
  const index = `${repository.git}/index.${repository.github.nextId('index')}`;
  const env = { GIT_INDEX_FILE: index };
  const lines: string[] = [];
  for (const [path, change] of Object.entries(files)) {
    if (change === null) {
      lines.push(`0 ${'0'.repeat(40)}\t${path}`);
      continue;
    }
    const { mode, content } =
      typeof change === 'string' || change instanceof Uint8Array ? { mode: '100644', content: change } : change;
    const id =
      mode === '160000' ? String(content) : await repository.run(['hash-object', '-w', '--stdin'], { input: content });
    lines.push(`${mode} ${id}\t${path}`);
  }
  await repository.run(['read-tree', base ?? EMPTY_TREE], { env });
  await repository.run(['update-index', '-z', '--index-info'], {
    env,
    input: lines.map((line) => `${line}\0`).join(''),
  });
  const tree = await repository.run(['write-tree'], { env });
  await rm(index, { force: true });
  return tree;
}
