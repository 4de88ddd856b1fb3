import * as v from 'valibot';
import { parse } from 'yaml';
import { APP_EVENTS, APP_PERMISSIONS } from '../src/diagnosis/appNeeds.ts';
import { UserMistake } from '../src/failure.ts';

type Access = { readonly [scope in keyof typeof APP_PERMISSIONS]: (typeof APP_PERMISSIONS)[scope]['access'] };

/** What the App may: `{ checks: 'write', ... }`. */
export const PERMISSIONS = Object.fromEntries(
  Object.entries(APP_PERMISSIONS).map(([scope, { access }]) => [scope, access]),
) as Access;
export const EVENTS: readonly string[] = Object.keys(APP_EVENTS);

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
  return { permissions, events: EVENTS.filter((event) => !app.events.includes(event)) };
}

function isEnough(granted: string | undefined, access: 'read' | 'write'): boolean {
  return granted === 'write' || granted === 'admin' || granted === access;
}
