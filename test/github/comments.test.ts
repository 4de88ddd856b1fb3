import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openGitHub, type GitHubClient } from '../../src/adapters/github/gitHubClient.ts';
import { GitHub } from './gitHub.ts';
import type { Permissions } from './route.ts';
import type { StandInRepository } from './state/repository.ts';

let github: GitHub;
let repository: StandInRepository;
let head: string;
const place = { owner: 'octocat', repo: 'churn' };

beforeEach(async () => {
  github = await GitHub.start();
  const owner = github.createUser('octocat');
  repository = await github.createRepository('churn', { owner });
  const base = await repository.commit('main', { 'README.md': 'Churn' });
  head = await repository.commit('topic', { 'train.py': 'pass' });
  await repository.pulls.open({
    title: 'Train',
    head: { repository, ref: 'topic', sha: head },
    base: { ref: 'main', sha: base },
    by: { kind: 'user', account: owner, token: '' },
  });
});

afterEach(async () => {
  await github.close();
});

function workflow(permissions: Permissions): GitHubClient {
  return openGitHub({ baseUrl: github.apiUrl, token: github.token({ workflowOf: repository, permissions }) });
}

describe('comments of the stand-in', () => {
  it('are written, listed, edited and taken away', async () => {
    const { issues } = workflow({ pull_requests: 'write' }).rest;
    const { data: made } = await issues.createComment({ ...place, issue_number: 1, body: 'First' });
    expect(made.id).toBeGreaterThan(2 ** 31);
    expect(made.user?.login).toBe('github-actions[bot]');
    await issues.updateComment({ ...place, comment_id: made.id, body: 'Second' });
    const { data: listed } = await issues.listComments({ ...place, issue_number: 1 });
    expect(listed.map(({ body }) => body)).toEqual(['Second']);
    await issues.deleteComment({ ...place, comment_id: made.id });
    expect((await issues.listComments({ ...place, issue_number: 1 })).data).toEqual([]);
  });

  it('take 65,536 characters and no more', async () => {
    const { issues } = workflow({ pull_requests: 'write' }).rest;
    await issues.createComment({ ...place, issue_number: 1, body: 'x'.repeat(65_536) });
    const tooLong = issues.createComment({ ...place, issue_number: 1, body: 'x'.repeat(65_537) });
    await expect(tooLong).rejects.toMatchObject({ status: 422 });
  });

  it('need a permission, and below an issue that on issues', async () => {
    const denied = workflow({ pull_requests: 'read' }).rest.issues.createComment({
      ...place,
      issue_number: 1,
      body: 'No',
    });
    await expect(denied).rejects.toMatchObject({ status: 403, message: /not accessible by integration/ });
    const { data: issue } = await workflow({ issues: 'write' }).rest.issues.create({ ...place, title: 'Drift' });
    const below = { ...place, issue_number: issue.number, body: 'No' };
    await expect(workflow({ pull_requests: 'write' }).rest.issues.createComment(below)).rejects.toMatchObject({
      status: 403,
    });
  });

  it('belong to who wrote them: another person may not edit them', async () => {
    const { data: made } = await workflow({ pull_requests: 'write' }).rest.issues.createComment({
      ...place,
      issue_number: 1,
      body: 'First',
    });
    const stranger = openGitHub({
      baseUrl: github.apiUrl,
      token: github.token({ user: github.createUser('mallory') }),
    });
    const edit = stranger.rest.issues.updateComment({ ...place, comment_id: made.id, body: 'Mine' });
    await expect(edit).rejects.toMatchObject({ status: 403 });
  });
});

describe('issues of the stand-in', () => {
  it('are opened with labels, found by them, closed and opened again', async () => {
    const { issues } = workflow({ issues: 'write' }).rest;
    const made = await issues.create({ ...place, title: 'Drift', labels: ['drift'], assignees: ['octocat'] });
    expect(made.data).toMatchObject({ number: 2, state: 'open', labels: [{ name: 'drift' }] });
    await issues.update({ ...place, issue_number: 2, state: 'closed' });
    expect((await issues.listForRepo({ ...place, labels: 'drift' })).data).toEqual([]);
    const { data } = await issues.update({ ...place, issue_number: 2, state: 'open' });
    expect(data).toMatchObject({ state: 'open', state_reason: 'reopened', assignees: [{ login: 'octocat' }] });
  });
});

describe('checks of the stand-in', () => {
  const check = { ...place, name: 'touchstone', conclusion: 'success' as const };
  const output = { title: 'Fine', summary: 'All of it' };

  it('are made by Apps alone', async () => {
    const token = github.token({ user: repository.owner });
    const person = openGitHub({ baseUrl: github.apiUrl, token });
    const asked = person.rest.checks.create({ ...check, head_sha: head });
    await expect(asked).rejects.toMatchObject({ status: 403, message: /authenticate via a GitHub App/ });
    const { data } = await workflow({ checks: 'write' }).rest.checks.create({ ...check, head_sha: head, output });
    expect(data).toMatchObject({
      status: 'completed',
      app: { slug: 'github-actions' },
      pull_requests: [{ number: 1 }],
    });
  });

  it('hold to the limits that GitHub publishes', async () => {
    const { checks } = workflow({ checks: 'write' }).rest;
    const long = { ...check, head_sha: head, output: { ...output, summary: 'x'.repeat(65_536) } };
    await expect(checks.create(long)).rejects.toMatchObject({ status: 422 });
    expect(github.violations.splice(0)).toHaveLength(1);
  });

  it('add annotations and never take one away, and list the newest of a name', async () => {
    const { checks } = workflow({ checks: 'write' }).rest;
    const annotation = {
      path: 'touchstone.yml',
      start_line: 3,
      end_line: 3,
      annotation_level: 'failure' as const,
      message: 'Missed',
    };
    const { data: made } = await checks.create({
      ...check,
      head_sha: head,
      output: { ...output, annotations: [annotation] },
    });
    await checks.update({ ...place, check_run_id: made.id, output: { ...output, annotations: [annotation] } });
    const listed = await checks.listAnnotations({ ...place, check_run_id: made.id });
    expect(listed.data).toHaveLength(2);
    const { data: second } = await checks.create({ ...check, head_sha: head });
    const { data: latest } = await checks.listForRef({ ...place, ref: head, check_name: 'touchstone' });
    expect(latest.check_runs.map(({ id }) => id)).toEqual([second.id]);
    const { data: all } = await checks.listForRef({ ...place, ref: head, filter: 'all' });
    expect(all.total_count).toBe(2);
  });
});

describe('the GraphQL API of the stand-in', () => {
  it('refuses a query that is not of the published schema', async () => {
    const asked = workflow({}).graphql('{ repository(owner: "octocat", name: "churn") { nothing } }');
    await expect(asked).rejects.toThrow(/Cannot query field "nothing"/);
  });

  it('folds a comment away for who may write', async () => {
    const { data } = await workflow({ pull_requests: 'write' }).rest.issues.createComment({
      ...place,
      issue_number: 1,
      body: 'Old',
    });
    const mutation = `mutation { minimizeComment(input: { subjectId: "${data.node_id}", classifier: OUTDATED }) { minimizedComment { isMinimized minimizedReason } } }`;
    await expect(workflow({ pull_requests: 'read' }).graphql(mutation)).rejects.toMatchObject({
      errors: [{ type: 'FORBIDDEN' }],
    });
    expect(await workflow({ pull_requests: 'write' }).graphql(mutation)).toEqual({
      minimizeComment: { minimizedComment: { isMinimized: true, minimizedReason: 'outdated' } },
    });
  });
});
