import { describe, expect, it } from 'vitest';
import { parseCommitSha, parseRepositoryName } from '../../src/identity/git.ts';
import {
  expectedEnd,
  lookAgainAfterMs,
  runsOfHead,
  type TrainingJob,
  type TrainingRun,
} from '../../src/pullRequest/headProgress.ts';
import { PULL_REQUEST_WORKFLOW } from '../../src/pullRequest/identifyRun.ts';
import { withPendingNotice } from '../../src/pullRequest/pendingNotice.ts';
import { progressOutput } from '../../src/pullRequest/progressOutput.ts';
import { formatMarker } from '../../src/pullRequest/commentMarker.ts';
import { ANSWERED, HEAD, ofModels, notJudged, rejected, accepted } from './heads.ts';

const REPOSITORY = parseRepositoryName('octocat/churn');
const START = new Date('2026-11-20T14:00:00Z');
const MINUTE = 60_000;

function run(change: Partial<TrainingRun> = {}): TrainingRun {
  return {
    ...{ id: 5, attempt: 1, repository: REPOSITORY, path: PULL_REQUEST_WORKFLOW, event: 'pull_request' },
    ...{ head: HEAD, headBranch: 'topic', headRepository: REPOSITORY, status: 'in_progress' },
    ...{
      url: 'https://github.com/octocat/churn/actions/runs/5',
      startedAt: START,
      updatedAt: START,
      createdAt: START.toISOString(),
    },
    ...change,
  };
}

function job(name: string, status: string, startedMinutes?: number, step?: string): TrainingJob {
  return {
    ...{ id: 1, name, status, failedSteps: [] },
    ...(startedMinutes !== undefined && { startedAt: new Date(START.getTime() + startedMinutes * MINUTE) }),
    ...(step !== undefined && { step }),
  };
}

const pull = { head: HEAD, ruling: { name: 'main', commit: HEAD, overriding: true } };
const titleOf = (jobs: readonly TrainingJob[], end?: Date): string =>
  progressOutput({ kind: 'training', run: run(), jobs, ...(end && { end }) }, pull, ANSWERED.links, () => undefined)
    .title;

describe('the runs of a head', () => {
  const head = { head: HEAD, headBranch: 'topic', headRepository: REPOSITORY };
  it('are those of its workflow, event, branch and repository, the newest first', () => {
    const all = [
      run({ id: 1 }),
      run({ id: 3 }),
      run({ id: 4, path: '.github/workflows/ci.yml' }),
      run({ id: 5, event: 'push' }),
      run({ id: 6, headBranch: 'other' }),
      run({ id: 7, headRepository: parseRepositoryName('mallory/churn') }),
      run({ id: 8, head: parseCommitSha('b'.repeat(40)) }),
      run({ id: 2, path: `${PULL_REQUEST_WORKFLOW}@refs/pull/3/merge` }),
    ];
    expect(runsOfHead(all, head, PULL_REQUEST_WORKFLOW).map(({ id }) => id)).toEqual([3, 2, 1]);
  });
});

describe('the end of a training', () => {
  const took = new Map([
    ['train churn', 28 * MINUTE],
    ['train digits', 10 * MINUTE],
  ]);
  it('is that of the job that takes longest, as it took before', () => {
    const jobs = [
      job('validate', 'completed', 0),
      job('train churn', 'in_progress', 4),
      job('train digits', 'in_progress', 4),
    ];
    expect(expectedEnd(jobs, took)?.toISOString()).toBe('2026-11-20T14:32:00.000Z');
  });

  it('is not guessed where a job at work was never seen to end, or none is at work', () => {
    expect(
      expectedEnd([job('train churn', 'in_progress', 4), job('train new', 'in_progress', 4)], took),
    ).toBeUndefined();
    expect(expectedEnd([job('train churn', 'queued')], took)).toBeUndefined();
  });
});

describe('the title of a check', () => {
  it('tells the stage, since when, and until when where that is known', () => {
    expect(titleOf([])).toBe('Waits for a machine (since 14:00 UTC)');
    expect(titleOf([job('validate', 'completed', 0), job('train churn', 'queued')])).toBe(
      'Waits for a machine: train churn (since 14:00 UTC)',
    );
    expect(titleOf([job('train churn', 'in_progress', 4, 'Train')])).toBe(
      'At work: train churn, Train since 14:04 UTC',
    );
    expect(titleOf([job('train churn', 'in_progress', 4)], new Date('2026-11-20T14:32:00Z'))).toBe(
      'At work: train churn since 14:04, done by about 14:32 UTC',
    );
    expect(titleOf([job('train a', 'in_progress', 4), job('train b', 'in_progress', 4)])).toBe('2 jobs at work');
  });

  it('holds names of jobs as text', () => {
    expect(titleOf([job('train <b>\u202e@all', 'in_progress', 4)])).not.toContain('\u202e');
  });
});

describe('buttons', () => {
  const buttons = (answer: ReturnType<typeof ofModels>): readonly string[] =>
    progressOutput(
      {
        kind: 'answered',
        run: run(),
        judging: { id: 9, attempt: 1, by: 'judge', status: 'completed', url: 'u' },
        answer,
      },
      pull,
      ANSWERED.links,
      () => undefined,
    ).buttons.map(({ identifier }) => identifier);

  it('are there where they help, and at most three, in so many characters as GitHub takes', () => {
    expect(buttons(ofModels(accepted()))).toEqual([]);
    expect(buttons(ofModels(rejected()))).toEqual(['retrain', 'judge']);
    expect(buttons(ofModels(notJudged('digits')))).toEqual(['retrain']);
    expect(buttons({ kind: 'unjudged', because: { kind: 'judging-failed' } })).toEqual(['judge']);
  });
});

describe('looking again', () => {
  it('is often at first, more and more seldom later, and never where webhooks tell', () => {
    const after = (minutes: number): number | undefined =>
      lookAgainAfterMs({ kind: 'training', run: run(), jobs: [] }, new Date(START.getTime() + minutes * MINUTE));
    expect([after(0), after(9), after(600)]).toEqual([MINUTE, 3 * MINUTE, 30 * MINUTE]);
    expect(lookAgainAfterMs({ kind: 'not-ours' }, START)).toBeUndefined();
  });
});

describe('the notice of a commit that is not judged yet', () => {
  const other = parseCommitSha('c'.repeat(40));
  const marker = {
    head: HEAD,
    conclusion: 'success',
    title: 'x',
    history: [],

    judging: { id: 1, attempt: 1 },
  } as const;
  const sticky = { id: 1, nodeId: 'n', own: true, marker, body: `${formatMarker(marker)}\n\n### Fine\n\ntext\n` };

  it('stands above what is told of another one, once, and goes with it', () => {
    const once = withPendingNotice(sticky, other, ANSWERED.links);
    expect(once).toContain('is not judged yet');
    expect(once.split('\n')[0]).toBe(sticky.body.split('\n')[0]);
    expect(withPendingNotice({ ...sticky, body: once }, other, ANSWERED.links)).toBe(once);
    expect(withPendingNotice({ ...sticky, body: once }, HEAD, ANSWERED.links)).toBe(sticky.body);
  });
});
