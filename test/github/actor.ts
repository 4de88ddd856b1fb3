import type { Account } from './state/account.ts';
import type { App, Installation } from './state/app.ts';
import type { Role, StandInRepository } from './state/repository.ts';
import {
  type Access,
  type Needs,
  type Permission,
  type PermissionName,
  type Permissions,
  Refusal,
  notFound,
} from './route.ts';

/** Who asks. */
export type Actor =
  | { readonly kind: 'anonymous' }
  /** With a token of one's own: what the person may, and where `permissions` are given not more than those. */
  | { readonly kind: 'user'; readonly account: Account; readonly token: string; readonly permissions?: Permissions }
  /** An App that signs for itself (JWT). */
  | { readonly kind: 'app'; readonly app: App; readonly account: Account }
  /** An App's installation, or a workflow's `GITHUB_TOKEN`, which is one of the App github-actions. */
  | {
      readonly kind: 'installation';
      readonly app: App;
      readonly account: Account;
      readonly token: string;
      readonly permissions: Permissions;
      readonly repositories: readonly StandInRepository[] | undefined;
      readonly installation?: Installation;
    };

/** Name for a log. */
export function actorName(actor: Actor): string {
  return actor.kind === 'anonymous' ? 'anonymous' : actor.account.login;
}

/** The account that what is written comes from. */
export function accountOf(actor: Actor): Account {
  if (actor.kind === 'anonymous') throw requiresAuthentication();
  return actor.account;
}

const ROLES: readonly Role[] = ['read', 'triage', 'write', 'maintain', 'admin'];

/** Whether `role` is `least` or more. */
export function isAtLeast(role: Role | undefined, least: Role): boolean {
  return role !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(least);
}

export function sees(actor: Actor, repository: StandInRepository): boolean {
  if (!repository.isPrivate) return true;
  switch (actor.kind) {
    case 'anonymous':
    case 'app':
      return false;
    case 'user':
      return repository.roleOf(actor.account) !== undefined;
    case 'installation':
      return reaches(actor, repository);
  }
}

function reaches(actor: Extract<Actor, { kind: 'installation' }>, repository: StandInRepository): boolean {
  return actor.repositories?.includes(repository) ?? actor.installation?.covers(repository) ?? false;
}

/** Refuses what the one who asks may not do, in GitHub's words. */
export function demand(needs: Needs, actor: Actor, repository: StandInRepository | undefined): void {
  if (repository && !sees(actor, repository) && needs !== 'app') throw notFound();
  if (needs === 'none') return;
  if (needs === 'app') {
    if (actor.kind !== 'app') throw new Refusal(401, 'A JSON web token could not be decoded');
    return;
  }
  if (needs === 'user') {
    if (actor.kind === 'anonymous') throw requiresAuthentication();
    if (actor.kind !== 'user') throw notAccessible('integration', []);
    return;
  }
  const wanted: readonly Permission[] = typeof needs === 'string' ? [needs] : needs;
  if (wanted.some((permission) => isAllowed(permission, actor, repository))) return;
  switch (actor.kind) {
    case 'anonymous':
      throw requiresAuthentication();
    case 'app':
      throw new Refusal(403, 'Resource not accessible by integration');
    case 'installation':
      throw notAccessible('integration', wanted);
    case 'user':
      if (actor.permissions) throw notAccessible('personal access token', wanted);
      if (wanted.some((permission) => permission === 'checks: write')) {
        throw new Refusal(403, 'You must authenticate via a GitHub App.');
      }
      throw new Refusal(403, 'Must have admin rights to Repository.');
  }
}

function isAllowed(permission: Permission, actor: Actor, repository: StandInRepository | undefined): boolean {
  const [name, access] = permission.split(': ') as [PermissionName, Access];
  switch (actor.kind) {
    case 'anonymous':
      return access === 'read' && repository?.isPrivate === false && PUBLIC.has(name);
    case 'app':
      return false;
    case 'installation':
      if (repository && !reaches(actor, repository)) return access === 'read' && PUBLIC.has(name);
      return grants(actor.permissions, name, access);
    case 'user':
      if (actor.permissions && !grants(actor.permissions, name, access)) return false;
      if (!repository) return true;
      return isAtLeast(
        repository.roleOf(actor.account) ?? (repository.isPrivate ? undefined : 'read'),
        leastRole(name, access),
      );
  }
}

export function grants(permissions: Permissions, name: PermissionName, access: Access): boolean {
  if (name === 'metadata' && access === 'read') return true;
  return permissions[name] === 'write' || permissions[name] === access;
}

/** What anyone may read of a public repository. */
const PUBLIC = new Set<PermissionName>([
  'actions',
  'checks',
  'contents',
  'deployments',
  'issues',
  'metadata',
  'pull_requests',
  'statuses',
]);

/** What a person must be in a repository. An App alone writes checks; to propose and to comment takes no more than to read. */
function leastRole(name: PermissionName, access: Access): Role {
  if (name === 'administration' || name === 'repository_hooks') return 'admin';
  if (name === 'secrets' || name === 'variables') return 'write';
  if (access === 'read') return 'read';
  if (name === 'issues' || name === 'pull_requests') return 'read';
  return name === 'environments' ? 'admin' : 'write';
}

function requiresAuthentication(): Refusal {
  return new Refusal(401, 'Requires authentication');
}

function notAccessible(by: 'integration' | 'personal access token', wanted: readonly Permission[]): Refusal {
  const accepted = wanted.map((permission) => permission.replace(': ', '=')).join('; ');
  return new Refusal(
    403,
    `Resource not accessible by ${by}`,
    [],
    accepted === '' ? {} : { 'x-accepted-github-permissions': accepted },
  );
}
