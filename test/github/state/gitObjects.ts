import { readFile as readText, rm } from 'node:fs/promises';
import { join } from 'node:path';
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

/** Objects that were read: they never change, and a process of git each time takes long. */
interface Kept {
  readonly blobs: Map<string, Buffer>;
  readonly trees: Map<string, { readonly sha: string; readonly entries: readonly TreeEntry[] }>;
}
const MOST_KEPT = 1 << 16;
const objects = new WeakMap<StandInRepository, Kept>();

function kept(repository: StandInRepository): Kept {
  const known = objects.get(repository) ?? { blobs: new Map(), trees: new Map() };
  objects.set(repository, known);
  return known;
}

/** 409 where there is nothing that a request could be about. */
export async function assertNotEmpty(repository: StandInRepository): Promise<void> {
  if ((await readRef(repository, `refs/heads/${repository.defaultBranch}`)) !== undefined) return;
  if ((await repository.run(['for-each-ref', '--count=1'])) === '') throw new Refusal(409, 'Git Repository is empty.');
}

/** What a tree, a commit or a ref holds, all the way down where that is asked. Its trees are in it, as at GitHub. */
export async function readTree(
  repository: StandInRepository,
  name: string,
  recursive: boolean,
): Promise<{ readonly sha: string; readonly entries: readonly TreeEntry[] }> {
  const known = kept(repository).trees.get(`${name} ${recursive}`);
  if (known) return known;
  const commit = (await repository.resolve(name)) ?? name;
  const sha = /^[0-9a-f]{40}$/.test(commit) ? (await repository.objects.read(`${commit}^{tree}`))?.id : undefined;
  if (sha === undefined) throw notFound();
  const printed = await repository.run(['ls-tree', '-l', '-z', ...(recursive ? ['-r', '-t'] : []), sha]);
  const tree = { sha, entries: parseEntries(printed) };
  // An object never changes; a branch does.
  if (/^[0-9a-f]{40}$/.test(name)) kept(repository).trees.set(`${name} ${recursive}`, tree);
  return tree;
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
async function readEntries(
  repository: StandInRepository,
  commit: string,
  paths: readonly string[],
): Promise<readonly TreeEntry[]> {
  // Where a path leads into a folder that is asked for too, git lists the folder.
  const entries = parseEntries(await repository.run(['ls-tree', '-l', '-z', commit, '--', ...paths]));
  return entries.filter(({ path }) => paths.includes(path));
}

export async function readBlob(repository: StandInRepository, sha: string): Promise<Buffer> {
  const { blobs } = kept(repository);
  const known = blobs.get(sha);
  if (known) return known;
  const found = /^[0-9a-f]{40}$/.test(sha) ? await repository.objects.read(sha) : undefined;
  if (found?.type !== 'blob') throw notFound();
  const { bytes } = found;
  if (bytes.length < MOST_KEPT) blobs.set(sha, bytes);
  return bytes;
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

/** What a ref is at: as git keeps it in a file, which spares a process, or as git says. */
export async function readRef(repository: StandInRepository, ref: string): Promise<string | undefined> {
  const loose = isPlainRef(ref) ? await readText(join(repository.git, ref), 'utf8').catch(() => '') : '';
  if (/^[0-9a-f]{40}\n$/.test(loose)) return loose.trim();
  return repository.run(['rev-parse', '--verify', '--quiet', ref]).catch((error: unknown) => {
    if (error instanceof GitFailure) return undefined;
    throw error;
  });
}

function isPlainRef(ref: string): boolean {
  return /^refs\/[\w./-]+$/.test(ref) && !ref.includes('..');
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
