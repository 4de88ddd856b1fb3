import { accountOf } from '../actor.ts';
import { type Json, Refusal, type Routes, invalid, listed, notFound } from '../route.ts';
import { nodeId } from '../state/account.ts';
import { type Commit, commitJson, readCommit } from '../state/commits.ts';
import { GitFailure } from '../state/git.ts';
import {
  assertNotEmpty,
  listRefs,
  readBlob,
  readRef,
  readTree,
  refJson,
  treeJson,
  writeTree,
} from '../state/gitObjects.ts';
import type { FileChanges, FileEntry } from '../state/importCommit.ts';
import { NO_COMMIT, type StandInRepository } from '../state/repository.ts';

/** https://docs.github.com/rest/git: objects and refs as git has them. */
export const gitDataRoutes: Routes = {
  'GET /repos/{owner}/{repo}/git/blobs/{file_sha}': {
    needs: 'contents: read',
    async handle({ repository, params, headers }) {
      const bytes = await readBlob(repository, params.file_sha);
      if (headers['accept']?.includes('.raw') === true) {
        return { status: 200, bytes, headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' } };
      }
      return {
        status: 200,
        body: {
          sha: params.file_sha,
          node_id: nodeId('B', repository.id, params.file_sha),
          size: bytes.length,
          url: `${repository.url}/git/blobs/${params.file_sha}`,
          content: base64Lines(bytes),
          encoding: 'base64',
        },
      };
    },
  },
  'POST /repos/{owner}/{repo}/git/blobs': {
    needs: 'contents: write',
    async handle({ repository, body }) {
      await assertNotEmpty(repository);
      const encoding = body.encoding === 'base64' ? 'base64' : 'utf8';
      const sha = await repository.run(['hash-object', '-w', '--stdin'], {
        input: Buffer.from(body.content, encoding),
      });
      return { status: 201, body: { sha, url: `${repository.url}/git/blobs/${sha}` } };
    },
  },
  'GET /repos/{owner}/{repo}/git/trees/{tree_sha}': {
    needs: 'contents: read',
    async handle({ repository, params, query }) {
      // Any value at all means yes, "false" as well.
      const recursive = query.recursive !== undefined;
      const { sha, entries } = await readTree(repository, params.tree_sha, recursive);
      const most = recursive ? repository.mostTreeEntries : Infinity;
      return { status: 200, body: treeJson(repository, sha, entries.slice(0, most), entries.length > most) };
    },
  },
  'POST /repos/{owner}/{repo}/git/trees': {
    needs: 'contents: write',
    async handle({ repository, body }) {
      await assertNotEmpty(repository);
      const changes: Record<string, FileEntry | null> = {};
      for (const { path, mode = '100644', sha, content } of body.tree) {
        if (path === undefined || path === '' || path.startsWith('/'))
          throw invalid('tree.path contains a malformed path component');
        if (mode === '040000') throw invalid('The stand-in takes files alone');
        if (sha === null) changes[path] = null;
        else if (content !== undefined) changes[path] = { mode, content };
        else if (sha !== undefined) changes[path] = { mode, content: await readBlob(repository, sha) };
        else throw invalid('Must supply either tree.sha or tree.content');
      }
      const tree = await writeTree(repository, body.base_tree, changes satisfies FileChanges);
      const { entries } = await readTree(repository, tree, false);
      return { status: 201, body: treeJson(repository, tree, entries) };
    },
  },
  'GET /repos/{owner}/{repo}/git/commits/{commit_sha}': {
    needs: 'contents: read',
    async handle({ repository, params }) {
      const sha = await repository.resolve(params.commit_sha);
      if (sha === undefined) throw notFound();
      return { status: 200, body: gitCommitJson(repository, await readCommit(repository, sha)) };
    },
  },
  'POST /repos/{owner}/{repo}/git/commits': {
    needs: 'contents: write',
    async handle({ repository, body, actor }) {
      await assertNotEmpty(repository);
      try {
        const sha = await repository.writeCommit(body.tree, body.parents ?? [], {
          message: body.message,
          author: accountOf(actor),
        });
        return { status: 201, body: gitCommitJson(repository, await readCommit(repository, sha)) };
      } catch (error) {
        throw error instanceof GitFailure ? invalid('Tree SHA does not exist') : error;
      }
    },
  },
  'GET /repos/{owner}/{repo}/git/ref/{ref}': {
    needs: 'contents: read',
    async handle({ repository, params }) {
      const ref = `refs/${params.ref}`;
      const sha = await readRef(repository, ref);
      if (sha === undefined) await assertNotEmpty(repository);
      if (sha === undefined) throw notFound();
      return { status: 200, body: refJson(repository, ref, sha) };
    },
  },
  'GET /repos/{owner}/{repo}/git/matching-refs/{ref}': {
    needs: 'contents: read',
    async handle(call) {
      const { repository, params } = call;
      await assertNotEmpty(repository);
      const refs = await listRefs(repository, `refs/${params.ref}`);
      return listed(call, refs, ({ ref, sha }) => refJson(repository, ref, sha));
    },
  },
  'POST /repos/{owner}/{repo}/git/refs': {
    needs: 'contents: write',
    async handle({ repository, body: { ref, sha }, actor }) {
      await assertNotEmpty(repository);
      if (!/^refs\/[^/]+\/./.test(ref)) throw new Refusal(422, 'Reference name is not well-formed');
      if ((await repository.resolve(sha)) !== sha) throw new Refusal(422, 'Object does not exist');
      try {
        await repository.moveRef(ref, sha, { by: actor, before: NO_COMMIT });
      } catch (error) {
        throw error instanceof GitFailure ? new Refusal(422, 'Reference already exists') : error;
      }
      return { status: 201, body: refJson(repository, ref, sha) };
    },
  },
  'PATCH /repos/{owner}/{repo}/git/refs/{ref}': {
    needs: 'contents: write',
    async handle({ repository, params, body: { sha, force }, actor }) {
      const ref = `refs/${params.ref}`;
      const before = await readRef(repository, ref);
      if (before === undefined) throw new Refusal(422, 'Reference does not exist');
      if ((await repository.resolve(sha)) !== sha) throw new Refusal(422, 'Object does not exist');
      if (force !== true && !(await repository.contains(sha, before)))
        throw new Refusal(422, 'Update is not a fast forward');
      try {
        await repository.moveRef(ref, sha, { by: actor, before });
      } catch (error) {
        throw error instanceof GitFailure ? new Refusal(409, `Reference ${ref} was moved`) : error;
      }
      return { status: 200, body: refJson(repository, ref, sha) };
    },
  },
  'DELETE /repos/{owner}/{repo}/git/refs/{ref}': {
    needs: 'contents: write',
    async handle({ repository, params, actor }) {
      const ref = `refs/${params.ref}`;
      const before = await readRef(repository, ref);
      if (before === undefined) throw new Refusal(422, 'Reference does not exist');
      await repository.moveRef(ref, undefined, { by: actor, before });
      return { status: 204 };
    },
  },
};

/** `git-commit` in GitHub's description. */
export function gitCommitJson(repository: StandInRepository, commit: Commit): Json {
  const {
    commit: inner,
    sha,
    node_id: node,
    html_url: html,
    parents,
  } = commitJson(repository, commit) as Record<string, Json>;
  const { author, committer, message, tree, url, verification } = inner as Record<string, Json>;
  return { sha, node_id: node, url, html_url: html, author, committer, message, tree, parents, verification };
}

/** As GitHub writes content: 60 characters a line. */
export function base64Lines(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('base64')
    .replaceAll(/.{1,60}/g, '$&\n');
}
