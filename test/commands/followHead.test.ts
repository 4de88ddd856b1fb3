import { describe, expect, it } from 'vitest';
import { followHead, type HeadPorts } from '../../src/commands/followHead.ts';
import { parseRepositoryName } from '../../src/identity/git.ts';
import type { JudgingFacts, TrainingRun } from '../../src/pullRequest/headProgress.ts';
import { PULL_REQUEST_WORKFLOW } from '../../src/pullRequest/identifyRun.ts';
import type { PullFacts } from '../../src/pullRequest/pullFacts.ts';
import { accepted, HEAD, headJudgement, REPOSITORY } from '../pullRequest/heads.ts';

const NOW = new Date('2026-11-20T14:00:00Z');
const JUDGING = `jobs:
  publish:
    steps:
      - uses: acme/touchstone/actions/publish@v1
        with: { answered-by: app }
`;
const PULL: PullFacts = {
  ...{ number: 3, state: 'open', head: HEAD, headBranch: 'topic', headRepository: REPOSITORY },
  ...{ fork: false, conflicts: false, left: [], comments: [] },
  ruling: { name: 'main', commit: HEAD, judging: JUDGING, overriding: true },
};

function run(change: Partial<TrainingRun> = {}): TrainingRun {
  return {
    ...{ id: 101, attempt: 1, repository: REPOSITORY, path: PULL_REQUEST_WORKFLOW, event: 'pull_request' },
    ...{ head: HEAD, headBranch: 'topic', headRepository: REPOSITORY, status: 'completed', conclusion: 'success' },
    ...{ url: 'https://github.com/octocat/churn/actions/runs/101', startedAt: NOW, updatedAt: NOW },
    ...change,
  };
}

function judging(id: number, change: Partial<JudgingFacts> = {}): JudgingFacts {
  return { ...{ id, attempt: 1, by: 'judge', status: 'completed', conclusion: 'success', url: `u${id}` }, ...change };
}

interface Found {
  readonly runs?: readonly TrainingRun[];
  readonly judgings?: readonly JudgingFacts[];
  /** Attempts that answers are of, by the judging run that left them. */
  readonly answers?: Readonly<Record<number, number>>;
  readonly now?: Date;
}

function ports({ runs = [run()], judgings = [], answers = {}, now = NOW }: Found): HeadPorts {
  const judgement = headJudgement({ kind: 'models', sections: [accepted()] });
  return {
    ...{ now: () => now, repository: REPOSITORY },
    runs: {
      ofHead: () => Promise.resolve(runs),
      jobs: () => Promise.resolve([]),
      durations: () => Promise.resolve(new Map()),
    },
    judgings: { of: () => Promise.resolve(judgings) },
    answers: {
      read: ({ id }) => {
        const attempt = answers[id];
        if (attempt === undefined) return Promise.resolve({ kind: 'none' });
        const answer = { kind: 'judged' as const, judgement };
        const recorded = { repository: REPOSITORY, head: HEAD, trained: { id: 101, attempt }, answer };
        return Promise.resolve({ kind: 'read', answer: recorded });
      },
    },
  };
}

const kindOf = async (found: Found, pull = PULL): Promise<string> => (await followHead(pull, ports(found))).kind;

describe('a head whose training is over', () => {
  it('is answered by what was judged of this attempt, and of no earlier one', async () => {
    const judgings = [judging(202)];
    expect(await kindOf({ judgings, answers: { 202: 1 } })).toBe('answered');
    expect(await kindOf({ runs: [run({ attempt: 2 })], judgings, answers: { 202: 1 } })).toBe('judging');
  });

  it('is judged again while a later judging run is at work', async () => {
    const later = judging(203, { status: 'in_progress' });
    expect(await kindOf({ judgings: [later, judging(202)], answers: { 202: 1 } })).toBe('judging');
  });

  it('keeps its answer while an override is at work, and where one left none', async () => {
    const pending = judging(203, { by: 'override', status: 'queued' });
    const refused = judging(204, { by: 'override' });
    const found = await followHead(PULL, ports({ judgings: [refused, pending, judging(202)], answers: { 202: 1 } }));
    expect(found).toMatchObject({ kind: 'answered', judging: { id: 202 } });
  });

  it('takes the answer that an override left, and says which run measured', async () => {
    const override = judging(203, { by: 'override' });
    const found = await followHead(PULL, ports({ judgings: [override, judging(202)], answers: { 202: 1, 203: 1 } }));
    expect(found).toMatchObject({ kind: 'answered', judging: { id: 203 }, measured: { id: 202 } });
  });

  it('of another repository is not believed', async () => {
    const other = {
      ...ports({ judgings: [judging(202)], answers: { 202: 1 } }),
      repository: parseRepositoryName('a/b'),
    };
    expect(await followHead(PULL, other)).toMatchObject({ answer: { because: { kind: 'invalid-judgement' } } });
  });
});

describe('a head without a run', () => {
  it('is awaited from when its check was opened, for ten minutes', async () => {
    const check = {
      nodeId: 'n',
      externalId: '0.0',
      status: 'unfinished',
      title: '',
      startedAt: NOW.toISOString(),
    } as const;
    const checked: PullFacts = { ...PULL, check };
    const after = (minutes: number): Found => ({ runs: [], now: new Date(NOW.getTime() + minutes * 60_000) });
    expect(await kindOf(after(9), checked)).toBe('awaited');
    expect(await kindOf(after(10), checked)).toBe('not-started');
    expect(await kindOf({ runs: [] }, { ...PULL, conflicts: true })).toBe('not-started');
  });
});
