import { isAtLeast } from '../actor.ts';
import { type Json, type Routes, listed, notFound } from '../route.ts';
import type { Account } from '../state/account.ts';
import type { Role, StandInRepository } from '../state/repository.ts';
import { permissions } from './repositories.ts';

export const collaboratorRoutes: Routes = {
  'GET /repos/{owner}/{repo}/collaborators': {
    needs: 'metadata: read',
    handle: (call) =>
      listed(call, [...call.repository.collaborators], ([account, role]) => collaborator(account, role)),
  },
  'GET /repos/{owner}/{repo}/collaborators/{username}': {
    needs: 'metadata: read',
    handle({ github, repository, params }) {
      const account = github.account(params.username);
      if (!account || repository.roleOf(account) === undefined) throw notFound();
      return { status: 204 };
    },
  },
  'GET /repos/{owner}/{repo}/collaborators/{username}/permission': {
    needs: 'metadata: read',
    handle({ github, repository, params }) {
      const account = github.account(params.username);
      if (!account) throw notFound();
      const role = roleIn(repository, account);
      const body = { permission: coarse(role), role_name: role ?? 'none', user: collaborator(account, role) };
      return { status: 200, body };
    },
  },
};

/** Everybody may read what is public. */
function roleIn(repository: StandInRepository, account: Account): Role | undefined {
  return repository.roleOf(account) ?? (repository.isPrivate ? undefined : 'read');
}

/** The four words that this operation has for five roles: `maintain` is written as `write`, `triage` as `read`. */
function coarse(role: Role | undefined): 'admin' | 'write' | 'read' | 'none' {
  if (role === undefined) return 'none';
  if (role === 'admin') return 'admin';
  return isAtLeast(role, 'write') ? 'write' : 'read';
}

function collaborator(account: Account, role: Role | undefined): Json {
  return { ...account.json, permissions: permissions(role), role_name: role ?? 'none' };
}
