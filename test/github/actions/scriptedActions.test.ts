import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { type GitHubClient, openGitHub } from '../../../src/adapters/github/gitHubClient.ts';
import { GitHub } from '../gitHub.ts';
import { asPerson } from '../state/person.ts';
import { type Receiver, receive } from '../webhooks/receiver.ts';
import { ScriptedActions } from './scriptedActions.ts';

import type { Account } from '../state/account.ts';
import type { PullRequest } from '../state/pulls.ts';
import type { StandInRepository } from '../state/repository.ts';

const { publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const at = { owner: 'ada', repo: 'churn' };
const path = '.github/workflows/touchstone-pr.yml';
const judge = { workflow_id: 'touchstone-judge.yml', ref: 'main' };

let github: GitHub;
let actions: ScriptedActions;
let ada: Account;
let churn: StandInRepository;
let receiver: Receiver;
let client: GitHubClient;
let now: Date;

beforeEach(async () => {
  now = new Date('2026-03-01T12:00:00Z');
  github = await GitHub.start({ now: () => now });
  ada = github.createUser('ada');
  churn = await github.createRepository('churn', { owner: ada });
  await churn.commit('main', { 'touchstone.yml': 'version: 1\n' });
  actions = new ScriptedActions(github, {
    [path]: { name: 'Touchstone' },
    '.github/workflows/touchstone-judge.yml': {
      name: 'Judge',
      runName: 'Judge ${{ inputs.candidate }}',
      inputs: ['candidate'],
    },
  });
  receiver = await receive();
  const permissions = { actions: 'write', checks: 'write', contents: 'read' } as const;
  const app = github.createApp('touchstone', { owner: ada, publicKey, permissions });
  const installation = github.install(app, ada);
  const events = ['workflow_run', 'workflow_job'];
  github.hooks.add({ owner: { kind: 'app', app }, url: receiver.url, secret: undefined, events });
  client = openGitHub({ baseUrl: github.apiUrl, token: github.token({ installation }), msPerSecond: 1 });
});

afterEach(async () => {
  await actions.settled();
  await github.close();
  await receiver.close();
});

async function propose(from: StandInRepository = churn): Promise<PullRequest> {
  const sha = await from.commit('topic', { 'train.py': '1' });
  const base = { ref: 'main', sha: (await churn.resolve('main')) ?? '' };
  const head = { repository: from, ref: 'topic', sha };
  return churn.pulls.open({ title: 'Train', head, base, by: asPerson(from.owner) });
}

describe('a scripted run', () => {
  it('goes as the test says, and its App hears of it', async () => {
    const pull = await propose();
    const run = await actions.start(pull, { path });
    const { data: queued } = await client.rest.actions.getWorkflowRun({ ...at, run_id: run.id });
    expect(queued).toMatchObject({
      status: 'queued',
      head_sha: pull.headSha,
      display_title: 'Train',
      event: 'pull_request',
    });
    await actions.job(run, 'Train', { status: 'in_progress', steps: [{ name: 'Fit' }] });
    await actions.job(run, 'Train', { conclusion: 'failure', steps: [{ name: 'Fit', conclusion: 'failure' }] });
    await actions.finish(run, 'failure');
    await actions.settled();
    expect(receiver.names.toSorted()).toEqual([
      'workflow_job.completed',
      'workflow_job.in_progress',
      'workflow_job.queued',
      'workflow_run.completed',
      'workflow_run.in_progress',
      'workflow_run.requested',
    ]);
    const { data } = await client.rest.actions.listJobsForWorkflowRun({ ...at, run_id: run.id });
    expect(data.jobs).toMatchObject([
      { name: 'Train', conclusion: 'failure', steps: [{ name: 'Fit', conclusion: 'failure' }] },
    ]);
    const { data: checks } = await client.rest.checks.listForRef({ ...at, ref: pull.headSha });
    expect(checks.check_runs).toMatchObject([
      { name: 'Train', conclusion: 'failure', app: { slug: 'github-actions' } },
    ]);
  });

  it('of a stranger’s fork waits, and goes on when the App approves it', async () => {
    const fork = await github.createRepository('churn', { owner: github.createUser('eve'), forkOf: churn });
    const run = await actions.start(await propose(fork), { path });
    expect(run.conclusion).toBe('action_required');
    const again = client.rest.actions.reRunWorkflow({ ...at, run_id: run.id });
    await expect(again).rejects.toMatchObject({ status: 403 });
    await client.rest.actions.approveWorkflowRun({ ...at, run_id: run.id });
    expect(run.status).toBe('queued');
    expect(actions.effects).toMatchObject([{ kind: 'approve', run: { id: run.id }, by: { login: 'touchstone[bot]' } }]);
    expect((await actions.start(await propose(), { path, waits: true })).conclusion).toBe('action_required');
  });

  it('leaves real zips', async () => {
    const run = await actions.start(
      { repository: churn, sha: (await churn.resolve('main')) ?? '', branch: 'main' },
      { path },
    );
    await actions.leave(run, 'candidate', { 'candidate.json': 'before' });
    await actions.leave(run, 'candidate', { 'candidate.json': '{}', 'model.bin': new Uint8Array([1]) });
    const { data } = await client.rest.actions.listWorkflowRunArtifacts({ ...at, run_id: run.id });
    expect(data.artifacts.map(({ name }) => name)).toEqual(['candidate']);
    const zip = await client.rest.actions.downloadArtifact({
      ...at,
      artifact_id: data.artifacts[0]?.id ?? 0,
      archive_format: 'zip',
    });
    const text = Buffer.from(zip.data as ArrayBuffer).toString('latin1');
    expect(text.startsWith('PK')).toBe(true);
    expect(text).toContain('model.bin');
  });
});

describe('what Actions is asked for', () => {
  it('is another attempt, of all jobs or of those that failed', async () => {
    const run = await actions.start(await propose(), { path });
    await actions.job(run, 'Train', { conclusion: 'success' });
    await actions.job(run, 'Evaluate', { conclusion: 'failure', needs: ['Train'] });
    await actions.finish(run, 'failure');
    await client.rest.actions.reRunWorkflowFailedJobs({ ...at, run_id: run.id });
    expect(run).toMatchObject({
      status: 'queued',
      attempt: { number: 2, triggeringActor: { login: 'touchstone[bot]' } },
    });
    expect(run.jobs.map(({ name }) => name)).toEqual(['Train']);
    await actions.job(run, 'Evaluate', { conclusion: 'success' });
    await actions.finish(run);
    await client.rest.actions.reRunWorkflow({ ...at, run_id: run.id });
    expect([run.attempt.number, run.jobs]).toEqual([3, []]);
  });

  it('is one job, with those that need it', async () => {
    const run = await actions.start(await propose(), { path });
    await actions.job(run, 'Lint', { conclusion: 'success' });
    const train = await actions.job(run, 'Train', { conclusion: 'success' });
    await actions.job(run, 'Evaluate', { conclusion: 'success', needs: ['Train'] });
    await actions.finish(run);
    await client.rest.actions.reRunJobForWorkflowRun({ ...at, job_id: train.id });
    expect(run.jobs.map(({ name }) => name)).toEqual(['Lint']);
    expect(actions.effects).toMatchObject([{ kind: 'rerunJob', job: { id: train.id } }]);
  });

  it('is refused of a run that is older than a month', async () => {
    const run = await actions.start(await propose(), { path });
    await actions.finish(run);
    now = new Date('2026-04-01T12:00:01Z');
    const again = client.rest.actions.reRunWorkflow({ ...at, run_id: run.id });
    await expect(again).rejects.toMatchObject({ status: 403, message: /created over a month ago/ });
    const listed = async (created: string): Promise<number> =>
      (await client.rest.actions.listWorkflowRunsForRepo({ ...at, created })).data.total_count;
    expect([await listed('>=2026-03-01T12:00:00Z'), await listed('>=2026-03-01T12:00:01Z')]).toEqual([1, 0]);
  });

  it('is a new run with its inputs and its name, which a script carries on', async () => {
    actions.on(async (effect) => {
      if (effect.kind === 'dispatch') await actions.finish(effect.run, 'success');
    });
    await client.rest.actions.createWorkflowDispatch({ ...at, ...judge, inputs: { candidate: 'churn@7' } });
    await actions.settled();
    const { data } = await client.rest.actions.listWorkflowRuns({ ...at, workflow_id: 'touchstone-judge.yml' });
    expect(data.workflow_runs).toMatchObject([{ display_title: 'Judge churn@7', conclusion: 'success' }]);
    expect(actions.effects).toMatchObject([{ kind: 'dispatch', inputs: { candidate: 'churn@7' } }]);

    const wrong = client.rest.actions.createWorkflowDispatch({ ...at, ...judge, inputs: { model: 'churn' } });
    await expect(wrong).rejects.toMatchObject({ status: 422, message: /Unexpected inputs/ });
    const unknown = client.rest.actions.createWorkflowDispatch({ ...at, ...judge, workflow_id: 'other.yml' });
    await expect(unknown).rejects.toMatchObject({ status: 404 });
  });

  it('is an end', async () => {
    const run = await actions.start(await propose(), { path });
    const job = await actions.job(run, 'Train');
    await client.rest.actions.cancelWorkflowRun({ ...at, run_id: run.id });
    expect([run.conclusion, job.conclusion]).toEqual(['cancelled', 'cancelled']);
    expect(actions.effects).toMatchObject([{ kind: 'cancel' }]);
  });
});
