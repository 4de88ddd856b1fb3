import { declares, type InputFile } from './declaredInputs.ts';

/** The history that a project stands in, read and never written. Without git, or outside a repository, all but `objectIds` is absent. */
export interface Repository {
  readonly commit?: string;
  /** Of the whole commit. */
  readonly tree?: string;
  /** Of `origin`, else of the first remote, without credentials. */
  readonly url?: string;
  /** Files that git holds or does not ignore, relative to the root; without submodules. */
  readonly known?: ReadonlySet<string>;
  /** The files of `commit` below the root with their blob ids. */
  readonly committed: ReadonlyMap<string, string>;
  /** The git blob id of each file, as `git hash-object` gives it: attributes and filters apply. */
  objectIds(sources: readonly string[]): Promise<readonly string[]>;
  /** The blob id of some bytes as they are. */
  objectIdOf(bytes: string): string;
}

export interface Repositories {
  /** @throws UserMistake where git refuses the repository; ServiceFailure where git fails. */
  open(root: string): Promise<Repository>;
}

/**
 * Paths where training sees other than the commit says: changed, not committed, or deleted. Decided by blob ids, so
 * neither clock nor index matters. Empty outside a repository, where there is no commit to differ from.
 */
export function uncommittedInputs(
  files: readonly (InputFile & { readonly object: string })[],
  patterns: readonly string[],
  repository: Pick<Repository, 'committed' | 'known' | 'objectIdOf'>,
): readonly string[] {
  if (repository.known === undefined) return [];
  const { committed } = repository;
  const changed = files.filter((file) => {
    if (committed.get(file.source) !== file.object) return true;
    return file.link !== undefined && committed.get(file.path) !== repository.objectIdOf(file.link);
  });
  const present = new Set(files.flatMap((file) => [file.path, file.source]));
  const folders = files.filter((file) => file.path !== file.source).map((file) => `${file.path}/`);
  const deleted = [...committed.keys()].filter(
    (path) =>
      !present.has(path) && declares(patterns, path) && !folders.some((folder) => folder.startsWith(`${path}/`)),
  );
  return [...changed.map((file) => file.path), ...deleted].toSorted();
}

/** A remote's address as others may read it: no user of a web address, no password, no token in a query. */
export function withoutCredentials(address: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) return address;
  try {
    const url = new URL(address);
    url.password = '';
    if (url.protocol === 'http:' || url.protocol === 'https:') url.username = '';
    url.search = '';
    url.hash = '';
    return url.href;
  } catch {
    return address.replace(/\/\/[^/]*@/, '//');
  }
}
