import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';

import { demand } from '../../actor.ts';
import { Refusal } from '../../route.ts';
import { Expression } from '../written.ts';
import { runProcess, grace } from '../processes.ts';
import { ActionFailure, flag, input } from './standIn.ts';

import type { StandInRepository } from '../../state/repository.ts';
import type { ActionInput } from '../actionFile.ts';
import type { StandIn, StandInCall, StandInOutcome } from './standIn.ts';

// action.yml of actions/checkout at v7.0.1.
const inputs: readonly (readonly [string, ActionInput['default']])[] = [
  ['repository', new Expression('github.repository')],
  ['ref', undefined],
  ['token', new Expression('github.token')],
  ['ssh-key', undefined],
  ['ssh-known-hosts', undefined],
  ['ssh-strict', 'true'],
  ['ssh-user', 'git'],
  ['persist-credentials', 'true'],
  ['path', undefined],
  ['clean', 'true'],
  ['filter', null],
  ['sparse-checkout', null],
  ['sparse-checkout-cone-mode', 'true'],
  ['fetch-depth', '1'],
  ['fetch-tags', 'false'],
  ['show-progress', 'true'],
  ['lfs', 'false'],
  ['submodules', 'false'],
  ['set-safe-directory', 'true'],
  ['github-server-url', undefined],
  ['allow-unsafe-pr-checkout', 'false'],
];

/** actions/checkout: a real clone of the stand-in's repository, with what the token may read. */
export const checkout: StandIn = {
  repository: 'actions/checkout',
  versions: [{ tag: 'v7.0.1', sha: '3d3c42e5aac5ba805825da76410c181273ba90b1' }],
  inputs: new Map(inputs.map(([name, value]) => [name, { required: false, default: value }])),
  unimplemented: [
    'ssh-key',
    'ssh-known-hosts',
    'ssh-strict',
    'ssh-user',
    'filter',
    'lfs',
    'submodules',
    'github-server-url',
  ],
  run,
};

type Wanted = { readonly ref: string; readonly commit: string | undefined };

async function run(call: StandInCall): Promise<StandInOutcome> {
  const repository = findRepository(call);
  const token = input(call, 'token');
  authorize(call, repository, token);
  const wanted = await want(call, repository);
  refuseForks(call, repository, wanted);

  const folder = resolve(call.workspace, input(call, 'path'));
  if (relative(call.workspace, folder).startsWith('..')) {
    throw new ActionFailure(`Repository path '${folder}' is not under '${call.workspace}'`);
  }
  await mkdir(folder, { recursive: true });
  const git = async (...args: readonly string[]): Promise<void> => {
    await runGit(call, folder, args);
  };
  const url = `${call.github.url}/${repository.fullName}`;
  const lines = await runGit(call, folder, ['rev-parse', '--show-toplevel', '--quiet'], 'may fail');
  const isOurs =
    lines[0] === folder &&
    (await runGit(call, folder, ['config', '--local', '--get', 'remote.origin.url'], 'may fail'))[0] === url;
  if (isOurs) {
    await git('checkout', '--detach');
    if (flag(call, 'clean')) {
      await git('clean', '-ffdx');
      await git('reset', '--hard', 'HEAD');
    }
  } else {
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
    await git('init', '--quiet');
    await git('remote', 'add', 'origin', url);
  }
  await git('config', '--local', 'gc.auto', '0');
  await fetch(call, folder, repository, wanted);
  await sparse(call, folder);
  await checkOut(git, wanted);
  const commit = (await runGit(call, folder, ['rev-parse', 'HEAD']))[0] ?? '';
  call.log.say(`HEAD is now at ${commit}`);
  const outputs = { ref: wanted.ref || (wanted.commit ?? ''), commit };
  if (!flag(call, 'persist-credentials')) return { outputs };
  const removeCredentials = await persistCredentials(call, folder, token);
  return { outputs, post: removeCredentials };
}

function findRepository(call: StandInCall): StandInRepository {
  const [owner = '', name = '', ...rest] = input(call, 'repository').split('/');
  const found = rest.length === 0 ? call.github.repository(owner, name) : undefined;
  if (found === undefined) throw new ActionFailure(`Invalid repository '${input(call, 'repository')}': not found`);
  return found;
}

function authorize(call: StandInCall, repository: StandInRepository, token: string): void {
  const actor = call.github.actor(token === '' ? undefined : `Bearer ${token}`);
  try {
    if (actor === undefined) throw new Refusal(401, 'Bad credentials');
    demand('contents: read', actor, repository);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new ActionFailure(`fatal: could not read ${repository.fullName}: ${error.status} ${error.message}`);
  }
}

/** What `ref` stands for: without it what started the run, else a commit, a branch, a tag or a full ref. */
async function want(call: StandInCall, repository: StandInRepository): Promise<Wanted> {
  const ref = input(call, 'ref');
  if (ref === '') {
    if (repository === call.run.repository) return { ref: call.run.origin.ref, commit: call.run.origin.sha };
    return { ref: `refs/heads/${repository.defaultBranch}`, commit: undefined };
  }
  if (/^[0-9a-f]{40}$/i.test(ref)) return { ref: '', commit: ref };
  if (ref.startsWith('refs/')) return { ref, commit: undefined };
  for (const full of [`refs/heads/${ref}`, `refs/tags/${ref}`]) {
    if ((await repository.resolve(full)) !== undefined) return { ref: full, commit: undefined };
  }
  throw new ActionFailure(`A branch or tag with the name '${ref}' could not be found`);
}

/** Since v7 refuses a fork's code where the run holds what a fork must not: src/unsafe-pr-checkout-helper.ts at v7.0.1. */
function refuseForks(call: StandInCall, repository: StandInRepository, wanted: Wanted): void {
  const { event, payload } = call.run.origin;
  if (flag(call, 'allow-unsafe-pr-checkout')) return;
  if (event !== 'pull_request_target' && event !== 'workflow_run') return;
  const at = (path: string): unknown =>
    path
      .split('.')
      .reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], payload);
  if (event === 'workflow_run' && !String(at('workflow_run.event')).startsWith('pull_request')) return;
  const isTarget = event === 'pull_request_target';
  const head = isTarget ? 'pull_request.head.repo' : 'workflow_run.head_repository';
  const headId = at(`${head}.id`);
  if (typeof headId !== 'number' || headId === at('repository.id')) return;
  const paths = isTarget
    ? ['pull_request.head.sha', 'pull_request.merge_commit_sha']
    : [
        'workflow_run.head_commit.id',
        ...(at('workflow_run.event') === 'pull_request_target' ? [] : ['workflow_run.head_sha']),
      ];
  const shas = paths.map(at);
  const isForks =
    String(at(`${head}.full_name`)).toLowerCase() === repository.fullName.toLowerCase() ||
    /^refs\/pull\/[0-9]+\/(?:head|merge)$/.test(input(call, 'ref') || wanted.ref) ||
    (wanted.commit !== undefined && shas.includes(wanted.commit.toLowerCase()));
  if (!isForks) return;
  throw new ActionFailure(`Refusing to check out fork pull request code from a '${event}' workflow.`);
}

async function fetch(call: StandInCall, folder: string, repository: StandInRepository, wanted: Wanted): Promise<void> {
  const depth = Number(input(call, 'fetch-depth'));
  const local = localName(wanted.ref);
  const specs = [`+${wanted.commit ?? wanted.ref}${local === undefined ? '' : `:${local}`}`];
  if (depth === 0) specs.push('+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*');
  const tags = depth !== 0 && !flag(call, 'fetch-tags') ? ['--no-tags'] : [];
  // The runner stands where GitHub does: it reads the repository's own folder, once the token has been looked at.
  const from = `file://${repository.git}`;
  const limit =
    depth > 0 ? [`--depth=${depth}`] : isShallow(await runGit(call, folder, ['rev-parse', '--is-shallow-repository']));
  await runGit(call, folder, ['fetch', '--prune', '--quiet', ...tags, ...limit, from, ...new Set(specs)]);
}

function isShallow(answer: readonly string[]): readonly string[] {
  return answer[0] === 'true' ? ['--unshallow'] : [];
}

function localName(ref: string): string | undefined {
  if (ref.startsWith('refs/heads/')) return ref.replace('refs/heads/', 'refs/remotes/origin/');
  if (ref.startsWith('refs/pull/')) return ref.replace('refs/pull/', 'refs/remotes/pull/');
  return ref === '' ? undefined : ref;
}

async function sparse(call: StandInCall, folder: string): Promise<void> {
  const patterns = input(call, 'sparse-checkout')
    .split('\n')
    .filter((line) => line.trim() !== '');
  if (patterns.length === 0) {
    await runGit(call, folder, ['sparse-checkout', 'disable'], 'may fail');
    return;
  }
  const mode = flag(call, 'sparse-checkout-cone-mode') ? '--cone' : '--no-cone';
  await runGit(call, folder, ['sparse-checkout', 'set', mode, ...patterns]);
}

async function checkOut(git: (...args: readonly string[]) => Promise<void>, wanted: Wanted): Promise<void> {
  const local = localName(wanted.ref);
  if (wanted.ref.startsWith('refs/heads/')) {
    await git('checkout', '--quiet', '--force', '-B', wanted.ref.replace('refs/heads/', ''), local ?? '');
  } else {
    await git('checkout', '--quiet', '--force', '--detach', local ?? wanted.commit ?? '');
  }
}

/** Lets later git commands of the job use the token, until the post step. */
async function persistCredentials(call: StandInCall, folder: string, token: string): Promise<() => Promise<void>> {
  const file = join(call.temp, `git-credentials-${crypto.randomUUID()}.config`);
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  await writeFile(file, `[http "${call.github.url}/"]\n\textraheader = AUTHORIZATION: basic ${basic}\n`, {
    mode: 0o600,
  });
  const key = `includeIf.gitdir:${join(folder, '.git')}.path`;
  await runGit(call, folder, ['config', '--local', key, file]);
  return async () => {
    await runGit(call, folder, ['config', '--local', '--unset-all', key], 'may fail');
    await rm(file, { force: true });
  };
}

async function runGit(
  call: StandInCall,
  folder: string,
  args: readonly string[],
  failure?: 'may fail',
): Promise<string[]> {
  const lines: string[] = [];
  const code = await runProcess({
    command: 'git',
    // The folder of a hosted runner may belong to another user than the one who set it up.
    args: ['-c', 'safe.directory=*', '-c', 'protocol.file.allow=always', ...args],
    cwd: folder,
    env: { ...call.env, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1' },
    onLine: (line) => lines.push(line),
    cancelled: call.cancelled,
    grace,
  });
  if (code === 0) return lines;
  if (failure === 'may fail') return [];
  throw new ActionFailure(`The process '/usr/bin/git' failed with exit code ${String(code)}: ${lines.join(' ')}`);
}
