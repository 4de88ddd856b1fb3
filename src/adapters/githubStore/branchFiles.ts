import type { GitHubClient } from '../github/gitHubClient.ts';
import type { GitBlob } from './blobReads.ts';

interface BranchFile {
  readonly path: string;
  readonly blob: GitBlob;
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
    for (const entry of data.tree) if (entry.type === 'blob') yield fileOf(entry, prefix);
  } else {
    const { data: folder } = await client.rest.git.getTree({ ...place, tree_sha: tree });
    if (folder.truncated) throw new RangeError(`GitHub cannot list the folder "${prefix}": it holds too many files.`);
    for (const entry of folder.tree) {
      if (entry.type === 'blob') yield fileOf(entry, prefix);
      else if (entry.type === 'tree') yield* branchFiles(client, place, entry.sha, seen, `${prefix}${entry.path}/`);
    }
  }
  seen.add(tree);
}

function fileOf(
  { path, sha, size }: { readonly path: string; readonly sha: string; readonly size?: number },
  prefix: string,
): BranchFile {
  return { path: `${prefix}${path}`, blob: { id: sha, ...(size !== undefined && { bytes: size }) } };
}
