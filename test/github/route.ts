import type { paths } from '@octokit/openapi-types';
import type { Actor } from './actor.ts';
import type { GitHub } from './gitHub.ts';
import type { StandInRepository } from './state/repository.ts';

/** What a token can be allowed, by the names that workflows use. https://docs.github.com/rest/authentication/permissions-required-for-github-apps */
export const PERMISSION_NAMES = [
  'actions',
  'administration',
  'attestations',
  'checks',
  'contents',
  'deployments',
  'environments',
  'id_token',
  'issues',
  'members',
  'merge_queues',
  'metadata',
  'organization_administration',
  'organization_self_hosted_runners',
  'packages',
  'pages',
  'pull_requests',
  'repository_hooks',
  'secrets',
  'security_events',
  'statuses',
  'variables',
  'workflows',
] as const;
export type PermissionName = (typeof PERMISSION_NAMES)[number];
export type Access = 'read' | 'write';
export type Permission = `${PermissionName}: ${Access}`;
export type Permissions = { readonly [name in PermissionName]?: Access };

/**
 * What an operation needs of the one who asks: a permission, one of several (a comment on a pull request is an issue's too),
 * an App that signs for itself, a person, or nothing.
 */
export type Needs = Permission | readonly Permission[] | 'app' | 'user' | 'none';

/** A part of a webhook, an answer or a log entry. */
export type Json = { readonly [name: string]: unknown };

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** Instead of a body: what a download or a patch answers. */
  readonly bytes?: Uint8Array;
  /** `content-type` as well, where it is not JSON. */
  readonly headers?: Readonly<Record<string, string>>;
}

type Path = keyof paths;
type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type Described<M extends Method, P extends Path> = paths[P] extends { readonly [method in M]: infer Found }
  ? Found
  : never;
/** Every operation that GitHub describes, as `GET /repos/{owner}/{repo}/pulls`; GraphQL has a schema of its own. */
export type Operation =
  | { [P in Path]: { [M in Method]: [Described<M, P>] extends [never] ? never : `${Uppercase<M>} ${P}` }[Method] }[Path]
  | 'POST /graphql';
type Split<O> = O extends `${infer M} ${infer P}`
  ? P extends Path
    ? Lowercase<M> extends Method
      ? Described<Lowercase<M>, P>
      : never
    : never
  : never;
/** Ids are written as `int64`, which its types take for `bigint` too; JSON brings numbers. */
type InNumbers<T> = { [Name in keyof T]: Exclude<T[Name], bigint | undefined> };
type Loose = Readonly<Record<string, unknown>>;
type PathOf<D> = [D] extends [never]
  ? Loose
  : D extends { parameters: { path: infer Found } }
    ? InNumbers<Found>
    : object;
type QueryOf<D> = [D] extends [never]
  ? Loose
  : D extends { parameters: { query?: infer Found } }
    ? InNumbers<Exclude<Found, undefined>>
    : object;
type BodyOf<D> = [D] extends [never]
  ? unknown
  : D extends { requestBody: { content: { 'application/json': infer Found } } }
    ? Found
    : D extends { requestBody?: { content: { 'application/json': infer Found } } }
      ? Found | undefined
      : undefined;

/** A request as its handler sees it: who asks, allowed to and for what GitHub describes. */
export interface Call<O = unknown> {
  readonly operation: string;
  /** Full address as it was asked for, the query with it. */
  readonly url: URL;
  readonly params: PathOf<Split<O>>;
  readonly query: QueryOf<Split<O>>;
  readonly body: BodyOf<Split<O>>;
  /** The body as it came. */
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly actor: Actor;
  /** That of the path. An operation without one must not ask. */
  readonly repository: StandInRepository;
  readonly github: GitHub;
}

export interface Route<O = unknown> {
  readonly needs: Needs;
  readonly handle: (call: Call<O>) => Answer | Promise<Answer>;
}

/** What the stand-in answers, by operation. */
export type Routes = { readonly [O in Operation]?: Route<O> };

/** A refusal in GitHub's words; thrown or returned by a handler. */
export class Refusal extends Error {
  readonly status: number;
  readonly errors: readonly Json[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    errors: readonly (Json | string)[] = [],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.errors = errors.map((error) => (typeof error === 'string' ? { code: 'custom', message: error } : error));
    this.headers = headers;
  }

  /** The answer; its errors as plain texts where the operation has them so. */
  answer(isPlain = false): Answer {
    const errors = isPlain ? this.errors.map((error) => error['message'] ?? JSON.stringify(error)) : this.errors;
    return {
      status: this.status,
      body: {
        message: this.message,
        ...(errors.length > 0 && { errors }),
        documentation_url: 'https://docs.github.com/rest',
        status: String(this.status),
      },
      headers: this.headers,
    };
  }
}

export const notFound = (): Refusal => new Refusal(404, 'Not Found');
/** 422 as GitHub shapes it: `[{ resource: 'PullRequest', code: 'custom', message: '...' }]`. */
export const invalid = (...errors: readonly (Json | string)[]): Refusal =>
  new Refusal(422, 'Validation Failed', errors);

/** A list as GitHub hands it out: `per_page` (30, at most 100) of it, and in `link` where the others are. */
export function page<Item>(
  call: Call,
  items: readonly Item[],
): { readonly items: readonly Item[]; readonly headers: Record<string, string> } {
  const query = call.query as { per_page?: number; page?: number };
  const size = Math.min(Math.max(query.per_page ?? 30, 1), 100);
  const at = Math.max(query.page ?? 1, 1);
  const last = Math.max(Math.ceil(items.length / size), 1);
  const link = (to: number, rel: string): string => {
    const url = new URL(call.url);
    url.searchParams.set('page', String(to));
    return `<${url.href}>; rel="${rel}"`;
  };
  const links = [
    ...(at > 1 ? [link(at - 1, 'prev')] : []),
    ...(at < last ? [link(at + 1, 'next'), link(last, 'last')] : []),
    ...(at > 1 ? [link(1, 'first')] : []),
  ];
  return {
    items: items.slice((at - 1) * size, at * size),
    headers: links.length > 0 ? { link: links.join(', ') } : {},
  };
}

/** The answer to a list whose items are bare: `[...]`. */
export function listed<Item>(call: Call, items: readonly Item[], shown: (item: Item) => unknown): Answer {
  const { items: some, headers } = page(call, items);
  return { status: 200, body: some.map(shown), headers };
}
