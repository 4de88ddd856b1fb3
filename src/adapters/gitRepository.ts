import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { execa, type ExecaError } from 'execa';
import { ServiceFailure, UserMistake } from '../failure.ts';
import type { HostEnvironment } from '../training/commandEnvironment.ts';
import { withoutCredentials, type Repositories, type Repository } from '../training/repository.ts';

/** Reads the repository that a folder stands in through the git on PATH. Nothing of it is written: no index, no config, no objects. */
export function gitRepositories(host: HostEnvironment): Repositories {
  return {
    async open(root) {
      const git = gitIn(root, host);
      const inside = await git.ask('rev-parse', '--is-inside-work-tree', '--show-object-format');
      if (inside.kind === 'refused') return refuse(root, inside.message);
      const [worktree, algorithm = 'sha1'] = inside.kind === 'answered' ? inside.text.split('\n') : [];
      if (worktree !== 'true') return withoutHistory(root);
      const [place, head, committed, known, url] = await Promise.all([
        git.need('rev-parse', '--show-toplevel', '--show-prefix'),
        git.ask('rev-parse', '--quiet', 'HEAD^{commit}', 'HEAD^{tree}'),
        git.ask('ls-tree', '-r', '-z', 'HEAD'),
        git.need('ls-files', '-z', '--cached', '--others', '--exclude-standard'),
        remoteUrl(git),
      ]);
      const [top = root, prefix = ''] = place.split('\n');
      const [commit, tree] = head.kind === 'answered' ? head.text.trim().split('\n') : [];
      return {
        ...(commit !== undefined && commit !== '' && { commit }),
        ...(tree !== undefined && { tree }),
        ...(url !== undefined && { url: withoutCredentials(url) }),
        committed: committed.kind === 'answered' ? blobsOf(committed.text) : new Map(),
        known: new Set(known.split('\0').filter((name) => name !== '' && !name.endsWith('/'))),
        async objectIds(sources) {
          if (sources.length === 0) return [];
          // Paths on its input are taken from the top of the repository, wherever it is started.
          const input = sources.map((source) => `${quoted(prefix + source)}\n`).join('');
          const ids = (await gitIn(top, host).feed(input, 'hash-object', '--stdin-paths')).trim().split('\n');
          if (ids.length !== sources.length) throw failed(root, 'hash-object answered another number of files');
          return ids;
        },
        objectIdOf: (bytes) => blobId(algorithm, Buffer.from(bytes)),
      };
    },
  };
}

type Answer =
  | { readonly kind: 'answered'; readonly text: string }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'none' };

interface Git {
  /** `none` where git is missing, or says no. */
  ask(...args: string[]): Promise<Answer>;
  need(...args: string[]): Promise<string>;
  feed(input: string, ...args: string[]): Promise<string>;
}

function gitIn(root: string, host: HostEnvironment): Git {
  // A hook's GIT_DIR or GIT_INDEX_FILE would point at another repository; what configures git is kept.
  const kept = Object.entries(host).filter(([name]) => !name.startsWith('GIT_') || name.startsWith('GIT_CONFIG'));
  const env = { ...Object.fromEntries(kept), GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  const run = (args: readonly string[], input?: string): Promise<string> =>
    execa('git', ['-c', 'core.fsmonitor=false', ...args], {
      cwd: root,
      env,
      extendEnv: false,
      ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
      stripFinalNewline: false,
      maxBuffer: 1 << 30,
    }).then(({ stdout }) => stdout);
  const need = (args: readonly string[], input?: string): Promise<string> =>
    run(args, input).catch((error: unknown) => {
      throw failed(root, (error as ExecaError<{ encoding: 'utf8' }>).stderr || String(error));
    });
  return {
    async ask(...args) {
      try {
        return { kind: 'answered', text: await run(args) };
      } catch (error) {
        const said = (error as Partial<ExecaError<{ encoding: 'utf8' }>>).stderr ?? '';
        return said.includes('dubious ownership') ? { kind: 'refused', message: said } : { kind: 'none' };
      }
    },
    need: (...args) => need(args),
    feed: (input, ...args) => need(args, input),
  };
}

async function remoteUrl(git: Git): Promise<string | undefined> {
  const answer = await git.ask('config', '--null', '--get-regexp', '^remote\\..*\\.url$');
  if (answer.kind !== 'answered') return undefined;
  const remotes = answer.text.split('\0').filter((entry) => entry !== '');
  const chosen = remotes.find((entry) => entry.startsWith('remote.origin.url\n')) ?? remotes[0];
  return chosen?.slice(chosen.indexOf('\n') + 1);
}

/** Of `<mode> <type> <object>\t<path>\0...`; submodules are commits, and left out. */
function blobsOf(listing: string): Map<string, string> {
  const blobs = new Map<string, string>();
  for (const [, object, name] of listing.matchAll(/\d+ blob ([0-9a-f]+)\t([^\0]+)\0/g)) {
    if (object !== undefined && name !== undefined) blobs.set(name, object);
  }
  return blobs;
}

// A name that starts with a quote, or holds a line feed, is given as a C string.
function quoted(name: string): string {
  if (!/^"|[\n\\]/.test(name)) return name;
  return `"${name.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

function withoutHistory(root: string): Repository {
  return {
    committed: new Map(),
    objectIds: (sources) => Promise.all(sources.map((source) => blobIdOfFile(path.join(root, source)))),
    objectIdOf: (bytes) => blobId('sha1', Buffer.from(bytes)),
  };
}

// https://git-scm.com/book/en/v2/Git-Internals-Git-Objects: the hash of "blob", the size, a zero byte and the content.
function blobId(algorithm: string, bytes: Buffer): string {
  return createHash(algorithm).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

async function blobIdOfFile(file: string): Promise<string> {
  const { size } = await stat(file);
  const hash = createHash('sha1').update(`blob ${size}\0`);
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function refuse(root: string, message: string): never {
  throw new UserMistake('repository-not-trusted', {
    where: root,
    found: `git refuses to read the repository (${firstLine(message)})`,
    remedy: `Run Touchstone as the owner of the folder, or run: git config --global --add safe.directory ${root}`,
  });
}

function failed(root: string, message: string): ServiceFailure {
  return new ServiceFailure('git-failed', { where: root, found: `git failed: ${firstLine(message)}` });
}

function firstLine(message: string): string {
  return (
    message
      .trim()
      .split('\n')[0]
      ?.replace(/^fatal: /, '') ?? ''
  );
}
