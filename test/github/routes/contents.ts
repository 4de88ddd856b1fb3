import { setTimeout as pass } from 'node:timers/promises';
import { type Actor, accountOf } from '../actor.ts';
import { type Json, Refusal, type Routes, notFound } from '../route.ts';
import { commitFile, entryAt } from '../state/commitFile.ts';
import { readCommit } from '../state/commits.ts';
import { GitFailure } from '../state/git.ts';
import { type TreeEntry, readBlob, readEntry, readRef, readTree } from '../state/gitObjects.ts';
import { objectId } from '../state/objectWriter.ts';
import { NO_COMMIT, type StandInRepository } from '../state/repository.ts';
import { base64Lines, gitCommitJson } from './gitData.ts';

/** Above it the content is left out. https://docs.github.com/rest/repos/contents#get-repository-content */
const MOST_SHOWN = 1 << 20;

/** https://docs.github.com/rest/repos/contents: files of a branch, each change a commit. */
export const contentRoutes: Routes = {
  'GET /repos/{owner}/{repo}/contents/{path}': {
    needs: 'contents: read',
    async handle({ repository, params, query, headers }) {
      const ref = query.ref ?? repository.defaultBranch;
      const commit = await repository.resolve(ref);
      if (commit === undefined) throw new Refusal(404, `No commit found for the ref ${ref}`);
      const path = params.path.replace(/^\/+|\/+$/g, '');
      const entry = await readEntry(repository, commit, path);
      if (entry === undefined) throw notFound();
      if (entry.type === 'tree') {
        const { entries } = await readTree(repository, entry.sha, false);
        return {
          status: 200,
          body: entries.map((each) => contentJson(repository, ref, { ...each, path: `${path}/${each.path}` })),
        };
      }
      const bytes = await readBlob(repository, entry.sha);
      if (headers['accept']?.includes('.raw') === true) {
        return { status: 200, bytes, headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' } };
      }
      const shown = bytes.length <= MOST_SHOWN;
      return {
        status: 200,
        body: {
          ...contentJson(repository, ref, entry),
          content: shown ? base64Lines(bytes) : '',
          encoding: shown ? 'base64' : 'none',
        },
      };
    },
  },
  'PUT /repos/{owner}/{repo}/contents/{path}': {
    needs: 'contents: write',
    async handle({ repository, params: { path }, body, actor }) {
      const branch = body.branch ?? repository.defaultBranch;
      const content = Buffer.from(body.content, 'base64');
      const ref = `refs/heads/${branch}`;
      const before = await readRef(repository, ref);
      if (before === undefined && (await repository.run(['for-each-ref', '--count=1'])) !== '') {
        throw new Refusal(404, `Branch ${branch} not found`);
      }
      await assertReplaces(repository, before, path, body.sha);
      const commit = await commitAside(repository, before, { path, content }, body, actor);
      // Others may move the branch meanwhile: at GitHub too there is such a time, and it is longer.
      await pass(repository.commitWindowMs);
      await move(repository, ref, before, () =>
        repository.moveRef(ref, commit, { by: actor, before: before ?? NO_COMMIT }),
      );
      const file: TreeEntry = {
        mode: '100644',
        type: 'blob',
        sha: objectId('blob', content),
        size: content.length,
        path,
      };
      return {
        status: body.sha === undefined ? 201 : 200,
        body: {
          content: contentJson(repository, branch, file),
          commit: gitCommitJson(repository, await readCommit(repository, commit)),
        },
      };
    },
  },
  'DELETE /repos/{owner}/{repo}/contents/{path}': {
    needs: 'contents: write',
    async handle({ repository, params: { path }, body, actor }) {
      const branch = body.branch ?? repository.defaultBranch;
      const ref = `refs/heads/${branch}`;
      const before = await repository.resolve(ref);
      if (before === undefined || !(await readEntry(repository, before, path))) throw notFound();
      await assertReplaces(repository, before, path, body.sha);
      const commit = await commitAside(repository, before, { path, content: undefined }, body, actor);
      await move(repository, ref, before, () => repository.moveRef(ref, commit, { by: actor, before }));
      return {
        status: 200,
        body: { content: null, commit: gitCommitJson(repository, await readCommit(repository, commit)) },
      };
    },
  },
};

/** A commit that no branch leads to yet. */
async function commitAside(
  repository: StandInRepository,
  before: string | undefined,
  file: { readonly path: string; readonly content: Uint8Array | undefined },
  { message }: { readonly message: string },
  actor: Actor,
): Promise<string> {
  const { id, login } = accountOf(actor);
  const date = `${Math.floor(repository.github.now().getTime() / 1000)} +0000`;
  const signature = { name: login, email: `${id}+${login}@users.noreply.github.com`, date };
  return commitFile(repository, before, file, { message, signature });
}

/** What stands at a path is replaced only by somebody who says that it is this that they mean. */
async function assertReplaces(
  repository: StandInRepository,
  commit: string | undefined,
  path: string,
  sha: string | undefined,
): Promise<void> {
  const there = commit === undefined ? undefined : await entryAt(repository, commit, path);
  if (sha === undefined && there) throw new Refusal(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
  if (sha !== undefined && there?.id !== sha) throw new Refusal(409, `${path} does not match ${sha}`);
  for (const { index } of path.matchAll(/\//g)) {
    const folder = commit === undefined ? undefined : await entryAt(repository, commit, path.slice(0, index));
    if (folder !== undefined && !folder.isFolder) {
      throw new Refusal(422, `path contains a malformed path component: ${path}`);
    }
  }
}

/** By compare and swap, as GitHub does: who comes second is told where the branch is. */
async function move(
  repository: StandInRepository,
  ref: string,
  before: string | undefined,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    const now = await repository.resolve(ref);
    throw new Refusal(409, `is at ${now ?? NO_COMMIT} but expected ${before ?? NO_COMMIT}`);
  }
}

/** A file or folder of a commit, without its content. */
function contentJson(repository: StandInRepository, ref: string, { type, path, sha, size = 0 }: TreeEntry): Json {
  const { url, htmlUrl, github } = repository;
  const self = `${url}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const git = `${url}/git/${type === 'tree' ? 'trees' : 'blobs'}/${sha}`;
  const html = `${htmlUrl}/${type === 'tree' ? 'tree' : 'blob'}/${ref}/${path}`;
  return {
    type: type === 'tree' ? 'dir' : type === 'commit' ? 'submodule' : 'file',
    name: path.slice(path.lastIndexOf('/') + 1),
    path,
    sha,
    size,
    url: self,
    git_url: git,
    html_url: html,
    download_url: type === 'blob' ? `${github.url}/raw/${repository.fullName}/${ref}/${path}` : null,
    _links: { self, git, html },
  };
}
