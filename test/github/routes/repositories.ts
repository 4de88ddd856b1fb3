import { type Actor, isAtLeast } from '../actor.ts';
import type { Routes } from '../route.ts';
import type { Role, StandInRepository } from '../state/repository.ts';

export const repositoryRoutes: Routes = {
  'GET /repos/{owner}/{repo}': {
    needs: 'metadata: read',
    handle: ({ repository, actor }) => ({ status: 200, body: fullRepository(repository, actor) }),
  },
};

function fullRepository(repository: StandInRepository, actor: Actor): unknown {
  const { parent } = repository;
  const role = actor.kind === 'user' ? repository.roleOf(actor.account) : undefined;
  return {
    ...repository.json,
    ...(actor.kind === 'user' && { permissions: permissions(role ?? 'read') }),
    ...(parent && { parent: parent.json, source: parent.json }),
    network_count: 0,
    subscribers_count: 0,
    allow_merge_commit: true,
    allow_squash_merge: true,
    allow_rebase_merge: true,
    allow_auto_merge: false,
    delete_branch_on_merge: false,
  };
}

/** A role as the five flags that GitHub writes it in. */
export function permissions(role: Role | undefined): Record<string, boolean> {
  return {
    admin: isAtLeast(role, 'admin'),
    maintain: isAtLeast(role, 'maintain'),
    push: isAtLeast(role, 'write'),
    triage: isAtLeast(role, 'triage'),
    pull: isAtLeast(role, 'read'),
  };
}
