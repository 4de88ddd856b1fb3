import type { CommitSha } from '../identity/git.ts';

/** One entry of a commit's tree. Folders are no entries of their own: git holds none that are empty. */
export interface TreeEntry {
  readonly kind: 'file' | 'link' | 'submodule';
  /** Relative to the folder that the tree is looked at from, with `/`. */
  readonly path: string;
  readonly mode: string;
  /** Id of the git object: 40 hex digits, or 64 in a repository of sha256. */
  readonly object: string;
  /** Absent for a submodule. */
  readonly bytes?: number;
}

/** What a commit holds, by path. */
export type GitTree = ReadonlyMap<string, TreeEntry>;

/** A repository's objects, read by id: no checkout, no hooks, no filters, no submodules. */
export interface GitObjects {
  /** @throws UserMistake where the two have no commit in common. */
  mergeBase(base: CommitSha, head: CommitSha): Promise<CommitSha>;
  tree(commit: CommitSha): Promise<GitTree>;
  /**
   * The bytes of a file or the text of a link, held against its id.
   * @throws UserMistake where it is larger than the bound.
   */
  blob(entry: TreeEntry, mostBytes: number): Promise<Uint8Array>;
}

/** What lies in a folder of a tree, by paths relative to it; all of it for `""`. */
export function treeBelow(tree: GitTree, folder: string): GitTree {
  if (folder === '') return tree;
  const start = `${folder}/`;
  const below = [...tree.values()].filter(({ path }) => path.startsWith(start));
  return treeOf(below.map((entry) => ({ ...entry, path: entry.path.slice(start.length) })));
}

export function treeOf(entries: Iterable<TreeEntry>): GitTree {
  return new Map([...entries].map((entry) => [entry.path, entry]));
}

/** Paths that came, went, or lead to something else. */
export function changedPaths(base: GitTree, head: GitTree): readonly string[] {
  const paths = new Set([...base.keys(), ...head.keys()]);
  return [...paths].filter((path) => {
    const [before, after] = [base.get(path), head.get(path)];
    return before?.object !== after?.object || before?.mode !== after?.mode;
  });
}
