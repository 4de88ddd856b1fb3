import { describe, expect, it } from 'vitest';
import { converse, type ConversePorts } from '../../src/commands/converse.ts';
import { DEFAULT_RIGHTS } from '../../src/config/commandRights.ts';
import { formatReply } from '../../src/conversation/reply.ts';
import type { HeadProgress, TrainingRun } from '../../src/pullRequest/headProgress.ts';
import { PULL_REQUEST_WORKFLOW } from '../../src/pullRequest/identifyRun.ts';
import type { PullComment, PullFacts } from '../../src/pullRequest/pullFacts.ts';
import { ANSWERED, HEAD, REPOSITORY } from '../pullRequest/heads.ts';

const NOW = new Date('2026-11-20T14:00:00Z');
const RUN: TrainingRun = {
  ...{ id: 101, attempt: 1, repository: REPOSITORY, path: PULL_REQUEST_WORKFLOW, event: 'pull_request' },
  ...{ head: HEAD, headBranch: 'topic', headRepository: REPOSITORY, status: 'completed', conclusion: 'failure' },
  ...{ url: 'https://github.com/octocat/churn/actions/runs/101', startedAt: NOW, updatedAt: NOW },
};
const PROGRESS: HeadProgress = { kind: 'unheard', run: RUN };

function ago(seconds: number): string {
  return new Date(NOW.getTime() - seconds * 1000).toISOString();
}

/** A command, and the reply that another process of the App began so many seconds ago. */
function begunAgo(seconds: number): PullFacts {
  const common = { nodeId: 'n', edited: false };
  const command: PullComment = {
    ...{ ...common, id: 1, body: '/retrain', own: false, seen: true, createdAt: ago(seconds + 1) },
    author: { kind: 'person', login: 'ada' },
  };
  const effect = { kind: 'rerun', run: { id: 101, attempt: 1 } } as const;
  const reply: PullComment = {
    ...{ ...common, id: 2, own: true, seen: false, createdAt: ago(seconds) },
    author: { kind: 'bot', login: 'touchstone' },
    body: formatReply(1, '/retrain', { kind: 'pending', text: 'About to run it again.', effect }),
  };
  return {
    ...{ number: 3, state: 'open', head: HEAD, headBranch: 'topic', headRepository: REPOSITORY, fork: false },
    ...{ conflicts: false, left: [], comments: [command, reply] },
    ruling: { name: 'main', commit: HEAD, overriding: true },
  };
}

function ports(own: readonly number[] = []): { readonly ports: ConversePorts; readonly done: string[] } {
  const done: string[] = [];
  const note = <T>(what: string, answer: T): Promise<T> => {
    done.push(what);
    return Promise.resolve(answer);
  };
  const never = (): Promise<never> => Promise.reject(new Error('not to be asked'));
  let attempt = 1;
  return {
    done,
    ports: {
      ...{ now: () => NOW, links: ANSWERED.links, rights: () => DEFAULT_RIGHTS, begun: new Set(own) },
      people: { personOf: (login) => Promise.resolve({ login, role: 'write' }) },
      see: () => note('seen', undefined),
      jobsOf: () => Promise.resolve([]),
      actions: {
        read: () => Promise.resolve({ ...RUN, attempt }),
        rerun: () => {
          attempt += 1;
          return note('rerun', { kind: 'taken' as const });
        },
        ...{ approve: never, override: never },
      },
      overrides: { of: never },
      answersOf: {
        comments: () => Promise.resolve([]),
        createComment: () => note('replied', { kind: 'created' as const, id: 9, nodeId: 'n' }),
        editComment: () => note('edited', 'edited' as const),
        deleteComment: () => note('deleted', undefined),
      },
    },
  };
}

describe('a reply that another process began', () => {
  it('is left to it for a minute: it is about to do what it says', async () => {
    const { ports: of, done } = ports();
    expect(await converse(begunAgo(20), PROGRESS, of)).toEqual({ writes: 0, lookAgainMs: 40_000 });
    expect(done).toEqual([]);
  });

  it('is gone on with after that: whoever began it has died', async () => {
    const { ports: of, done } = ports();
    expect(await converse(begunAgo(60), PROGRESS, of)).toMatchObject({ writes: 1 });
    expect(done).toEqual(['rerun', 'edited']);
  });

  it('is gone on with at once where it is our own', async () => {
    const { ports: of, done } = ports([2]);
    await converse(begunAgo(1), PROGRESS, of);
    expect(done).toEqual(['rerun', 'edited']);
  });
});
