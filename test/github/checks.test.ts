import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GitHubClient, openGitHub } from '../../src/adapters/github/gitHubClient.ts';
import { GitHub } from './gitHub.ts';
import type { Account } from './state/account.ts';
import type { App } from './state/app.ts';
import type { CheckRun } from './state/checks.ts';
import { asPerson } from './state/person.ts';
import type { StandInRepository } from './state/repository.ts';
import { type Receiver, receive } from './webhooks/receiver.ts';

const { publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const at = { owner: 'ada', repo: 'churn' };
const rerun = { label: 'Judge again', description: 'Measures the candidate once more', identifier: 'again' };

let github: GitHub;
let ada: Account;
let churn: StandInRepository;
let head: string;
let [own, other]: Receiver[] = [];
let client: GitHubClient;

beforeEach(async () => {
  github = await GitHub.start();
  ada = github.createUser('ada');
  churn = await github.createRepository('churn', { owner: ada });
  head = await churn.commit('main', { 'README.md': 'Churn\n' });
  own = await receive();
  other = await receive();
  client = installed('touchstone', own).client;
  installed('other', other);
});

afterEach(async () => {
  await github.close();
  await own?.close();
  await other?.close();
});

function installed(slug: string, receiver: Receiver): { readonly app: App; readonly client: GitHubClient } {
  const app = github.createApp(slug, { owner: ada, publicKey, permissions: { checks: 'write' } });
  const installation = github.install(app, ada);
  const events = ['check_run', 'check_suite'];
  github.hooks.add({ owner: { kind: 'app', app }, url: receiver.url, secret: undefined, events });
  return { app, client: openGitHub({ baseUrl: github.apiUrl, token: github.token({ installation }), msPerSecond: 1 }) };
}

async function checked(): Promise<CheckRun> {
  const { data } = await client.rest.checks.create({
    ...at,
    name: 'touchstone',
    head_sha: head,
    conclusion: 'failure',
    actions: [rerun],
  });
  const run = churn.checks.find(data.id);
  if (!run) throw new Error('The check has gone');
  return run;
}

describe('a check', () => {
  it('is reset by a status, and keeps its buttons until they are taken away', async () => {
    const { id: check_run_id } = await checked();
    const { data } = await client.rest.checks.update({ ...at, check_run_id, status: 'in_progress' });
    expect(data).toMatchObject({ status: 'in_progress', conclusion: null, completed_at: null });
    expect(churn.checks.find(check_run_id)?.actions).toEqual([rerun]);
    await client.rest.checks.update({ ...at, check_run_id, conclusion: 'success', actions: [] });
    expect(churn.checks.find(check_run_id)).toMatchObject({ conclusion: 'success', actions: [] });
    await github.settled();
    expect(own?.names).toEqual(['check_run.created', 'check_run.completed', 'check_run.completed']);
    expect(other?.names).toEqual(own?.names);
  });

  it('takes three buttons with short words', async () => {
    const made = (actions: (typeof rerun)[]): Promise<unknown> =>
      client.rest.checks.create({ ...at, name: 'touchstone', head_sha: head, actions });
    await expect(made([rerun, rerun, rerun, rerun])).rejects.toMatchObject({ status: 422 });
    await expect(made([{ ...rerun, label: 'x'.repeat(21) }])).rejects.toMatchObject({ status: 422 });
    expect(github.violations.splice(0)).toHaveLength(2);
  });

  it('has buttons whose press its App alone hears of', async () => {
    const run = await checked();
    const eve = github.createUser('eve');
    churn.checks.press(run, 'again', eve);
    await github.settled();
    expect(own?.received.at(-1)?.payload).toMatchObject({
      action: 'requested_action',
      requested_action: { identifier: 'again' },
      check_run: { id: run.id },
      sender: { login: 'eve' },
    });
    expect(other?.names).not.toContain('check_run.requested_action');
    expect(() => {
      churn.checks.press(run, 'merge', eve);
    }).toThrow(/no button merge; it has: again/);
  });

  it('is asked for again, alone or with its suite, and stays as it is', async () => {
    const run = await checked();
    churn.checks.rerequest(run, asPerson(ada));
    const { data: suite } = await client.rest.checks.getSuite({ ...at, check_suite_id: run.suite.id });
    expect(suite).toMatchObject({ status: 'queued', conclusion: null, head_sha: head });
    expect(run.conclusion).toBe('failure');
    await churn.checks.rerequestSuite(run.suite, asPerson(ada));
    await client.rest.checks.rerequestRun({ ...at, check_run_id: run.id });
    await github.settled();
    expect(own?.received.slice(2).map(({ event, payload }) => [event, payload['action'], payload['sender']])).toEqual([
      ['check_run', 'rerequested', expect.objectContaining({ login: 'ada' })],
      ['check_suite', 'rerequested', expect.objectContaining({ login: 'ada' })],
      ['check_run', 'rerequested', expect.objectContaining({ login: 'touchstone[bot]' })],
    ]);
    expect(other?.names.filter((name) => name.endsWith('rerequested'))).toEqual([]);
  });

  it('is told to no App that may not read checks', async () => {
    const [installation] = github.apps.find(({ slug }) => slug === 'other')?.installations ?? [];
    if (installation) installation.permissions = { metadata: 'read' };
    await checked();
    await github.settled();
    expect(other?.names).toEqual([]);
  });

  it('of another App can be neither changed nor asked for', async () => {
    const run = churn.checks.create(github.actionsApp, head, 'build', {}, asPerson(ada));
    const asked = client.rest.checks.rerequestRun({ ...at, check_run_id: run.id });
    await expect(asked).rejects.toMatchObject({ status: 403 });
  });
});
