import { createHash, type Hash } from 'node:crypto';
import * as v from 'valibot';
import { UserMistake } from '../../failure.ts';
import { isCommitSha, splitRepositoryName, type CommitSha, type RepositoryName } from '../../identity/git.ts';
import { treeOf, type GitObjects, type GitTree, type TreeEntry } from '../../pullRequest/gitTree.ts';
import { answerOf } from './answer.ts';
import type { GitHubClient } from './gitHubClient.ts';
import { boundedChunks, type Chunks } from './boundedChunks.ts';

const objectId = v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'expected the id of a git object'));
const entry = v.object({
  path: v.string(),
  mode: v.string(),
  type: v.string(),
  sha: objectId,
  size: v.optional(v.number()),
});
const treeAnswer = v.object({ tree: v.array(entry), truncated: v.boolean() });
const comparison = v.object({ merge_base_commit: v.object({ sha: v.string() }) });

/** Git's own objects of a repository on GitHub, whose ids are those of their content: all that is read is held against it. */
export interface GitHubObjects extends GitObjects {
  /** The bytes of a file as they come. Whoever reads them to the end has them held against the id. */
  stream(entry: TreeEntry, mostBytes: number): Promise<Chunks>;
}

/** Far more than any repository that a person works in. */
const MOST_ENTRIES = 2_000_000;

/** A walk asks once a folder, so it must end somewhere. */
const MOST_REQUESTS = 2_000;

export function gitHubObjects(client: GitHubClient, repository: RepositoryName): GitHubObjects {
  const place = splitRepositoryName(repository);

  async function listTree(sha: string, recursive: boolean): Promise<v.InferOutput<typeof treeAnswer>> {
    const { data } = await client.rest.git.getTree({ ...place, tree_sha: sha, ...(recursive && { recursive: '1' }) });
    return answerOf(`the tree ${sha}`, treeAnswer, data);
  }

  async function stream(wanted: TreeEntry, mostBytes: number): Promise<Chunks> {
    if (wanted.bytes === undefined || wanted.bytes > mostBytes) throw tooLarge(wanted, mostBytes);
    const { data } = await client.request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', {
      ...place,
      file_sha: wanted.object,
      headers: { accept: 'application/vnd.github.raw+json' },
      request: { parseSuccessResponseBody: false },
    });
    return heldAgainstId(boundedChunks(data, wanted.bytes, wanted.path), wanted);
  }

  return {
    async mergeBase(base, head) {
      try {
        const { data } = await client.rest.repos.compareCommitsWithBasehead({
          ...place,
          basehead: `${base}...${head}`,
          // Only the commit is asked for, and files are on the first page: they end at 300, so trees are compared.
          per_page: 1,
          page: 2,
        });
        const { sha } = answerOf('a comparison', comparison, data).merge_base_commit;
        if (isCommitSha(sha)) return sha;
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
      throw new UserMistake('no-merge-base', {
        where: `commit ${head}`,
        found: `GitHub knows no commit that it has in common with ${base}`,
        expected: 'a branch that began on the default branch',
        remedy: 'Rebase it onto the default branch',
      });
    },

    async tree(commit: CommitSha): Promise<GitTree> {
      const whole = await listTree(commit, true);
      if (!whole.truncated) return treeOf(entriesOf(whole.tree, ''));
      // Too large for one answer: folder by folder, each in one answer where it fits.
      const found: TreeEntry[] = [];
      const folders: { readonly sha: string; readonly at: string }[] = [{ sha: commit, at: '' }];
      for (let asked = 0; ; asked += 1) {
        const folder = folders.pop();
        if (folder === undefined) return treeOf(found);
        const { tree, truncated } = await readFolder(folder);
        if (truncated || found.length > MOST_ENTRIES || asked > MOST_REQUESTS) throw treeTooLarge(commit);
        found.push(...entriesOf(tree, folder.at));
      }

      async function readFolder(folder: { sha: string; at: string }): Promise<v.InferOutput<typeof treeAnswer>> {
        if (folder.at !== '') {
          const deep = await listTree(folder.sha, true);
          if (!deep.truncated) return deep;
        }
        const flat = await listTree(folder.sha, false);
        for (const { type, sha, path } of flat.tree) {
          if (type === 'tree') folders.push({ sha, at: `${folder.at}${path}/` });
        }
        return flat;
      }
    },

    async blob(wanted, mostBytes) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of await stream(wanted, mostBytes)) chunks.push(chunk);
      return Buffer.concat(chunks);
    },

    stream,
  };
}

/** The hash that names a file's content, begun: of "blob", its size and a zero byte. */
export function hashOfBlob(object: string, bytes: number): Hash {
  return createHash(object.length === 64 ? 'sha256' : 'sha1').update(`blob ${bytes}\0`);
}

async function* heldAgainstId(chunks: Chunks, { path, object, bytes = 0 }: TreeEntry): Chunks {
  const hash = hashOfBlob(object, bytes);
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
  const actual = hash.digest('hex');
  if (actual === object) return;
  throw new UserMistake('head-file-damaged', {
    where: path,
    found: `what GitHub sent has the object id ${actual}`,
    expected: object,
    remedy: 'Judge again: "Re-run all jobs" of this run',
  });
}

function entriesOf(tree: readonly v.InferOutput<typeof entry>[], at: string): readonly TreeEntry[] {
  return tree.flatMap(({ path, mode, type, sha, size }): TreeEntry[] => {
    const common = { path: `${at}${path}`, mode, object: sha };
    if (type === 'commit') return [{ kind: 'submodule', ...common }];
    if (type !== 'blob') return [];
    return [{ kind: mode === '120000' ? 'link' : 'file', ...common, ...(size !== undefined && { bytes: size }) }];
  });
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'status' in error && error.status === 404;
}

function tooLarge({ path, bytes }: TreeEntry, mostBytes: number): UserMistake {
  return new UserMistake('head-file-too-large', {
    where: path,
    found: bytes === undefined ? 'it is no file' : `it has ${bytes} bytes`,
    expected: `at most ${mostBytes} bytes`,
    remedy: 'Keep large data in parts, or in Parquet',
  });
}

function treeTooLarge(commit: CommitSha): UserMistake {
  return new UserMistake('head-too-large', {
    where: `commit ${commit}`,
    found: 'it holds more files than can be listed',
    expected: `at most ${MOST_ENTRIES} files`,
  });
}
