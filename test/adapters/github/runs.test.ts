import nock from 'nock';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitHubArtifacts } from '../../../src/adapters/github/artifacts.ts';
import { openGitHub, type GitHubClient } from '../../../src/adapters/github/gitHubClient.ts';
import { gitHubPulls } from '../../../src/adapters/github/pulls.ts';
import { gitHubRuns } from '../../../src/adapters/github/runs.ts';
import { digestOfBytes } from '../../../src/identity/digest.ts';
import { parseCommitSha, parseRepositoryName } from '../../../src/identity/git.ts';
import { mistakeIn } from '../../fakes/mistakeOf.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';

const REPOSITORY = parseRepositoryName('acme/churn');
const HEAD = parseCommitSha('a'.repeat(40));
const API = 'https://api.github.test';
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

const run = (change: object = {}): object => ({
  id: 7,
  run_attempt: 2,
  path: '.github/workflows/touchstone-pr.yml',
  event: 'pull_request',
  head_sha: HEAD,
  head_branch: 'deeper',
  repository: { full_name: 'acme/churn' },
  head_repository: { full_name: 'mallory/churn' },
  status: 'completed',
  conclusion: 'success',
  html_url: 'https://github.test/acme/churn/actions/runs/7',
  created_at: '2026-05-03T09:30:00Z',
  ...change,
});

describe('a run', () => {
  it('is the last attempt, or the one that is asked for', async () => {
    nock(API).get('/repos/acme/churn/actions/runs/7').reply(200, run());
    nock(API)
      .get('/repos/acme/churn/actions/runs/7/attempts/1')
      .reply(200, run({ run_attempt: 1, conclusion: 'failure' }));
    const runs = gitHubRuns(client, REPOSITORY);
    expect(await runs.read(7)).toMatchObject({ id: 7, attempt: 2, head: HEAD, headRepository: 'mallory/churn' });
    expect(await runs.read(7, 1)).toMatchObject({ attempt: 1, conclusion: 'failure' });
  });

  it('of a fork that is gone has no repository to come from, and one that runs no conclusion', async () => {
    nock(API)
      .get('/repos/acme/churn/actions/runs/7')
      .reply(200, run({ head_repository: null, conclusion: null, status: 'in_progress' }));
    const found = await gitHubRuns(client, REPOSITORY).read(7);
    expect(Object.keys(found)).not.toContain('headRepository');
    expect(Object.keys(found)).not.toContain('conclusion');
  });

  it('that does not exist is a mistake, and an answer that is none is a failure', async () => {
    nock(API).get('/repos/acme/churn/actions/runs/8').reply(404, { message: 'Not Found' });
    nock(API).get('/repos/acme/churn/actions/runs/9').reply(200, { id: 'nine' });
    const runs = gitHubRuns(client, REPOSITORY);
    expect((await mistakeIn(runs.read(8))).code).toBe('run-unknown');
    await expect(runs.read(9)).rejects.toMatchObject({ code: 'github-failed' });
  });

  it('has jobs, page by page, with the steps that failed', async () => {
    const job = (name: string, conclusion: string): object => ({
      name,
      conclusion,
      html_url: 'https://github.test/job',
      steps: [
        { name: 'Set up job', conclusion: 'success' },
        { name: 'Run train', conclusion },
      ],
    });
    const jobs = '/repos/acme/churn/actions/runs/7/attempts/2/jobs';
    nock(API)
      .get(jobs)
      .query({ per_page: 100 })
      .reply(
        200,
        { total_count: 2, jobs: [job('validate', 'success')] },
        { link: `<${API}${jobs}?per_page=100&page=2>; rel="next"` },
      );
    nock(API)
      .get(jobs)
      .query({ per_page: 100, page: 2 })
      .reply(200, { total_count: 2, jobs: [job('train churn', 'failure')] });
    expect(await gitHubRuns(client, REPOSITORY).jobs(7, 2)).toMatchObject([
      { name: 'validate', failedSteps: [] },
      { name: 'train churn', conclusion: 'failure', failedSteps: ['Run train'] },
    ]);
  });
});

describe('the pull requests of a head', () => {
  it('are found by branch and commit, for forks too', async () => {
    const pull = (number: number, sha: string, repository: string | null): object => ({
      number,
      state: 'open',
      head: { sha, repo: repository === null ? null : { full_name: repository } },
    });
    nock(API)
      .get('/repos/acme/churn/pulls')
      .query({ state: 'open', head: 'mallory:deeper', per_page: 100 })
      .reply(200, [
        pull(1, HEAD, 'mallory/churn'),
        pull(2, 'b'.repeat(40), 'mallory/churn'),
        pull(3, HEAD, 'mallory/other'),
        pull(4, HEAD, null),
      ]);
    const headRepository = parseRepositoryName('mallory/churn');
    const found = await gitHubPulls(client, REPOSITORY).ofHead({ head: HEAD, headBranch: 'deeper', headRepository });
    expect(found.map(({ number }) => number)).toEqual([1]);
    expect(await gitHubPulls(client, REPOSITORY).ofHead({ head: HEAD, headBranch: 'deeper' })).toEqual([]);
  });
});

describe('an artifact', () => {
  const bytes = Buffer.from('an archive');
  const facts = {
    id: 5,
    name: 'candidate',
    bytes: bytes.length,
    expired: false,
    digest: `sha256:${digestOfBytes(bytes)}`,
  };
  const place = async (): Promise<string> => path.join(await temporaryFolder(), 'a.zip');

  it('is listed with the run that uploaded it', async () => {
    const listed = {
      id: 5,
      name: 'candidate',
      size_in_bytes: 10,
      expired: false,
      digest: facts.digest,
      workflow_run: { id: 7 },
    };
    nock(API)
      .get('/repos/acme/churn/actions/runs/7/artifacts')
      .query({ per_page: 100 })
      .reply(200, { total_count: 1, artifacts: [listed] });
    expect(await gitHubArtifacts(client, REPOSITORY).list(7)).toEqual([{ ...facts, run: 7 }]);
  });

  it('is fetched from where GitHub sends us, without the token', async () => {
    nock(API).get('/repos/acme/churn/actions/artifacts/5/zip').reply(302, '', { location: 'https://blobs.test/a.zip' });
    nock('https://blobs.test', { badheaders: ['authorization'] })
      .get('/a.zip')
      .reply(200, bytes);
    const file = await place();
    await gitHubArtifacts(client, REPOSITORY).download(facts, file, 100);
    expect(await readFile(file)).toEqual(bytes);
  });

  it('is refused where it is too large, gone, or other bytes than GitHub says', async () => {
    const artifacts = gitHubArtifacts(client, REPOSITORY);
    const refused = async (change: Partial<typeof facts>, most = 100): Promise<string> =>
      (await mistakeIn(artifacts.download({ ...facts, ...change }, await place(), most))).problems[0]?.found ?? '';
    expect(await refused({}, 5)).toBe('it has 10 bytes');
    expect(await refused({ expired: true })).toBe('GitHub keeps it no longer');
    nock(API).get('/repos/acme/churn/actions/artifacts/5/zip').reply(410, { message: 'Artifact has expired' });
    expect(await refused({})).toBe('GitHub keeps it no longer');
    nock(API).get('/repos/acme/churn/actions/artifacts/5/zip').reply(200, Buffer.from('other byte'));
    expect(await refused({})).toContain('its bytes have the digest');
  });

  it('is cut off where it turns out larger than may be', async () => {
    nock(API).get('/repos/acme/churn/actions/artifacts/5/zip').reply(200, Buffer.alloc(1000));
    const fetched = gitHubArtifacts(client, REPOSITORY).download(facts, await place(), 100);
    await expect(fetched).rejects.toMatchObject({ code: 'github-failed' });
  });
});
