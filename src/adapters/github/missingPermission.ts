/** What GitHub answers where a token may not do something; the header names what it would have to be allowed. */
export interface RefusedRequest extends Error {
  readonly status: number;
  readonly request?: { readonly method?: string; readonly url?: string };
  readonly response?: { readonly headers?: { readonly [name: string]: unknown } };
}

export interface JobPermissions {
  /** All that the job needs. */
  readonly permissions: { readonly [scope: string]: 'read' | 'write' };
  /** `OWNER/REPO/.github/workflows/FILE@REF`, as the runner calls it. */
  readonly workflow: string | undefined;
}

/**
 * What to say where a request was refused because the token lacks a permission: the lines to add to the job.
 * `undefined` where it was refused for another reason.
 */
export function missingPermission(
  error: RefusedRequest,
  { permissions, workflow }: JobPermissions,
): string | undefined {
  if (error.status !== 403 || !/not accessible by (integration|personal access token)/i.test(error.message)) {
    return undefined;
  }
  const asked = error.request;
  const where = asked === undefined ? '' : ` to ${asked.method ?? 'GET'} ${pathOf(asked.url ?? '')}`;
  const file = /^[^/]+\/[^/]+\/(.+)@/.exec(workflow ?? '')?.[1] ?? 'the workflow';
  const lines = Object.entries({ ...permissions, ...accepted(error) }).map(
    ([scope, access]) => `      ${scope}: ${access}`,
  );
  return [
    `GitHub refused${where} (403): the token of this job lacks a permission. Add these lines to the job in ${file}:`,
    '    permissions:',
    ...lines,
    'For a pull request of a fork, and of Dependabot, GitHub makes every permission "read", whatever the workflow says.',
  ].join('\n');
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}

/** `x-accepted-github-permissions: contents=write; checks=write`: the first of the sets that would do. */
function accepted(error: RefusedRequest): { readonly [scope: string]: 'read' | 'write' } {
  const header = error.response?.headers?.['x-accepted-github-permissions'];
  if (typeof header !== 'string') return {};
  const [first = ''] = header.split(';');
  const scopes = first.split(',').flatMap((part): [string, 'read' | 'write'][] => {
    const [, scope, access] = /^\s*([a-z_]{1,40})=(read|write)\s*$/.exec(part) ?? [];
    // The API writes "pull_requests", workflows "pull-requests".
    return scope === undefined ? [] : [[scope.replaceAll('_', '-'), access === 'write' ? 'write' : 'read']];
  });
  return Object.fromEntries(scopes);
}
