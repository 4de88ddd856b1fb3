import * as v from 'valibot';
import { parse } from 'yaml';
import { UserMistake } from '../src/failure.ts';

/** What the App may, as `app.yml` says with a reason for each. */
export const PERMISSIONS = {
  metadata: 'read',
  contents: 'read',
  actions: 'write',
  checks: 'write',
  pull_requests: 'write',
  issues: 'read',
  merge_queues: 'read',
} as const;

/** What it is told of, and which permission that hangs on: https://docs.github.com/en/webhooks/webhook-events-and-payloads */
export const EVENTS = {
  pull_request: 'pull_requests',
  issue_comment: 'issues',
  workflow_run: 'actions',
  workflow_job: 'actions',
  check_run: 'checks',
  check_suite: 'checks',
  merge_group: 'merge_queues',
} as const satisfies { readonly [event: string]: keyof typeof PERMISSIONS };

const manifestSchema = v.object({
  name: v.string(),
  description: v.string(),
  url: v.pipe(v.string(), v.url()),
  public: v.boolean(),
  default_permissions: v.record(v.string(), v.picklist(['read', 'write'])),
  default_events: v.array(v.string()),
});

export type Manifest = v.InferOutput<typeof manifestSchema>;

/** @throws UserMistake `app-manifest` */
export function parseManifest(text: string): Manifest {
  const parsed = v.safeParse(manifestSchema, parse(text));
  if (parsed.success) return parsed.output;
  const found = parsed.issues.map((issue) => `${v.getDotPath(issue) ?? 'all of it'}: ${issue.message}`).join('; ');
  throw new UserMistake('app-manifest', { where: 'app.yml', found, remedy: 'Take the file of this release' });
}

/** What a registered App was not granted, in GitHub's words: `checks: write`, `merge_group`. */
export function lacking(app: {
  readonly permissions: { readonly [scope: string]: string };
  readonly events: readonly string[];
}): { readonly permissions: readonly string[]; readonly events: readonly string[] } {
  const permissions = Object.entries(PERMISSIONS)
    .filter(([scope, access]) => !isEnough(app.permissions[scope], access))
    .map(([scope, access]) => `${scope}: ${access}`);
  return { permissions, events: Object.keys(EVENTS).filter((event) => !app.events.includes(event)) };
}

function isEnough(granted: string | undefined, access: 'read' | 'write'): boolean {
  return granted === 'write' || granted === 'admin' || granted === access;
}
