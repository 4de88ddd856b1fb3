import type { GitHubClient } from '../github/gitHubClient.ts';

interface BranchFile {
  readonly path: string;
  /** Of its content. */
  readonly id: string;
}

/**
 * All files of a commit, by one request; where GitHub cuts that short (100,000 entries, 7 MB), folder by folder.
 *
 * @param seen trees whose files are known already: they are left out, and those that are read are added.
 */
export async function* branchFiles(
  client: GitHubClient,
  place: { readonly owner: string; readonly repo: string },
  tree: string,
  seen: Set<string>,
  prefix = '',
): AsyncGenerator<BranchFile, void, undefined> {
  if (seen.has(tree)) return;
  const { data } = await client.rest.git.getTree({ ...place, tree_sha: tree, recursive: 'true' });
  if (!data.truncated) {
    for (const { type, path, sha } of data.tree) {
      if (type === 'blob') yield { path: `${prefix}${path}`, id: sha };
    }
  } else {
    const { data: folder } = await client.rest.git.getTree({ ...place, tree_sha: tree });
    if (folder.truncated) throw new RangeError(`GitHub cannot list the folder "${prefix}": it holds too many files.`);
    for (const { type, path, sha } of folder.tree) {
      if (type === 'blob') yield { path: `${prefix}${path}`, id: sha };
      else if (type === 'tree') yield* branchFiles(client, place, sha, seen, `${prefix}${path}/`);
    }
  }
  seen.add(tree);
}
