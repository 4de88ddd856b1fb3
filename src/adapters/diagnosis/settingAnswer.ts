import type { Setting } from '../../diagnosis/gitHubFacts.ts';
import { ServiceFailure, UserMistake } from '../../failure.ts';
import type { RepositoryName } from '../../identity/git.ts';

/** What GitHub's client throws for an answer that is none of success. */
interface Refused extends Error {
  readonly status: number;
  readonly response?: { readonly headers?: { readonly [name: string]: unknown } };
}

export function isRefused(error: unknown): error is Refused {
  return error instanceof Error && 'status' in error && typeof error.status === 'number';
}

/**
 * A setting, or why it cannot be seen. GitHub hides from a token what it may not know: 404 and 403 are both that.
 *
 * @param needs the permission that the documentation asks for, where the answer does not name it.
 * @throws whatever else goes wrong.
 */
export async function setting<Value>(needs: string, read: () => Promise<Value>): Promise<Setting<Value>> {
  try {
    return { kind: 'read', value: await read() };
  } catch (error) {
    if (!isRefused(error) || (error.status !== 403 && error.status !== 404)) throw serviceFailure(error);
    // "Upgrade to GitHub Pro or make this repository public to enable this feature."
    const [plan] = /^Upgrade to [^.]*/.exec(error.message) ?? [];
    if (plan !== undefined) return { kind: 'not-offered', because: plan };
    return { kind: 'not-allowed', needs: accepted(error) ?? needs };
  }
}

/** `x-accepted-github-permissions: administration=read; ...`: the first set that would do. */
function accepted({ response }: Refused): string | undefined {
  const header = response?.headers?.['x-accepted-github-permissions'];
  if (typeof header !== 'string') return undefined;
  const [first = ''] = header.split(';');
  const named = [...first.matchAll(/([a-z_]{1,50})=(read|write|admin)/g)].map(
    ([, name = '', access = '']) => `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('_', ' ')}: ${access}`,
  );
  return named.length === 0 ? undefined : named.join(', ');
}

/** Of the first question to a repository: without an answer there is nothing else to ask. */
export function repositoryFailure(repository: RepositoryName, error: unknown): never {
  if (isRefused(error) && error.status === 401) {
    throw new UserMistake('token-refused', {
      where: repository,
      found: 'GitHub does not know the token (401)',
      remedy: 'Give one that is valid: export GITHUB_TOKEN="$(gh auth token)"',
    });
  }
  if (isRefused(error) && (error.status === 403 || error.status === 404)) {
    throw new UserMistake('repository-hidden', {
      where: repository,
      found: `there is no such repository, or the token may not see it (${error.status})`,
      expected: '"Metadata: read"',
      remedy: 'Give a token of somebody who can read it, or correct the remote "origin"',
    });
  }
  throw serviceFailure(error);
}

/** What a client threw, as a failure of GitHub where it is one. */
export function serviceFailure(error: unknown): unknown {
  if (!isRefused(error)) return error;
  return new ServiceFailure('github-failed', {
    where: 'GitHub',
    found:
      error.response === undefined
        ? `it was not reached: ${error.message}`
        : `it answered ${error.status}: ${error.message}`,
    remedy: 'Try again; https://www.githubstatus.com tells of outages',
  });
}
