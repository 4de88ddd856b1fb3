import { type Json, Refusal, type Routes, listed, notFound, page } from '../route.ts';
import { commitJson, readCommit, readCommits } from '../state/commits.ts';
import { readDiff } from '../state/diff.ts';
import type { StandInRepository } from '../state/repository.ts';

/** What a comparison lists of files, all on its first page. https://docs.github.com/rest/commits/commits#compare-two-commits */
const FILES_COMPARED = 300;
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

export const commitRoutes: Routes = {
  'GET /repos/{owner}/{repo}/commits': {
    needs: 'contents: read',
    async handle(call) {
      const { repository, query } = call;
      const from = await repository.resolve(query.sha ?? repository.defaultBranch);
      if (from === undefined) {
        throw query.sha === undefined ? new Refusal(409, 'Git Repository is empty.') : notFound();
      }
      const commits = await readCommits(repository, [
        ...(query.since === undefined ? [] : [`--since=${query.since}`]),
        ...(query.until === undefined ? [] : [`--until=${query.until}`]),
        from,
        '--',
        ...(query.path === undefined ? [] : [query.path]),
      ]);
      return listed(call, commits, (commit) => commitJson(repository, commit));
    },
  },
  'GET /repos/{owner}/{repo}/commits/{ref}': {
    needs: 'contents: read',
    async handle(call) {
      const { repository, params, headers } = call;
      const sha = await repository.resolve(params.ref);
      if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${params.ref}`);
      const accept = headers['accept'] ?? '';
      if (accept.includes('.sha')) {
        return {
          status: 200,
          bytes: Buffer.from(sha),
          headers: { 'content-type': 'application/vnd.github.sha; charset=utf-8' },
        };
      }
      const commit = await readCommit(repository, sha);
      const all = await readDiff(repository, commit.parents[0] ?? EMPTY_TREE, sha);
      const { items: files, headers: links } = page(call, all);
      return { status: 200, body: { ...commitJson(repository, commit), stats: stats(all), files }, headers: links };
    },
  },
  'GET /repos/{owner}/{repo}/compare/{basehead}': {
    needs: 'contents: read',
    async handle(call) {
      const { repository, params } = call;
      const [baseName, headName, ...more] = params.basehead.split('...');
      if (baseName === undefined || headName === undefined || more.length > 0) throw notFound();
      const base = await inNetwork(repository, baseName);
      const head = await inNetwork(repository, headName);
      if (base === undefined || head === undefined) throw notFound();
      const merged = await repository.mergeBase(base, head);
      if (merged === undefined) throw new Refusal(404, `No common ancestor between ${baseName} and ${headName}.`);
      const [ahead, behind] = await Promise.all([
        readCommits(repository, ['--reverse', `${base}..${head}`]),
        repository.run(['rev-list', '--count', `${head}..${base}`]),
      ]);
      const { items, headers } = page(call, ahead);
      const isFirst = (call.query.page ?? 1) <= 1;
      const html = `${repository.htmlUrl}/compare/${params.basehead}`;
      const body = {
        url: `${repository.url}/compare/${encodeURIComponent(params.basehead)}`,
        html_url: html,
        permalink_url: `${repository.htmlUrl}/compare/${base}...${head}`,
        diff_url: `${html}.diff`,
        patch_url: `${html}.patch`,
        base_commit: commitJson(repository, await readCommit(repository, base)),
        merge_base_commit: commitJson(repository, await readCommit(repository, merged)),
        status: comparison(ahead.length, Number(behind)),
        ahead_by: ahead.length,
        behind_by: Number(behind),
        total_commits: ahead.length,
        commits: items.map((commit) => commitJson(repository, commit)),
        ...(isFirst && { files: (await readDiff(repository, merged, head)).slice(0, FILES_COMPARED) }),
      };
      return { status: 200, body, headers };
    },
  },
  'GET /repos/{owner}/{repo}/branches': {
    needs: 'contents: read',
    async handle(call) {
      const { repository } = call;
      const printed = await repository.run([
        'for-each-ref',
        '--format=%(objectname) %(refname:lstrip=2)',
        'refs/heads',
      ]);
      const branches = printed.split('\n').filter((line) => line !== '');
      return listed(call, branches, (line) => {
        const [sha = '', name = ''] = [line.slice(0, 40), line.slice(41)];
        return {
          name,
          commit: { sha, url: `${repository.url}/commits/${sha}` },
          protected: repository.settings.protections.has(name),
        };
      });
    },
  },
};

function comparison(ahead: number, behind: number): string {
  if (ahead === 0) return behind === 0 ? 'identical' : 'behind';
  return behind === 0 ? 'ahead' : 'diverged';
}

function stats(files: readonly Json[]): Json {
  const sum = (name: string): number => files.reduce((total, file) => total + Number(file[name]), 0);
  return { additions: sum('additions'), deletions: sum('deletions'), total: sum('changes') };
}

/** A branch, tag or commit of this repository, or `owner:branch` of one that is forked from it or that it is forked from. */
async function inNetwork(repository: StandInRepository, name: string): Promise<string | undefined> {
  const colon = name.indexOf(':');
  if (colon < 0) return repository.resolve(name);
  const owner = name.slice(0, colon);
  const root = repository.parent ?? repository;
  const other = repository.github.repositories.find(
    (found) => (found === root || found.parent === root) && found.owner.login === owner,
  );
  return other?.resolve(name.slice(name.lastIndexOf(':') + 1));
}
