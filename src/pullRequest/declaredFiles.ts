import picomatch from 'picomatch';
import type { Problem } from '../failure.ts';
import { isNeverInput, withoutDots } from '../training/declaredInputs.ts';
import type { TreeView } from './treeLinks.ts';

/** A file of a commit that patterns declare. */
export interface DeclaredFile {
  /** Where it stands. */
  readonly path: string;
  /** The file itself: another path where a link lies between. */
  readonly source: string;
  readonly object: string;
}

/**
 * The files of a commit that `train.inputs` declare, sorted by path: the list that training makes of a checkout, made of
 * the tree alone. A pattern is a file, a folder or a glob; a name that exists is taken as it stands.
 */
export async function inputsOfTree(
  view: TreeView,
  patterns: readonly string[],
): Promise<{ readonly files: readonly DeclaredFile[]; readonly problems: readonly Problem[] }> {
  const problems: Problem[] = [];
  const found = new Map<string, DeclaredFile>();
  const add = async (path: string, ancestors: readonly string[] = []): Promise<void> => {
    const source = await view.follow(path);
    const entry = source === undefined ? undefined : view.tree.get(source);
    if (source === undefined || isNeverInput(source)) {
      problems.push(unreachable(path));
    } else if (entry !== undefined) {
      found.set(path, { path, source, object: entry.object });
    } else if (!ancestors.includes(source)) {
      const below = view.below(source).filter((name) => !isNeverInput(name));
      if (below.length === 0) problems.push(unreachable(path));
      for (const name of below) await add(`${path}/${name}`, [...ancestors, source]);
    }
  };
  for (const pattern of patterns) {
    const matched = await matching(view, withoutDots(pattern));
    if (matched.length === 0) {
      const expected = 'a file, a folder or a glob of the commit';
      problems.push({ where: 'train.inputs', found: `no file of the commit matches "${pattern}"`, expected });
    }
    for (const path of matched) await add(path);
  }
  const files = [...found.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return { files, problems };
}

/**
 * The files of a commit that paths and globs of `data` name. Where a glob reaches one file by several ways, it is taken
 * once, as reading does.
 */
export async function dataOfTree(view: TreeView, patterns: readonly string[]): Promise<readonly DeclaredFile[]> {
  const found = new Map<string, DeclaredFile>();
  for (const pattern of patterns) {
    const bySource = new Map<string, DeclaredFile>();
    for (const path of (await matching(view, withoutDots(pattern))).toSorted()) {
      const source = await view.follow(path);
      const entry = source === undefined ? undefined : view.tree.get(source);
      if (source === undefined || entry?.kind !== 'file') continue;
      if (!bySource.has(source) || path === source) bySource.set(source, { path, source, object: entry.object });
    }
    for (const file of bySource.values()) found.set(file.path, file);
  }
  return [...found.values()];
}

/** Files and links, unresolved. */
async function matching(view: TreeView, pattern: string): Promise<readonly string[]> {
  const named = await view.follow(parentOf(pattern));
  const plain = named === undefined ? undefined : [named, lastOf(pattern)].filter((part) => part !== '').join('/');
  if (plain !== undefined && view.tree.get(plain) !== undefined) return isNeverInput(pattern) ? [] : [pattern];
  const { base, isGlob } = picomatch.scan(pattern);
  const folder = plain !== undefined && view.below(plain).length > 0 ? pattern : isGlob ? base : undefined;
  const real = folder === undefined ? undefined : await view.follow(folder);
  if (folder === undefined || real === undefined) return [];
  const names = view.below(real).map((name) => (folder === '' ? name : `${folder}/${name}`));
  const visible = names.filter((name) => !isNeverInput(name));
  if (folder === pattern) return visible;
  const matches = picomatch(pattern, { dot: true });
  return visible.filter((name) => matches(name));
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function unreachable(where: string): Problem {
  return {
    where,
    found: 'the link leads nowhere, or out of what the commit holds',
    expected: 'a link to a file of the repository',
    remedy: 'Put the file itself there, or leave the link out',
  };
}
