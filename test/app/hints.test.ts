import { describe, expect, it } from 'vitest';
import { hintsOf } from '../../app/hints.ts';

const SHA = 'a'.repeat(40);
const placed = (more: object): object => ({
  installation: { id: 7 },
  repository: { full_name: 'octocat/churn', default_branch: 'main' },
  ...more,
});
const PLACE = { installation: 7, repository: 'octocat/churn' };
const USER = { login: 'ada', type: 'User' };
const run = (change: object, action = 'completed'): object =>
  placed({
    action,
    workflow_run: {
      id: 5,
      path: '.github/workflows/touchstone-pr.yml',
      event: 'pull_request',
      head_sha: SHA,
      head_branch: 'topic',
      head_repository: { full_name: 'mallory/churn' },
      display_title: 'Train',
      ...change,
    },
  });
const comment = (change: object): object =>
  placed({
    action: 'created',
    issue: { number: 3, pull_request: {} },
    comment: { id: 9, body: '/retrain', user: USER },
    sender: USER,
    ...change,
  });

describe('a webhook hints at', () => {
  it.each([
    ['pull_request', placed({ action: 'synchronize', pull_request: { number: 3 } }), { kind: 'pull', number: 3 }],
    ['pull_request', placed({ action: 'closed', pull_request: { number: 3 } }), { kind: 'pull', number: 3 }],
    ['issue_comment', comment({}), { kind: 'command', number: 3, comment: 9 }],
    ['workflow_run', run({}), { kind: 'head', head: SHA, branch: 'topic', from: 'mallory/churn' }],
    [
      'workflow_run',
      run({ path: '.github/workflows/touchstone-judge.yml@refs/heads/main', display_title: 'touchstone-judge: run 5' }),
      { kind: 'run', run: 5 },
    ],
    [
      'workflow_run',
      run({
        path: '.github/workflows/touchstone-override.yml',
        display_title: 'touchstone-override: run 5 by comment 9',
      }),
      { kind: 'run', run: 5 },
    ],
    [
      'workflow_run',
      run({ event: 'merge_group', head_branch: `gh-readonly-queue/main/pr-3-${SHA}` }),
      { kind: 'group', group: SHA, branch: 'main' },
    ],
    [
      'workflow_job',
      placed({ action: 'in_progress', workflow_job: { run_id: 5, workflow_name: 'touchstone-pr', head_sha: SHA } }),
      { kind: 'run', run: 5 },
    ],
    [
      'check_run',
      placed({
        action: 'requested_action',
        check_run: { name: 'touchstone', head_sha: SHA },
        requested_action: { identifier: 'retrain' },
        sender: USER,
      }),
      { kind: 'press', head: SHA, button: 'retrain', by: 'ada' },
    ],
    [
      'check_run',
      placed({ action: 'rerequested', check_run: { name: 'touchstone', head_sha: SHA }, sender: USER }),
      { kind: 'press', head: SHA, button: 'again', by: 'ada' },
    ],
    [
      'check_suite',
      placed({ action: 'rerequested', check_suite: { head_sha: SHA }, sender: USER }),
      { kind: 'press', head: SHA, button: 'again', by: 'ada' },
    ],
    [
      'merge_group',
      placed({ action: 'checks_requested', merge_group: { head_sha: SHA, base_ref: 'refs/heads/main' } }),
      { kind: 'group', group: SHA, branch: 'main' },
    ],
  ])('%s: where to look', (name, payload, hint) => {
    expect(hintsOf(name, payload)).toEqual([{ ...hint, place: PLACE }]);
  });

  it('installation: all of it', () => {
    expect(hintsOf('installation', { action: 'created', installation: { id: 7 } })).toEqual([
      { kind: 'installation', installation: 7 },
    ]);
    expect(hintsOf('installation', { action: 'deleted', installation: { id: 7 } })).toEqual([]);
  });
});

describe('a webhook hints at nothing', () => {
  it.each([
    ['about a comment that is edited', 'issue_comment', comment({ action: 'edited' })],
    ['about a comment that is no command', 'issue_comment', comment({ comment: { id: 9, body: 'Fine', user: USER } })],
    ['about a comment below an issue', 'issue_comment', comment({ issue: { number: 3 } })],
    [
      'about a comment of a bot',
      'issue_comment',
      comment({ comment: { id: 9, body: '/retrain', user: { login: 'b[bot]', type: 'Bot' } } }),
    ],
    ['about a run of another workflow', 'workflow_run', run({ path: '.github/workflows/ci.yml' })],
    ['about a run of a push', 'workflow_run', run({ event: 'push' })],
    [
      'about a judging run with another title',
      'workflow_run',
      run({ path: '.github/workflows/touchstone-judge.yml', display_title: 'touchstone-judge: run 5 ' }),
    ],
    ['about a label', 'pull_request', placed({ action: 'labeled', pull_request: { number: 3 } })],
    [
      'about a button that is none of ours',
      'check_run',
      placed({
        action: 'requested_action',
        check_run: { name: 'touchstone', head_sha: SHA },
        requested_action: { identifier: 'merge' },
        sender: USER,
      }),
    ],
    [
      'about a check of another name',
      'check_run',
      placed({ action: 'rerequested', check_run: { name: 'ci', head_sha: SHA }, sender: USER }),
    ],
    ['without an installation', 'pull_request', { action: 'opened', pull_request: { number: 3 } }],
    ['of another kind', 'star', placed({ action: 'created' })],
    ['that is no object', 'pull_request', null],
    ['whose fields are otherwise', 'pull_request', placed({ action: 'opened', pull_request: { number: '3' } })],
    [
      'with a repository that is none',
      'pull_request',
      { ...placed({ action: 'opened', pull_request: { number: 3 } }), repository: { full_name: '../..' } },
    ],
  ])('%s', (_, name, payload) => {
    expect(hintsOf(name, payload)).toEqual([]);
  });
});
