import type { GitTree, TreeEntry } from './gitTree.ts';

/** A tree as a file system shows it: a path may lead through links, as long as these stay inside. */
export interface TreeView {
  readonly tree: GitTree;
  /** The path that a path leads to, links followed; `undefined` where that lies outside, in a submodule or in a circle. */
  follow(path: string): Promise<string | undefined>;
  /** Paths of the files and links below a folder, relative to it; a link inside is listed and not followed. */
  below(folder: string): readonly string[];
}

// Linux follows as many: path_resolution(7).
const MOST_LINKS = 40;

/** @param readLink the text of a link. */
export function viewTree(tree: GitTree, readLink: (link: TreeEntry) => Promise<string>): TreeView {
  const texts = new Map<string, Promise<string>>();
  const textOf = (link: TreeEntry): Promise<string> => {
    const text = texts.get(link.object) ?? readLink(link);
    texts.set(link.object, text);
    return text;
  };
  return {
    tree,
    async follow(path) {
      const left = path.split('/').filter((step) => step !== '');
      const walked: string[] = [];
      for (let links = 0; left.length > 0;) {
        const step = left.shift();
        if (step === undefined || step === '' || step === '.') continue;
        if (step === '..') {
          if (walked.pop() === undefined) return undefined;
          continue;
        }
        walked.push(step);
        const entry = tree.get(walked.join('/'));
        if (entry?.kind === 'submodule') return undefined;
        if (entry?.kind !== 'link') continue;
        links += 1;
        const text = await textOf(entry);
        if (links > MOST_LINKS || text === '' || text.startsWith('/')) return undefined;
        walked.pop();
        left.unshift(...text.split('/'));
      }
      return walked.join('/');
    },
    below(folder) {
      const start = folder === '' ? '' : `${folder}/`;
      return [...tree.values()]
        .filter(({ path, kind }) => path.startsWith(start) && kind !== 'submodule')
        .map(({ path }) => path.slice(start.length));
    },
  };
}

/**
 * The paths that change because what they lead to does: a link to a changed file or folder.
 *
 * @param wanted whether a path is of any interest: only such links are read.
 */
export async function changedThroughLinks(
  view: TreeView,
  changed: readonly string[],
  wanted: (path: string) => boolean,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { kind, path } of view.tree.values()) {
    if (kind !== 'link' || !wanted(path)) continue;
    const target = await view.follow(path);
    if (target === undefined) continue;
    for (const each of changed) {
      if (each === target) found.push(path);
      else if (each.startsWith(`${target}/`)) found.push(path + each.slice(target.length));
    }
  }
  return found;
}
