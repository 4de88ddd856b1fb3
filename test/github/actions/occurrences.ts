import { ACTIONS_APP } from '../state/app.ts';
import { NO_COMMIT } from '../state/repository.ts';

import type { GitHubEvent } from '../gitHub.ts';
import type { Json } from '../route.ts';
import type { Account } from '../state/account.ts';
import type { RunOrigin } from '../state/actions.ts';
import type { StandInRepository } from '../state/repository.ts';
import type { EventName, Occurrence } from './triggers.ts';

/** Something that workflows may start for, and what a run of it begins with. */
export type Started = {
  readonly occurrence: Occurrence;
  readonly origin: RunOrigin;
  readonly title: string | undefined;
};

/** The one who pushes to pull requests on Dependabot's behalf; its runs are treated like a fork's. */
export const dependabot = 'dependabot[bot]';

/**
 * What an event may start: for a pull request the files of its test merge, for most others those of the default branch.
 * Nothing for what a workflow's own token did, and nothing in a fork, where GitHub runs no workflow before its owner says so.
 * Source: docs.github.com, "Events that trigger workflows".
 */
export async function occurrencesOf(event: GitHubEvent): Promise<readonly Started[]> {
  const { name, repository, by, payload } = event;
  if (repository.parent !== undefined) return [];
  if (by.kind === 'installation' && by.app.id === ACTIONS_APP.id && name !== 'workflow_run') return [];
  if (by.kind === 'anonymous') return [];
  switch (name) {
    case 'pull_request':
      return pullRequest(repository, payload, by.account);
    case 'push':
      return push(repository, payload, by.account);
    case 'merge_group':
      return mergeGroup(repository, payload, by.account);
    case 'workflow_run': {
      const run = part(payload, 'workflow_run');
      return onDefaultBranch('workflow_run', repository, payload, by.account, {
        branch: String(run['head_branch']),
        workflow: String(run['name']),
      });
    }
    case 'issue_comment':
      return onDefaultBranch('issue_comment', repository, payload, by.account, {});
    default:
      return [];
  }
}

/** What starts at a time of a schedule: always the default branch. */
export async function scheduled(repository: StandInRepository, cron: string): Promise<readonly Started[]> {
  const payload = { schedule: cron, repository: repository.json, sender: repository.owner.json };
  return onDefaultBranch('schedule', repository, payload, repository.owner, { cron });
}

async function pullRequest(repository: StandInRepository, payload: Json, actor: Account): Promise<readonly Started[]> {
  const pull = part(payload, 'pull_request');
  const head = part(pull, 'head');
  const base = part(pull, 'base');
  const number = Number(payload['number']);
  const headSha = String(head['sha']);
  const fullName = String(part(head, 'repo')['full_name']);
  const headRepository = repository.github.repositories.find((each) => each.fullName === fullName) ?? repository;
  const isFork = headRepository !== repository;
  const branch = String(base['ref']);
  const common = {
    payload,
    headBranch: String(head['ref']),
    headRef: String(head['ref']),
    baseRef: branch,
    headRepository,
    actor,
    pullRequests: isFork ? [] : [minimal(repository, payload)],
  };
  const occurrence = {
    action: String(payload['action']),
    branch,
    changedPaths: () => changedPaths(repository, `${String(base['sha'])}...${headSha}`),
  };
  const title = String(pull['title']);
  const target = await onDefaultBranch('pull_request_target', repository, payload, actor, occurrence);
  const started: Started[] = target.map(({ occurrence, origin }) => ({
    occurrence,
    origin: { ...origin, ...common, headSha: origin.sha },
    title,
  }));
  const merge = pull['merge_commit_sha'];
  // One that cannot be merged has no merge commit, and starts nothing; nor does a commit that asks to be skipped.
  if (typeof merge !== 'string' || (await asksToBeSkipped(headRepository, headSha))) return started;
  const isClosed = pull['state'] === 'closed';
  const sha = isClosed ? headSha : merge;
  const isUntrusted = isFork || actor.login === dependabot;
  const origin = {
    event: 'pull_request',
    ref: `refs/pull/${number}/merge`,
    sha,
    workflowSha: sha,
    headSha,
    ...common,
    isUntrusted,
  };
  return [{ occurrence: { event: 'pull_request', ...occurrence }, origin, title }, ...started];
}

async function push(repository: StandInRepository, payload: Json, actor: Account): Promise<readonly Started[]> {
  const ref = String(payload['ref']);
  const before = String(payload['before']);
  const sha = String(payload['after']);
  if (sha === NO_COMMIT || (await asksToBeSkipped(repository, sha))) return [];
  const isTag = ref.startsWith('refs/tags/');
  const name = ref.replace(/^refs\/(heads|tags)\//, '');
  const isUntrusted = actor.login === dependabot;
  return [
    {
      occurrence: {
        event: 'push',
        ...(isTag ? { tag: name } : { branch: name }),
        changedPaths: () => changedPaths(repository, before === NO_COMMIT ? `${sha}~1..${sha}` : `${before}..${sha}`),
      },
      origin: { ...plain('push', repository, payload, actor, ref, sha), headBranch: name, isUntrusted },
      title: undefined,
    },
  ];
}

async function mergeGroup(repository: StandInRepository, payload: Json, actor: Account): Promise<readonly Started[]> {
  const group = part(payload, 'merge_group');
  const ref = String(group['head_ref']);
  const sha = String(group['head_sha']);
  if ((await repository.resolve(sha)) === undefined) return [];
  return [
    {
      occurrence: {
        event: 'merge_group',
        action: String(payload['action']),
        branch: String(group['base_ref']).replace('refs/heads/', ''),
      },
      origin: {
        ...plain('merge_group', repository, payload, actor, ref, sha),
        baseRef: String(group['base_ref']),
        headRef: ref,
      },
      title: undefined,
    },
  ];
}

async function onDefaultBranch(
  event: EventName,
  repository: StandInRepository,
  payload: Json,
  actor: Account,
  occurrence: Omit<Occurrence, 'event'>,
): Promise<readonly Started[]> {
  const ref = `refs/heads/${repository.defaultBranch}`;
  const sha = await repository.resolve(ref);
  if (sha === undefined) return [];
  const { action } = payload;
  return [
    {
      occurrence: { ...(typeof action === 'string' && { action }), ...occurrence, event },
      origin: plain(event, repository, payload, actor, ref, sha),
      title: undefined,
    },
  ];
}

/** A run on a ref of the repository, by its own people. */
export function plain(
  event: string,
  repository: StandInRepository,
  payload: Json,
  actor: Account,
  ref: string,
  sha: string,
): RunOrigin {
  return {
    event,
    payload,
    ref,
    sha,
    workflowSha: sha,
    headSha: sha,
    headBranch: ref.replace(/^refs\/(heads|tags)\//, ''),
    headRepository: repository,
    baseRef: '',
    headRef: '',
    actor,
    isUntrusted: false,
    pullRequests: [],
  };
}

/** `refs/heads/main` of `main`; nothing where there is no such branch or tag. */
export async function fullRef(repository: StandInRepository, ref: string): Promise<string | undefined> {
  for (const full of ref.startsWith('refs/') ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`]) {
    if ((await repository.resolve(full)) !== undefined) return full;
  }
  return undefined;
}

async function changedPaths(repository: StandInRepository, range: string): Promise<readonly string[]> {
  const printed = await repository.run(['diff', '--name-only', '-z', '--no-renames', range, '--']);
  return printed.split('\0').filter((path) => path !== '');
}

async function asksToBeSkipped(repository: StandInRepository, sha: string): Promise<boolean> {
  const message = await repository.run(['log', '-1', '--format=%B', sha]);
  return /\[(skip ci|ci skip|no ci|skip actions|actions skip)\]/.test(message);
}

/** `pull-request-minimal` in GitHub's description. */
export function minimal(repository: StandInRepository, payload: Json): Json {
  const pull = part(payload, 'pull_request');
  const end = (name: 'head' | 'base'): Json => ({
    ref: part(pull, name)['ref'],
    sha: part(pull, name)['sha'],
    repo: { id: repository.id, url: repository.url, name: repository.name },
  });
  return { id: pull['id'], number: pull['number'], url: pull['url'], head: end('head'), base: end('base') };
}

function part(payload: Json, name: string): Json {
  return payload[name] as Json;
}
