import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openGitHub, type GitHubClient } from '../../../src/adapters/github/gitHubClient.ts';
import { gitHubJudgingRuns } from '../../../src/adapters/github/judgingRuns.ts';
import { parseCommitSha, parseRepositoryName } from '../../../src/identity/git.ts';
import { judgingTitle, overrideTitle } from '../../../src/pullRequest/judgingTitle.ts';

const REPOSITORY = parseRepositoryName('acme/churn');
const API = 'https://api.github.test';
const JUDGE = '/repos/acme/churn/actions/workflows/touchstone-judge.yml/runs';
const OVERRIDE = '/repos/acme/churn/actions/workflows/touchstone-override.yml/runs';
let client: GitHubClient;

beforeEach(() => {
  nock.disableNetConnect();
  client = openGitHub({ baseUrl: API, token: 'token', msPerSecond: 1 });
});
afterEach(() => {
  expect(nock.pendingMocks()).toEqual([]);
  nock.cleanAll();
  nock.enableNetConnect();
});

const run = (id: number, title: string, file = 'touchstone-judge.yml', event = 'workflow_run'): object => ({
  id,
  run_attempt: 1,
  path: `.github/workflows/${file}`,
  event,
  head_sha: parseCommitSha('d'.repeat(40)),
  head_branch: 'trunk',
  repository: { full_name: 'acme/churn' },
  head_repository: { full_name: 'acme/churn' },
  status: 'completed',
  conclusion: 'success',
  html_url: `https://github.test/acme/churn/actions/runs/${id}`,
  created_at: '2026-05-03T09:30:00Z',
  run_started_at: '2026-05-03T09:31:00Z',
  display_title: title,
});
const page = (...runs: readonly object[]): object => ({ total_count: 300, workflow_runs: runs });
const asked = { branch: 'trunk', per_page: 100 };

describe('the runs that answer for a trained run', () => {
  it('are looked for among those of the default branch, back to when it began', async () => {
    nock(API)
      .get(JUDGE)
      .query(asked)
      .reply(200, page(run(130, judgingTitle(120)), run(110, judgingTitle(100))), {
        link: `<${API}${JUDGE}?branch=trunk&per_page=100&page=2>; rel="next"`,
      });
    // Run 99 came before run 100: there is no need for a third page.
    nock(API)
      .get(JUDGE)
      .query({ ...asked, page: 2 })
      .reply(200, page(run(105, judgingTitle(100)), run(99, judgingTitle(90))), {
        link: `<${API}${JUDGE}?branch=trunk&per_page=100&page=3>; rel="next"`,
      });
    const took = overrideTitle({ run: 100, comment: 7 });
    nock(API)
      .get(OVERRIDE)
      .query(asked)
      .reply(200, page(run(140, took, 'touchstone-override.yml', 'workflow_dispatch')));
    const found = await gitHubJudgingRuns(client, REPOSITORY, 'trunk').of(100);
    expect(found.map(({ id }) => id)).toEqual([140, 110, 105]);
    expect(found[0]).toMatchObject({ title: took, startedAt: '2026-05-03T09:31:00Z' });
  });

  it('are none where the repository has no such workflow', async () => {
    for (const place of [JUDGE, OVERRIDE]) nock(API).get(place).query(asked).reply(404, { message: 'Not Found' });
    expect(await gitHubJudgingRuns(client, REPOSITORY, 'trunk').of(100)).toEqual([]);
  });

  it('are not taken for none where GitHub fails', async () => {
    nock(API).get(JUDGE).query(asked).reply(403, { message: 'Resource not accessible by integration' });
    await expect(gitHubJudgingRuns(client, REPOSITORY, 'trunk', ['touchstone-judge.yml']).of(100)).rejects.toThrow(
      'not accessible',
    );
  });
});
