import {
  override,
  type OverrideOutcome,
  type OverridePorts,
  type OverrideRequest,
} from '../../src/commands/override.ts';
import { readOverrides } from '../../src/commands/readOverrides.ts';
import { DEFAULT_RIGHTS, type Person } from '../../src/config/commandRights.ts';
import { parseCommitSha } from '../../src/identity/git.ts';
import type { CommandComment, CommentedPull } from '../../src/pullRequest/commandComment.ts';
import type { HeadJudgement, ModelSection } from '../../src/pullRequest/headJudgement.ts';
import { PULL_REQUEST_WORKFLOW, type PullRequestHead } from '../../src/pullRequest/identifyRun.ts';
import type { TitledRun } from '../../src/pullRequest/judgingRuns.ts';
import { judgingTitle } from '../../src/pullRequest/judgingTitle.ts';
import type { Override } from '../../src/pullRequest/override.ts';
import type { HeadAnswer } from '../../src/pullRequest/standing.ts';
import { openRegistry } from '../../src/registry/layout.ts';
import type { RegistryStore } from '../../src/registry/store.ts';
import { recordVerdict } from '../../src/registry/verdictRecord.ts';
import { MemoryStore } from '../fakes/memoryStore.ts';
import { HEAD, headJudgement, rejected, REPOSITORY } from '../pullRequest/heads.ts';

export const RUN = 101;
export const COMMENT = 3_000_000_007;
export const OTHER_HEAD = parseCommitSha('b'.repeat(40));

/** Pushed at 9:00, judged at 9:10, commented on at 9:20. */
export const at = (minute: number): string => `2026-05-03T09:${String(minute).padStart(2, '0')}:00Z`;

/** A rejected pull request of grace's, and a comment below it in which ada lets it pass. */
export class OverrideWorld {
  readonly store: RegistryStore & MemoryStore = new MemoryStore();
  readonly people = new Map<string, Person['role']>([
    ['ada', 'maintain'],
    ['grace', 'write'],
  ]);
  pull: CommentedPull = {
    number: 7,
    open: true,
    head: HEAD,
    headBranch: 'deeper',
    headRepository: REPOSITORY,
    forcePushes: [],
  };
  comment: CommandComment | undefined;
  pulls: readonly PullRequestHead[] = [
    { number: 7, state: 'open', head: HEAD, headRepository: REPOSITORY, author: 'grace' },
  ];
  judging: readonly TitledRun[] = [judgingRun(202)];
  answer: HeadAnswer;
  rights = DEFAULT_RIGHTS;
  #minute = 21;

  constructor(first: ModelSection = rejected(), ...others: readonly ModelSection[]) {
    this.answer = { kind: 'judged', judgement: headJudgement({ kind: 'models', sections: [first, ...others] }) };
    this.say(`/override recall[8]@overall reason="shipping the fix on Monday"`);
  }

  get judgement(): HeadJudgement {
    if (this.answer.kind !== 'judged') throw new TypeError('Nothing was judged.');
    return this.answer.judgement;
  }

  /** Puts what was judged on record, as the job that publishes does. */
  async record(): Promise<this> {
    await openRegistry(this.store, 'write');
    const { outcome } = this.judgement;
    for (const section of outcome.kind === 'models' ? outcome.sections : []) {
      if (section.kind !== 'judged') continue;
      await recordVerdict(this.store, section.verdict.comparison, section.verdict.judgement);
    }
    return this;
  }

  say(body: string, change: Partial<CommandComment> = {}): void {
    const author = { login: 'ada', isPerson: true };
    this.comment = { id: COMMENT, author, body, createdAt: at(20), edited: false, pull: this.pull, ...change };
  }

  request(change: Partial<OverrideRequest> = {}): OverrideRequest {
    return {
      asking: {
        repository: REPOSITORY,
        event: 'workflow_dispatch',
        ref: 'refs/heads/main',
        defaultBranch: 'main',
        id: 303,
        attempt: 1,
      },
      comment: COMMENT,
      run: RUN,
      ...change,
    };
  }

  ports(change: Partial<OverridePorts> = {}): OverridePorts {
    return {
      runs: {
        read: (id) =>
          Promise.resolve({
            id,
            attempt: 1,
            repository: REPOSITORY,
            path: PULL_REQUEST_WORKFLOW,
            event: 'pull_request',
            head: HEAD,
            headBranch: 'deeper',
            headRepository: REPOSITORY,
            status: 'completed',
            conclusion: 'success',
            createdAt: at(0),
          }),
      },
      comments: { read: (id) => Promise.resolve(this.comment?.id === id ? this.comment : undefined) },
      pulls: { ofHead: () => Promise.resolve(this.pulls) },
      people: {
        personOf: (login) => {
          const role = this.people.get(login);
          return Promise.resolve({ login, ...(role && { role }) });
        },
      },
      rights: () => Promise.resolve(this.rights),
      judgingRuns: { of: () => Promise.resolve(this.judging) },
      answers: {
        read: () =>
          Promise.resolve({
            kind: 'read',
            answer: { repository: REPOSITORY, head: HEAD, trained: { id: RUN, attempt: 1 }, answer: this.answer },
          }),
      },
      store: () => Promise.resolve(this.store),
      now: () => new Date(at((this.#minute += 1))),
      ...change,
    };
  }

  override(change: Partial<OverrideRequest> = {}, ports: Partial<OverridePorts> = {}): Promise<OverrideOutcome> {
    return override(this.request(change), this.ports(ports));
  }

  standing(): Promise<readonly Override[]> {
    return readOverrides(this.store, this.judgement);
  }

  /** How many events say so. */
  events(): number {
    return [...this.store.objects.keys()].filter((key) => /^models\/[^/]+\/log\//.test(key)).length;
  }
}

export function judgingRun(id: number, change: Partial<TitledRun> = {}): TitledRun {
  return {
    id,
    attempt: 1,
    repository: REPOSITORY,
    path: '.github/workflows/touchstone-judge.yml',
    event: 'workflow_run',
    head: OTHER_HEAD,
    headBranch: 'main',
    headRepository: REPOSITORY,
    status: 'completed',
    conclusion: 'success',
    title: judgingTitle(RUN),
    startedAt: at(10),
    ...change,
  };
}
