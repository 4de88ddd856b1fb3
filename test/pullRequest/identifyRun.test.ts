import { describe, expect, it } from 'vitest';
import { parseCommitSha, parseRepositoryName } from '../../src/identity/git.ts';
import {
  identifyRun,
  pullsOfHead,
  type JudgingRun,
  type RunFacts,
  type RunIdentity,
} from '../../src/pullRequest/identifyRun.ts';

const REPOSITORY = parseRepositoryName('acme/churn');
const HEAD = parseCommitSha('a'.repeat(40));
const JUDGING: JudgingRun = {
  repository: REPOSITORY,
  event: 'workflow_run',
  ref: 'refs/heads/main',
  defaultBranch: 'main',
};
const RUN: RunFacts = {
  id: 7,
  attempt: 2,
  repository: REPOSITORY,
  path: '.github/workflows/touchstone-pr.yml',
  event: 'pull_request',
  head: HEAD,
  headBranch: 'deeper',
  headRepository: REPOSITORY,
  status: 'completed',
  conclusion: 'success',
};

function refusal(judging: Partial<JudgingRun>, run: Partial<RunFacts>): string {
  const identity = identifyRun({ ...JUDGING, ...judging }, { ...RUN, ...run });
  return identity.kind === 'refused' ? identity.problem.found : identity.kind;
}

describe('a run is taken', () => {
  it('with its head, attempt and conclusion', () => {
    expect(identifyRun(JUDGING, RUN)).toEqual({
      kind: 'pull-request',
      run: { id: 7, attempt: 2 },
      head: HEAD,
      headBranch: 'deeper',
      headRepository: REPOSITORY,
      fork: false,
      conclusion: 'succeeded',
    } satisfies RunIdentity);
  });

  it('of a merge group', () => {
    expect(refusal({}, { event: 'merge_group' })).toBe('merge-group');
  });

  it('of a fork, and of one that is gone', () => {
    const { headRepository, ...gone } = RUN;
    expect(headRepository).toBeDefined();
    const fork = { ...RUN, headRepository: parseRepositoryName('mallory/churn') };
    expect([fork, gone, RUN].map((run) => identifyRun(JUDGING, run))).toMatchObject([
      { fork: true },
      { fork: true },
      { fork: false },
    ]);
  });

  it('where the path names the commit that the workflow came from', () => {
    expect(refusal({}, { path: '.github/workflows/touchstone-pr.yml@refs/pull/3/merge' })).toBe('pull-request');
  });

  it('where the API writes the name of the repository in another case', () => {
    expect(refusal({}, { repository: parseRepositoryName('Acme/Churn') })).toBe('pull-request');
  });

  it.each([
    ['success', 'succeeded'],
    ['failure', 'failed'],
    ['startup_failure', 'failed'],
    ['cancelled', 'cancelled'],
    ['timed_out', 'timed-out'],
    ['action_required', 'waits-for-approval'],
    ['something new', 'failed'],
  ])('with the conclusion %s as %s', (conclusion, expected) => {
    expect(identifyRun(JUDGING, { ...RUN, conclusion })).toMatchObject({ conclusion: expected });
  });

  it('as unfinished while it runs', () => {
    const { conclusion, ...running } = RUN;
    expect(conclusion).toBe('success');
    expect(identifyRun(JUDGING, { ...running, status: 'in_progress' })).toMatchObject({ conclusion: 'unfinished' });
  });
});

describe('a run is refused', () => {
  it.each([
    '.github/workflows/other.yml',
    '.github/workflows/touchstone-pr.yaml',
    '.github/workflows/sub/touchstone-pr.yml',
    'x/.github/workflows/touchstone-pr.yml',
    '.github/workflows/other.yml@.github/workflows/touchstone-pr.yml',
  ])('where its workflow is %s, whatever its name', (path) => {
    expect(refusal({}, { path })).toContain('it is a run of');
  });

  it.each(['push', 'workflow_dispatch', 'pull_request_target', 'schedule'])('where %s started it', (event) => {
    expect(refusal({}, { event })).toBe(`it was started by ${event}`);
  });

  it('where it ran in another repository', () => {
    expect(refusal({}, { repository: parseRepositoryName('mallory/churn') })).toBe('it ran in mallory/churn');
  });

  it('where judging runs on another branch', () => {
    expect(refusal({ event: 'workflow_dispatch', ref: 'refs/heads/lax' }, {})).toBe('it runs on refs/heads/lax');
    expect(refusal({ ref: 'refs/tags/main' }, {})).toBe('it runs on refs/tags/main');
  });

  it('where judging is started by an event whose workflow can be a pull request’s', () => {
    expect(refusal({ event: 'pull_request' }, {})).toBe('it was started by pull_request');
  });
});

describe('the pull requests of a head', () => {
  const pull = { number: 1, state: 'open', head: HEAD, headRepository: REPOSITORY };

  it('are all that ask to merge it', () => {
    expect(pullsOfHead(RUN, [pull, { ...pull, number: 2 }]).map(({ number }) => number)).toEqual([1, 2]);
  });

  it('are not those of another commit, of another repository, closed, or of a fork that is gone', () => {
    const { headRepository, ...gone } = pull;
    expect(headRepository).toBeDefined();
    const others = [
      { ...pull, head: parseCommitSha('b'.repeat(40)) },
      { ...pull, headRepository: parseRepositoryName('mallory/churn') },
      { ...pull, state: 'closed' },
      gone,
    ];
    expect(pullsOfHead(RUN, others)).toEqual([]);
  });
});
