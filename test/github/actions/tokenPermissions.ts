import { isWrittenMap, WorkflowError } from './written.ts';
import { PERMISSION_NAMES } from '../route.ts';

import type { Access, PermissionName, Permissions } from '../route.ts';
import type { Written } from './written.ts';

/** What GITHUB_TOKEN may hold, by the names that a workflow uses. */
const grantable: readonly PermissionName[] = [
  ...([
    'actions',
    'attestations',
    'checks',
    'contents',
    'deployments',
    'id_token',
    'issues',
    'packages',
    'pages',
  ] as const),
  ...(['pull_requests', 'security_events', 'statuses'] as const),
];

/** What a repository gives where the workflow names nothing: Settings, Actions, Workflow permissions. */
const unnamed: { readonly [Setting in Access]: Permissions } = {
  read: { contents: 'read', packages: 'read', metadata: 'read' },
  write: { ...all('write'), metadata: 'read' },
};

/**
 * What the token of a job may do: the job's `permissions` instead of the workflow's, instead of the repository's setting.
 * What a named list leaves out is none. A run on a fork's behalf, or Dependabot's, never writes.
 */
export function tokenPermissions(
  job: Written | undefined,
  workflow: Written | undefined,
  setting: Access,
  untrusted: boolean,
): Permissions {
  const granted = named(job ?? workflow, setting);
  if (!untrusted) return granted;
  return Object.fromEntries(
    Object.keys(granted).flatMap((name) => (name === 'id_token' ? [] : [[name, 'read' as const]])),
  );
}

function named(value: Written | undefined, setting: Access): Permissions {
  if (value === undefined) return unnamed[setting];
  if (value === 'read-all') return { ...all('read'), metadata: 'read' };
  if (value === 'write-all') return { ...all('write'), metadata: 'read' };
  if (!isWrittenMap(value)) throw new WorkflowError(`permissions: expected a mapping, read-all or write-all`);
  const permissions: { [Name in PermissionName]?: Access } = { metadata: 'read' };
  for (const [written, access] of value) {
    const name = PERMISSION_NAMES.find((each) => each === written.replaceAll('-', '_'));
    if (name === undefined || !grantable.includes(name)) {
      throw new WorkflowError(`permissions.${written}: the stand-in has no such permission`);
    }
    if (access === 'read' || access === 'write') permissions[name] = access;
  }
  return permissions;
}

function all(access: Access): Permissions {
  return Object.fromEntries(
    grantable
      .map((name) => [name, name === 'id_token' && access === 'read' ? undefined : access] as const)
      .filter(([, given]) => given !== undefined),
  );
}
