import type { RepositorySettings } from './gitHubFacts.ts';

type Place = Pick<RepositorySettings, 'repository' | 'host'>;
type Body = { readonly [name: string]: unknown };

/** A setting to write through GitHub's own command line, as a person can paste it into a shell. */
export function ghApi({ repository, host }: Place, method: 'POST' | 'PUT' | 'PATCH', path: string, body: Body): string {
  const server = host === 'github.com' ? '' : ` --hostname ${host}`;
  return `echo ${quoted(JSON.stringify(body))} | gh api${server} --method ${method} ${quoted(`repos/${repository}/${path}`)} --input -`;
}

/** A page of the repository's settings. */
export function settingsPage({ repository, host }: Place, page: string): string {
  return `https://${host}/${repository}/settings/${page}`;
}

/** A word for a shell: what a stranger could have named stays one word. */
function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
