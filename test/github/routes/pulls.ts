import { type Actor, accountOf, isAtLeast } from '../actor.ts';
import { type Call, Refusal, type Routes, invalid, listed, notFound, page } from '../route.ts';
import type { Account } from '../state/account.ts';
import { commitJson, readCommits } from '../state/commits.ts';
import { readDiff } from '../state/diff.ts';
import type { PullRequest } from '../state/pulls.ts';
import { lackOf } from '../state/requiredChecks.ts';
import type { StandInRepository } from '../state/repository.ts';

export const pullRoutes: Routes = {
  'GET /repos/{owner}/{repo}/pulls': {
    needs: 'pull_requests: read',
    async handle(call) {
      const { state = 'open', head, base, sort = 'created', direction } = call.query;
      const fitting = call.repository.pulls.all.filter(
        (pull) =>
          (state === 'all' || pull.state === state) &&
          (head === undefined || head === `${pull.head.repository.owner.login}:${pull.head.ref}`) &&
          (base === undefined || base === pull.base.ref),
      );
      const isDescending = (direction ?? (sort === 'created' ? 'desc' : 'asc')) === 'desc';
      const at = (pull: PullRequest): string => (sort === 'updated' ? pull.updatedAt : pull.createdAt);
      const sorted = fitting.toSorted((a, b) => (at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : a.number - b.number));
      const { items, headers } = page(call, isDescending ? sorted.reverse() : sorted);
      return { status: 200, body: await Promise.all(items.map((pull) => pull.simpleJson())), headers };
    },
  },
  'POST /repos/{owner}/{repo}/pulls': {
    needs: 'pull_requests: write',
    async handle({ repository, body, actor }) {
      const head = await headOf(repository, body.head, body.head_repo);
      const baseSha = await repository.resolve(`refs/heads/${body.base}`);
      const problem = (field: string): unknown => invalid({ resource: 'PullRequest', field, code: 'invalid' });
      if (!head) throw problem('head');
      if (baseSha === undefined) throw problem('base');
      const name = `${head.repository.owner.login}:${head.ref}`;
      const isThere = repository.pulls.all.some(
        (pull) =>
          pull.state === 'open' &&
          pull.head.repository === head.repository &&
          pull.head.ref === head.ref &&
          pull.base.ref === body.base,
      );
      if (isThere)
        throw invalid({
          resource: 'PullRequest',
          code: 'custom',
          message: `A pull request already exists for ${name}.`,
        });
      if (await repository.contains(baseSha, head.sha)) {
        throw invalid({
          resource: 'PullRequest',
          code: 'custom',
          message: `No commits between ${body.base} and ${head.ref}`,
        });
      }
      const pull = await repository.pulls.open({
        title: body.title ?? head.ref,
        body: body.body ?? null,
        head,
        base: { ref: body.base, sha: baseSha },
        draft: body.draft ?? false,
        by: named(actor),
      });
      return { status: 201, body: await pull.json(), headers: { location: pull.url } };
    },
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}': {
    needs: 'pull_requests: read',
    handle: async (call) => ({ status: 200, body: await pullOf(call).json() }),
  },
  'PATCH /repos/{owner}/{repo}/pulls/{pull_number}': {
    needs: 'pull_requests: write',
    async handle(call) {
      const { repository, body = {}, actor } = call;
      const pull = pullOf(call);
      mayEdit(actor, pull);
      const { pulls } = repository;
      if (body.base !== undefined && body.base !== pull.base.ref) {
        const sha = await repository.resolve(`refs/heads/${body.base}`);
        if (sha === undefined) throw invalid({ resource: 'PullRequest', field: 'base', code: 'invalid' });
        if (pull.state === 'closed') throw invalid('Cannot change the base branch of a closed pull request.');
        await pulls.retarget(pull, { ref: body.base, sha }, actor);
      }
      if (body.title !== undefined || body.body !== undefined) {
        await pulls.edit(
          pull,
          {
            ...(body.title !== undefined && { title: body.title }),
            ...(body.body !== undefined && { body: body.body }),
          },
          actor,
        );
      }
      if (body.state === 'closed' && pull.state === 'open') await pulls.close(pull, actor);
      if (body.state === 'open' && pull.state === 'closed') {
        if (pull.merged)
          throw invalid({
            resource: 'PullRequest',
            code: 'custom',
            message: 'A merged pull request cannot be reopened.',
          });
        await pulls.reopen(pull, actor);
      }
      return { status: 200, body: await pull.json() };
    },
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/commits': {
    needs: 'pull_requests: read',
    async handle(call) {
      const pull = pullOf(call);
      // GitHub lists 250 at most.
      const commits = await readCommits(call.repository, ['--max-count=250', `${pull.base.sha}..${pull.headSha}`]);
      return listed(call, commits.reverse(), (commit) => commitJson(call.repository, commit));
    },
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/files': {
    needs: 'pull_requests: read',
    async handle(call) {
      const pull = pullOf(call);
      const base = await call.repository.mergeBase(pull.base.sha, pull.headSha);
      const files = base === undefined ? [] : await readDiff(call.repository, base, pull.headSha);
      // GitHub lists 3,000 at most.
      return listed(call, files.slice(0, 3000), (file) => file);
    },
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/merge': {
    needs: 'pull_requests: read',
    handle(call) {
      if (!pullOf(call).merged) throw notFound();
      return { status: 204 };
    },
  },
  'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge': {
    needs: 'contents: write',
    async handle(call) {
      const { body, actor, repository } = call;
      const pull = pullOf(call);
      if (pull.state === 'closed') throw new Refusal(405, 'Pull Request is not mergeable');
      if (pull.isDraft) throw new Refusal(405, 'Pull Request is still a draft');
      if (typeof body?.sha === 'string' && body.sha !== pull.headSha) {
        throw new Refusal(409, 'Head branch was modified. Review and try the merge again.');
      }
      if ((await pull.testMerge()).kind === 'conflict') throw new Refusal(405, 'Pull Request has merge conflicts');
      const lack = lackOf(repository, pull.base.ref, pull.headSha);
      if (lack !== undefined) throw new Refusal(405, lack);
      const sha = await repository.pulls.merge(pull, body?.merge_method ?? 'merge', named(actor), {
        ...(body?.commit_title !== undefined && { title: body.commit_title }),
        ...(body?.commit_message !== undefined && { message: body.commit_message }),
      });
      return { status: 200, body: { sha, merged: true, message: 'Pull Request successfully merged' } };
    },
  },
  'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls': {
    needs: 'pull_requests: read',
    async handle(call) {
      const { repository, params } = call;
      const sha = await repository.resolve(params.commit_sha);
      if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${params.commit_sha}`);
      const holding: PullRequest[] = [];
      for (const pull of repository.pulls.all) if (await isPartOf(pull, sha)) holding.push(pull);
      const { items, headers } = page(call, holding);
      return { status: 200, body: await Promise.all(items.map((pull) => pull.simpleJson())), headers };
    },
  },
};

/** The pull request of the path. */
export function pullOf(
  call: Pick<Call, 'repository'> & { readonly params: { readonly pull_number: number } },
): PullRequest {
  const pull = call.repository.pulls.find(call.params.pull_number);
  if (!pull) throw notFound();
  return pull;
}

/** The one who asks, with an account to sign with. */
export function named(actor: Actor): Actor & { readonly account: Account } {
  accountOf(actor);
  if (actor.kind === 'anonymous') throw new Error('Nobody');
  return actor;
}

/** One's own, or with a role that looks after those of others. */
function mayEdit(actor: Actor, pull: PullRequest): void {
  if (actor.kind !== 'user' || actor.account === pull.author) return;
  if (!isAtLeast(pull.repository.roleOf(actor.account), 'triage'))
    throw new Refusal(403, 'Must have triage rights to Repository.');
}

/** `branch`, or `owner:branch` of this repository or of a fork of it. */
async function headOf(
  repository: StandInRepository,
  head: string,
  headRepository: string | undefined,
): Promise<{ repository: StandInRepository; ref: string; sha: string } | undefined> {
  const [owner, ref] = head.includes(':')
    ? [head.slice(0, head.indexOf(':')), head.slice(head.indexOf(':') + 1)]
    : [undefined, head];
  const from = repository.github.repositories.find(
    (other) =>
      (other === repository || other.parent === repository) &&
      (owner === undefined ? other === repository : other.owner.login === owner) &&
      (headRepository === undefined || other.name === headRepository || other.fullName === headRepository),
  );
  const sha = await from?.resolve(`refs/heads/${ref}`);
  return from && sha !== undefined ? { repository: from, ref, sha } : undefined;
}

/** The pull request that merged a commit, or an open one that would bring it. */
async function isPartOf(pull: PullRequest, sha: string): Promise<boolean> {
  if (pull.merged?.commit === sha || pull.headSha === sha) return true;
  const { repository } = pull;
  return (await repository.contains(pull.headSha, sha)) && !(await repository.contains(pull.base.sha, sha));
}
