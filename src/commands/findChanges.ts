import type { Config, ModelConfig } from '../config/config.ts';
import { parseConfig } from '../config/parseConfig.ts';
import { UserMistake, type Problem } from '../failure.ts';
import type { CommitSha } from '../identity/git.ts';
import { changedPaths, treeBelow, type GitObjects, type GitTree } from '../pullRequest/gitTree.ts';
import {
  changedSections,
  declaredBy,
  touchedModels,
  type Models,
  type TouchedModels,
} from '../pullRequest/touchedModels.ts';
import { changedThroughLinks, viewTree, type TreeView } from '../pullRequest/treeLinks.ts';
import { declares } from '../training/declaredInputs.ts';
import { readRequirements } from '../training/requirements.ts';

/** Where `touchstone.yml` stands in a repository. */
export interface ConfigPlace {
  /** The folder that holds it, relative to the repository's, with `/`; `""` for that itself. */
  readonly folder: string;
  /** `touchstone.yml` */
  readonly name: string;
  /** Absolute path of the folder on this machine that stands for the commit's; paths of the configuration go from there. */
  readonly root: string;
}

/** A configuration as a commit holds it. */
export type CommittedConfig =
  | { readonly kind: 'none' }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }
  | { readonly kind: 'config'; readonly config: Config };

export interface ChangesRequest {
  /** The commit of the default branch that the head is held against: where the two parted is found from it. */
  readonly ruling: CommitSha;
  /** What that commit's configuration is; read from the commit where it is not given. */
  readonly rulingConfig?: CommittedConfig;
  readonly head: CommitSha;
  readonly place: ConfigPlace;
}

/** What a head changes, and all that was read to know it. */
export interface FoundChanges {
  readonly mergeBase: CommitSha;
  readonly ruling: CommittedConfig;
  readonly proposed: CommittedConfig;
  /** Of the head, below the folder of the configuration. */
  readonly head: TreeView;
  /** Of the whole head. */
  readonly wholeHead: GitTree;
  readonly touched: TouchedModels;
}

/**
 * The models that a head touches, from git's objects alone. The base of the pull request plays no part: what counts is
 * where its head parted from the default branch.
 *
 * @throws UserMistake where the head has nothing in common with the default branch, or a link is too long.
 */
export async function findChanges(request: ChangesRequest, git: GitObjects): Promise<FoundChanges> {
  const { ruling: rulingCommit, head, place } = request;
  const mergeBase = await git.mergeBase(rulingCommit, head);
  const wholeHead = await git.tree(head);
  const headTree = treeBelow(wholeHead, place.folder);
  const baseTree = treeBelow(await git.tree(mergeBase), place.folder);
  const proposed = await readCommitted(headTree, place, git);
  const ruling = request.rulingConfig ?? (await rulingOf(rulingCommit, mergeBase, baseTree, place, git));
  const base = await readCommitted(baseTree, place, git);
  const view = viewTree(headTree, (link) => readLink(git, link));
  const [rulingModels, proposedModels] = [modelsOf(ruling), modelsOf(proposed)];
  // Where the base cannot be read, nobody can say which sections are the head's doing: all that differ from what rules.
  const sections = changedSections(base.kind === 'invalid' ? rulingModels : modelsOf(base), proposedModels);
  const includes = await includedRequirements([...rulingModels.values(), ...proposedModels.values()], headTree, git);
  const includedBy = (file: string): readonly string[] => includes.get(file) ?? [];
  const patterns = [...rulingModels.values(), ...proposedModels.values()].flatMap((one) => declaredBy(one, includedBy));
  const direct = changedPaths(baseTree, headTree);
  const linked = await changedThroughLinks(view, direct, (path) => isOnTheWay(patterns, path));
  return {
    mergeBase,
    ruling,
    proposed,
    head: view,
    wholeHead,
    touched: touchedModels({
      ruling: rulingModels,
      proposed: proposedModels,
      paths: [...direct, ...linked],
      sections,
      includedBy,
    }),
  };
}

export function modelsOf(committed: CommittedConfig): Models {
  return committed.kind === 'config' ? committed.config.models : new Map();
}

async function rulingOf(
  commit: CommitSha,
  mergeBase: CommitSha,
  baseTree: GitTree,
  place: ConfigPlace,
  git: GitObjects,
): Promise<CommittedConfig> {
  return readCommitted(commit === mergeBase ? baseTree : treeBelow(await git.tree(commit), place.folder), place, git);
}

// As for a file on disk: far above any real configuration.
const MOST_CONFIG_BYTES = 1024 * 1024;

async function readCommitted(
  tree: GitTree,
  { folder, name, root }: ConfigPlace,
  git: GitObjects,
): Promise<CommittedConfig> {
  const entry = tree.get(name);
  if (entry === undefined) return { kind: 'none' };
  const shown = folder === '' ? name : `${folder}/${name}`;
  try {
    if (entry.kind !== 'file')
      throw new UserMistake('config-unreadable', { where: shown, found: `it is a ${entry.kind}`, expected: 'a file' });
    const text = decode(await git.blob(entry, MOST_CONFIG_BYTES), shown);
    const separator = root.includes('\\') ? '\\' : '/';
    return { kind: 'config', config: parseConfig(text, { file: `${root}${separator}${name}`, root, shown }).config };
  } catch (error) {
    if (error instanceof UserMistake) return { kind: 'invalid', problems: error.problems };
    throw error;
  }
}

function decode(bytes: Uint8Array, shown: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UserMistake('config-unreadable', {
      where: shown,
      found: 'bytes that are not UTF-8',
      expected: 'YAML, as UTF-8 text',
      remedy: 'Save the file as UTF-8',
    });
  }
}

// PATH_MAX of Linux.
const LONGEST_LINK = 4096;

async function readLink(git: GitObjects, link: Parameters<GitObjects['blob']>[0]): Promise<string> {
  return new TextDecoder().decode(await git.blob(link, LONGEST_LINK));
}

/** A path that is declared, or a folder that a declared path leads through. */
function isOnTheWay(patterns: readonly string[], path: string): boolean {
  return declares(patterns, path) || patterns.some((pattern) => pattern.replace(/^(\.\/)+/, '').startsWith(`${path}/`));
}

const MOST_REQUIREMENTS_BYTES = 4 * 1024 * 1024;

/** Reads a file of a tree; `undefined` where there is none. */
export function fileOfTree(
  tree: GitTree,
  git: GitObjects,
  mostBytes = MOST_REQUIREMENTS_BYTES,
): (file: string) => Promise<Uint8Array | undefined> {
  return async (file) => {
    const entry = tree.get(file);
    return entry?.kind === 'file' ? git.blob(entry, mostBytes) : undefined;
  };
}

/** By requirements file: the files that it includes. What is wrong with one is told when its model is judged. */
async function includedRequirements(
  models: Iterable<ModelConfig>,
  tree: GitTree,
  git: GitObjects,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const { train } of models) {
    const setup = train?.setup;
    if (setup?.kind !== 'requirements' || found.has(setup.file)) continue;
    const { file } = setup;
    try {
      const [, ...included] = await readRequirements(file, file, fileOfTree(tree, git));
      found.set(
        file,
        included.map(({ path }) => path),
      );
    } catch (error) {
      if (!(error instanceof UserMistake)) throw error;
      found.set(file, []);
    }
  }
  return found;
}
