import { execa } from 'execa';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { RepositoryFacts } from '../../diagnosis/repository.ts';
import type { HostEnvironment } from '../../training/commandEnvironment.ts';
import { pathInside } from '../pathInside.ts';

/** What is asked about a project. Paths are relative to the root. */
export interface RepositoryQuestion {
  /** Absolute. */
  readonly root: string;
  /** As configured: may lead out of the repository. */
  readonly registry?: string;
  readonly data: readonly string[];
  /** Files, folders and globs that training sees. */
  readonly inputs: readonly string[];
}

/** Asks the git on PATH, and writes nothing: no index, no config. */
export async function repositoryFacts(host: HostEnvironment, question: RepositoryQuestion): Promise<RepositoryFacts> {
  const { root } = question;
  const git = (...args: readonly string[]): Promise<GitAnswer> => ask(host, root, args);
  const told = await git('--version');
  if (told.exitCode !== 0) return { kind: 'git-missing' };
  const version = /\d+(?:\.\d+)+/.exec(told.stdout)?.[0] ?? 'of an unknown version';
  const inside = await git('rev-parse', '--is-inside-work-tree');
  if (inside.stderr.includes('dubious ownership')) {
    return {
      kind: 'refused',
      remedy: `Run as the owner of the folder, or: git config --global --add safe.directory ${root}`,
    };
  }
  if (inside.stdout.trim() !== 'true') return { kind: 'no-repository', git: version };
  const [head, ignored, registry, tracked, status] = await Promise.all([
    git('rev-parse', '--verify', '--quiet', 'HEAD'),
    git('check-ignore', '--quiet', '.touchstone/registry'),
    registryIn(git, question),
    question.data.length === 0 ? undefined : git('ls-files', '-z', '--', ...question.data.map(globbed)),
    question.inputs.length === 0
      ? undefined
      : git('status', '--porcelain=v1', '-z', '--untracked-files=all', '--', ...question.inputs.map(globbed)),
  ]);
  return {
    kind: 'repository',
    git: version,
    ...(head.exitCode === 0 && { commit: head.stdout.trim() }),
    // The folder ignores itself once it is made; before that a first run does it.
    workspaceIgnored: ignored.exitCode === 0 || !(await exists(path.join(root, '.touchstone'))),
    ...(registry && { registry }),
    trackedData: await withSizes(root, names(tracked?.stdout)),
    changed: names(status?.stdout).map((line) => line.slice(3)),
  };
}

interface GitAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ANSWER_MS = 5000;

async function ask(host: HostEnvironment, cwd: string, args: readonly string[]): Promise<GitAnswer> {
  // A hook's GIT_DIR or GIT_INDEX_FILE would point at another repository; what configures git is kept.
  const kept = Object.entries(host).filter(([name]) => !name.startsWith('GIT_') || name.startsWith('GIT_CONFIG'));
  const { exitCode, stdout, stderr } = await execa('git', ['-c', 'core.fsmonitor=false', ...args], {
    cwd,
    // Without optional locks a question does not even refresh the index.
    env: { ...Object.fromEntries(kept), GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    timeout: ANSWER_MS,
    stripFinalNewline: false,
    maxBuffer: 1 << 26,
  });
  return { exitCode: exitCode ?? 1, stdout, stderr };
}

async function registryIn(
  git: (...args: readonly string[]) => Promise<GitAnswer>,
  { root, registry }: RepositoryQuestion,
): Promise<'tracked' | 'ignored' | 'untracked' | undefined> {
  if (registry === undefined) return undefined;
  const place = path.resolve(root, registry);
  const top = (await git('rev-parse', '--show-toplevel')).stdout.trim();
  const between = top === '' ? undefined : pathInside(top, place);
  if (between === undefined) return undefined;
  const [tracked, ignored] = await Promise.all([
    git('ls-files', '--', `${place}/*`),
    git('check-ignore', '--quiet', `${place}/registry.json`),
  ]);
  if (tracked.stdout !== '') return 'tracked';
  if (ignored.exitCode === 0 || between.split('/').includes('.touchstone')) return 'ignored';
  return 'untracked';
}

/** As a git pathspec: `**` needs the glob magic, brackets and stars are meant as they stand. */
function globbed(pattern: string): string {
  return /[*?[\]{}]/.test(pattern) ? `:(glob)${pattern}` : `:(literal)${pattern}`;
}

function names(listing: string | undefined): readonly string[] {
  return (listing ?? '').split('\0').filter((name) => name !== '');
}

async function withSizes(root: string, files: readonly string[]): Promise<readonly { path: string; bytes: number }[]> {
  return Promise.all(
    files.map(async (file) => ({
      path: file,
      bytes: await stat(path.join(root, file)).then(
        ({ size }) => size,
        () => 0,
      ),
    })),
  );
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
