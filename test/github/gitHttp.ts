import { spawn } from 'node:child_process';
import { type Actor, demand } from './actor.ts';
import type { GitHub } from './gitHub.ts';
import { type Answer, Refusal } from './route.ts';
import { NO_COMMIT, type StandInRepository } from './state/repository.ts';

/** What of a request `git` asks for: fetching or pushing, at `https://HOST/OWNER/NAME.git`. */
export interface GitRequest {
  readonly repository: StandInRepository | undefined;
  readonly path: string;
  readonly isPush: boolean;
}

const GIT_PATH = /^\/([^/]+)\/([^/]+?)(?:\.git)?(\/(?:info\/refs|git-upload-pack|git-receive-pack))$/;

/** A request of git's own protocol, or nothing. */
export function gitRequest(github: GitHub, url: URL): GitRequest | undefined {
  const [, owner, name, path] = GIT_PATH.exec(url.pathname) ?? [];
  if (owner === undefined || name === undefined || path === undefined) return undefined;
  const isPush = path.endsWith('receive-pack') || url.searchParams.get('service') === 'git-receive-pack';
  return { repository: github.repository(owner, name), path, isPush };
}

/** Answers as `git http-backend` does, to whom it may; a push is told of like any other. */
export async function answerGit(
  request: GitRequest,
  asked: {
    readonly method: string;
    readonly url: URL;
    readonly headers: Readonly<Record<string, string>>;
    readonly bytes: Buffer;
  },
  actor: Actor | undefined,
): Promise<Answer> {
  const { repository, isPush } = request;
  try {
    if (!repository || !actor) throw new Refusal(401, 'Repository not found.');
    demand(isPush ? 'contents: write' : 'contents: read', actor, repository);
    const before = await refs(repository);
    const answer = await backend(repository, request, asked);
    if (asked.method === 'POST' && isPush) await tell(repository, before, actor);
    return answer;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // git hands over what it was given only once it is asked: GitHub asks rather than tell what there is.
    const isNamed = actor !== undefined && actor.kind !== 'anonymous';
    const headers = { 'content-type': 'text/plain', ...(!isNamed && { 'www-authenticate': 'Basic realm="GitHub"' }) };
    return { status: isNamed ? error.status : 401, bytes: Buffer.from(error.message), headers };
  }
}

async function refs(repository: StandInRepository): Promise<Map<string, string>> {
  const printed = await repository.run(['for-each-ref', '--format=%(refname) %(objectname)']);
  return new Map(printed.split('\n').map((line): [string, string] => [line.slice(0, -41), line.slice(-40)]));
}

async function tell(repository: StandInRepository, before: ReadonlyMap<string, string>, actor: Actor): Promise<void> {
  const after = await refs(repository);
  for (const ref of new Set([...before.keys(), ...after.keys()])) {
    if (ref === '') continue;
    await repository.refMoved(ref, before.get(ref) ?? NO_COMMIT, after.get(ref) ?? NO_COMMIT, actor);
  }
}

/** Runs git's own server side, which speaks CGI: headers, an empty line, the body. */
function backend(
  repository: StandInRepository,
  { path }: GitRequest,
  {
    method,
    url,
    headers,
    bytes,
  }: {
    readonly method: string;
    readonly url: URL;
    readonly headers: Readonly<Record<string, string>>;
    readonly bytes: Buffer;
  },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const git = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env['PATH'],
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_PROJECT_ROOT: repository.git,
        PATH_INFO: path,
        REQUEST_METHOD: method,
        QUERY_STRING: url.search.slice(1),
        CONTENT_TYPE: headers['content-type'] ?? '',
        CONTENT_LENGTH: String(bytes.length),
        // It lets those push whom the server has named.
        REMOTE_USER: 'allowed',
        ...(headers['content-encoding'] !== undefined && { HTTP_CONTENT_ENCODING: headers['content-encoding'] }),
        ...(headers['git-protocol'] !== undefined && { HTTP_GIT_PROTOCOL: headers['git-protocol'] }),
      },
    });
    const out: Buffer[] = [];
    git.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    git.on('error', reject);
    git.on('close', () => {
      const said = Buffer.concat(out);
      const end = said.indexOf('\r\n\r\n');
      const lines = said.subarray(0, Math.max(end, 0)).toString().split('\r\n');
      const told = Object.fromEntries(
        lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
      );
      const { status = '200', ...rest } = told;
      resolve({ status: Number.parseInt(status), headers: rest, bytes: said.subarray(end + 4) });
    });
    git.stdin.on('error', () => undefined);
    git.stdin.end(bytes);
  });
}
