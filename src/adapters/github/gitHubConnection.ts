import { UserMistake } from '../../failure.ts';
import { isRepositoryName, type RepositoryName } from '../../identity/git.ts';

/** Which repository is meant, where its API answers, and in whose name it is asked. */
export interface GitHubConnection {
  /** `github.com`, or the host of an Enterprise server. */
  readonly host: string;
  /** Root of the REST API without a slash at its end. */
  readonly apiUrl: string;
  readonly repository: RepositoryName;
  /** Absent: only what is public can be read. */
  readonly token?: string;
}

export interface ConnectionSources {
  readonly env: { readonly [name: string]: string | undefined };
  /** Where the clone came from: `git remote get-url origin`. */
  readonly remoteUrl?: string;
  /** A repository that was named: it goes before the clone's own. */
  readonly repository?: RepositoryName;
  /** For messages: who asks for it, `touchstone.yml: registry`. */
  readonly where: string;
}

/**
 * On a runner its variables say everything; elsewhere the clone's remote names repository and host.
 *
 * @throws UserMistake `repository-unknown` where neither names a repository.
 */
export function gitHubConnection({ env, remoteUrl, repository: named, where }: ConnectionSources): GitHubConnection {
  const remote = remoteUrl === undefined ? undefined : parseRemoteUrl(remoteUrl);
  const host = hostOf(given(env, 'GITHUB_SERVER_URL')) ?? remote?.host ?? 'github.com';
  const apiUrl = given(env, 'GITHUB_API_URL')?.replace(/\/+$/, '');
  const repository = named ?? asRepository(given(env, 'GITHUB_REPOSITORY')) ?? remote?.repository;
  if (repository === undefined) throw unknownRepository(where, remoteUrl);
  const token = tokenFor(host, apiUrl !== undefined, env);
  return { host, apiUrl: apiUrl ?? apiUrlOf(host), repository, ...(token !== undefined && { token }) };
}

/** What a person without a token is told to do. */
export const HOW_TO_GIVE_A_TOKEN =
  'Give one as GITHUB_TOKEN or GH_TOKEN: on your machine export GITHUB_TOKEN="$(gh auth token)", in a workflow env: { GITHUB_TOKEN: "${{ github.token }}" }';

/** https://docs.github.com/en/rest: Enterprise servers answer below /api/v3, GitHub with data residency at a host of its own. */
function apiUrlOf(host: string): string {
  return isGitHubCloud(host) ? `https://api.${host}` : `https://${host}/api/v3`;
}

function isGitHubCloud(host: string): boolean {
  return host === 'github.com' || host.endsWith('.ghe.com');
}

/**
 * A token goes only to those whom it is of: `GITHUB_TOKEN` to GitHub and to the server that `GITHUB_API_URL` names, never
 * to whatever host a remote leads to. The names are those of the gh command line.
 */
function tokenFor(host: string, isNamed: boolean, env: ConnectionSources['env']): string | undefined {
  return isNamed || isGitHubCloud(host)
    ? (given(env, 'GITHUB_TOKEN') ?? given(env, 'GH_TOKEN'))
    : (given(env, 'GH_ENTERPRISE_TOKEN') ?? given(env, 'GITHUB_ENTERPRISE_TOKEN'));
}

interface Remote {
  readonly host: string;
  readonly repository: RepositoryName;
}

/** Of `https://HOST/OWNER/NAME.git`, `ssh://git@HOST:22/OWNER/NAME` or `git@HOST:OWNER/NAME`; `undefined` for others. */
export function parseRemoteUrl(url: string): Remote | undefined {
  const [, host, path] =
    /^(?:https?|ssh|git):\/\/(?:[^@/]*@)?([^/]+)\/(.+)$/i.exec(url) ??
    /^(?:[^@/:]+@)?([^/:]+):(?!\/\/)(.+)$/.exec(url) ??
    [];
  const repository = asRepository(path?.replace(/^\/+|(?:\.git)?\/*$/g, ''));
  if (host === undefined || repository === undefined) return undefined;
  return { host: webHost(host, url), repository };
}

/** A port is of the web server only where the address is the web's; `ssh.github.com` is GitHub behind a firewall. */
function webHost(host: string, url: string): string {
  const name = /^https?:/i.test(url) ? host : host.replace(/:\d*$/, '');
  return name.toLowerCase().replace(/^(?:www|ssh)\.(?=github\.com$)/, '');
}

function hostOf(url: string | undefined): string | undefined {
  return url === undefined || !URL.canParse(url) ? undefined : new URL(url).host;
}

function asRepository(text: string | undefined): RepositoryName | undefined {
  return text !== undefined && isRepositoryName(text) ? text : undefined;
}

/** An empty variable is one that is not set: so workflows hand on what they do not have. */
function given(env: ConnectionSources['env'], name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}

function unknownRepository(where: string, remoteUrl: string | undefined): UserMistake {
  return new UserMistake('repository-unknown', {
    where,
    found:
      remoteUrl === undefined
        ? 'no repository is named, and there is no remote "origin"'
        : 'no repository is named, and the remote "origin" is none of GitHub',
    expected: 'a clone of a repository on GitHub, or its name',
    remedy: 'Write "registry: github:OWNER/NAME", or run: git remote add origin https://github.com/OWNER/NAME.git',
  });
}
