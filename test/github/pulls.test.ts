import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GitHubClient, openGitHub } from '../../src/adapters/github/gitHubClient.ts';
import { GitHub, type GitHubEvent } from './gitHub.ts';
import type { Account } from './state/account.ts';
import type { StandInRepository } from './state/repository.ts';

let github: GitHub;
let ada: Account;
let churn: StandInRepository;
let client: GitHubClient;
let events: GitHubEvent[];
const at = { owner: 'ada', repo: 'churn' };

beforeEach(async () => {
  github = await GitHub.start();
  ada = github.createUser('ada');
  churn = await github.createRepository('churn', { owner: ada });
  await churn.commit('main', { 'train.py': 'print(1)\n', 'README.md': 'Churn\n' });
  client = openGitHub({ baseUrl: github.apiUrl, token: github.token({ user: ada }), msPerSecond: 1 });
  events = [];
  github.on('*', (event) => void events.push(event));
});

afterEach(async () => {
  await github.close();
});

const told = async (): Promise<string[]> => {
  await github.settled();
  return events.map(({ name, payload: { action } }) => (typeof action === 'string' ? `${name}.${action}` : name));
};

describe('a pull request', () => {
  it('is opened, follows its branch, is merged; and all of it is told', async () => {
    await churn.commit('deeper', { 'train.py': 'print(2)\n' });
    const { data: opened } = await client.rest.pulls.create({ ...at, title: 'Deeper', head: 'deeper', base: 'main' });
    expect(opened).toMatchObject({
      number: 1,
      mergeable: true,
      commits: 1,
      changed_files: 1,
      additions: 1,
      deletions: 1,
    });

    const sha = await churn.commit('deeper', { 'train.py': 'print(3)\n' });
    expect((await client.rest.pulls.get({ ...at, pull_number: 1 })).data.head.sha).toBe(sha);

    const { data: merged } = await client.rest.pulls.merge({ ...at, pull_number: 1, sha });
    expect(await churn.resolve('main')).toBe(merged.sha);
    expect((await client.rest.pulls.get({ ...at, pull_number: 1 })).data).toMatchObject({
      state: 'closed',
      merged: true,
    });
    const { data: pulls } = await client.rest.repos.listPullRequestsAssociatedWithCommit({
      ...at,
      commit_sha: merged.sha,
    });
    expect(pulls.map(({ number }) => number)).toEqual([1]);
    expect(await told()).toEqual([
      'push',
      'pull_request.opened',
      'push',
      'pull_request.synchronize',
      'push',
      'pull_request.closed',
    ]);
  });

  it('is merged by squash as one commit on the base', async () => {
    await churn.commit('deeper', { 'train.py': 'print(2)\n' });
    await churn.commit('deeper', { 'train.py': 'print(3)\n' });
    await client.rest.pulls.create({ ...at, title: 'Deeper', head: 'deeper', base: 'main' });
    const { data } = await client.rest.pulls.merge({ ...at, pull_number: 1, merge_method: 'squash' });
    const { data: commit } = await client.rest.repos.getCommit({ ...at, ref: data.sha });
    expect(commit.parents).toHaveLength(1);
    expect(commit.commit.message).toMatch(/^Deeper \(#1\)/);
    expect(commit.files?.map(({ filename }) => filename)).toEqual(['train.py']);
  });

  it('may come from a fork, whose objects the base has too', async () => {
    const bob = github.createUser('bob');
    const fork = await github.createRepository('churn', { owner: bob, forkOf: churn });
    const sha = await fork.commit('faster', { 'train.py': 'print(9)\n' }, { author: bob });
    const ofBob = openGitHub({ baseUrl: github.apiUrl, token: github.token({ user: bob }) });
    const { data } = await ofBob.rest.pulls.create({ ...at, title: 'Faster', head: 'bob:faster', base: 'main' });
    expect(data).toMatchObject({
      head: { sha, repo: { full_name: 'bob/churn', fork: true } },
      author_association: 'NONE',
    });
    const found = await client.rest.pulls.list({ ...at, head: 'bob:faster' });
    expect(found.data).toHaveLength(1);
    const { data: compared } = await client.rest.repos.compareCommitsWithBasehead({
      ...at,
      basehead: 'main...bob:faster',
    });
    expect(compared.files?.map(({ filename }) => filename)).toEqual(['train.py']);
    expect(await churn.run(['rev-parse', 'refs/pull/1/head'])).toBe(sha);
  });

  it('is retargeted, and its head stays', async () => {
    const lax = await churn.commit('lax', { 'touchstone.yml': 'version: 1\n' });
    const sha = await churn.commit('deeper', { 'train.py': 'print(2)\n' });
    await client.rest.pulls.create({ ...at, title: 'Deeper', head: 'deeper', base: 'main' });
    const { data } = await client.rest.pulls.update({ ...at, pull_number: 1, base: 'lax' });
    expect(data).toMatchObject({ base: { ref: 'lax', sha: lax }, head: { sha } });
    await github.settled();
    expect(events.at(-1)?.payload).toMatchObject({ action: 'edited', changes: { base: { ref: { from: 'main' } } } });
  });

  it('is merged at the head that was meant, and not as a draft', async () => {
    const sha = await churn.commit('deeper', { 'train.py': 'print(2)\n' });
    await client.rest.pulls.create({ ...at, title: 'Deeper', head: 'deeper', base: 'main', draft: true });
    const merge = (): Promise<unknown> => client.rest.pulls.merge({ ...at, pull_number: 1, sha });
    await expect(merge()).rejects.toMatchObject({ status: 405 });
    const [pull] = churn.pulls.all;
    if (pull) await churn.pulls.setDraft(pull, false, { kind: 'anonymous' });
    await churn.commit('deeper', { 'train.py': 'print(3)\n' });
    await expect(merge()).rejects.toMatchObject({ status: 409 });
    expect(pull?.merged).toBeUndefined();
  });

  it('is closed with its branch, opened again, and merged by whoever pushes its head to the base', async () => {
    const sha = await churn.commit('deeper', { 'train.py': 'print(2)\n' });
    await client.rest.pulls.create({ ...at, title: 'Deeper', head: 'deeper', base: 'main' });
    const by = { kind: 'user', account: ada, token: '' } as const;
    const state = async (): Promise<unknown[]> => {
      const { data } = await client.rest.pulls.get({ ...at, pull_number: 1 });
      return [data.state, data.merged, data.head.sha === sha];
    };
    await churn.moveRef('refs/heads/deeper', undefined, { by });
    expect(await state()).toEqual(['closed', false, true]);
    await churn.moveRef('refs/heads/deeper', sha, { by });
    await client.rest.pulls.update({ ...at, pull_number: 1, state: 'open' });
    expect(await state()).toEqual(['open', false, true]);
    await churn.moveRef('refs/heads/main', sha, { by });
    expect(await state()).toEqual(['closed', true, true]);
    await expect(client.rest.pulls.update({ ...at, pull_number: 1, state: 'open' })).rejects.toMatchObject({
      status: 422,
    });
  });

  it('is edited by its author and by who looks after the repository, not by others', async () => {
    await churn.commit('deeper', { 'train.py': 'print(2)\n' });
    await client.rest.pulls.create({ ...at, title: 'Deeper', head: 'deeper', base: 'main' });
    const ofBob = openGitHub({ baseUrl: github.apiUrl, token: github.token({ user: github.createUser('bob') }) });
    await expect(ofBob.rest.pulls.update({ ...at, pull_number: 1, state: 'closed' })).rejects.toMatchObject({
      status: 403,
    });
    await client.rest.pulls.update({ ...at, pull_number: 1, title: 'Wider' });
    await github.settled();
    expect(events.at(-1)?.payload).toMatchObject({ action: 'edited', changes: { title: { from: 'Deeper' } } });
  });

  it('that conflicts cannot be merged', async () => {
    await churn.commit('deeper', { 'train.py': 'print(2)\n' });
    await client.rest.pulls.create({ ...at, title: 'Deeper', head: 'deeper', base: 'main' });
    await churn.commit('main', { 'train.py': 'print(7)\n' });
    expect((await client.rest.pulls.get({ ...at, pull_number: 1 })).data).toMatchObject({
      mergeable: false,
      mergeable_state: 'dirty',
    });
    await expect(client.rest.pulls.merge({ ...at, pull_number: 1 })).rejects.toMatchObject({ status: 405 });
  });

  it('waits for what its base requires, from the App that it requires it of', async () => {
    const context = 'touchstone';
    churn.settings.protections.set('main', { strict: false, checks: [{ context, app_id: github.actionsApp.id }] });
    const sha = await churn.commit('deeper', { 'train.py': 'print(2)\n' });
    await client.rest.pulls.create({ ...at, title: 'Deeper', head: 'deeper', base: 'main' });
    const merge = (): Promise<unknown> => client.rest.pulls.merge({ ...at, pull_number: 1 });
    const lack = async (): Promise<string> =>
      merge().then(
        () => '',
        ({ message }: Error) => message,
      );
    expect((await client.rest.pulls.get({ ...at, pull_number: 1 })).data.mergeable_state).toBe('blocked');
    expect(await lack()).toContain('"touchstone" is expected');

    const other = github.createApp('other', { owner: ada, publicKey: '', permissions: {} });
    const by = { kind: 'app', app: other, account: other.bot } as const;
    churn.checks.create(other, sha, context, { status: 'completed', conclusion: 'success' }, by);
    expect(await lack()).toContain('"touchstone" is expected');
    const run = churn.checks.create(
      github.actionsApp,
      sha,
      context,
      { status: 'completed', conclusion: 'failure' },
      by,
    );
    expect(await lack()).toContain('"touchstone" is failing');
    run.change({ conclusion: 'success' }, github.time());
    await merge();
    expect((await client.rest.pulls.get({ ...at, pull_number: 1 })).data.merged).toBe(true);
  });

  it('is refused where there is nothing to merge, or one is open already', async () => {
    await churn.run(['update-ref', 'refs/heads/same', 'refs/heads/main']);
    const open = (head: string): Promise<unknown> =>
      client.rest.pulls.create({ ...at, title: 'Twice', head, base: 'main' });
    await expect(open('same')).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('No commits between main and same') as string,
    });
    await expect(open('nowhere')).rejects.toMatchObject({ status: 422 });
    await churn.commit('deeper', { 'train.py': 'print(2)\n' });
    await open('deeper');
    await expect(open('deeper')).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('already exists') as string,
    });
  });

  it('is reviewed at a commit, but not approved by its author', async () => {
    await churn.commit('deeper', { 'train.py': 'print(2)\n' });
    const { data: pull } = await client.rest.pulls.create({ ...at, title: 'Deeper', head: 'deeper', base: 'main' });
    const bob = github.createUser('bob');
    churn.allow(bob, 'write');
    const ofBob = openGitHub({ baseUrl: github.apiUrl, token: github.token({ user: bob }) });
    const { data } = await ofBob.rest.pulls.createReview({ ...at, pull_number: 1, event: 'APPROVE', body: 'Good' });
    expect(data).toMatchObject({ state: 'APPROVED', commit_id: pull.head.sha, author_association: 'COLLABORATOR' });
    await expect(client.rest.pulls.createReview({ ...at, pull_number: 1, event: 'APPROVE' })).rejects.toMatchObject({
      status: 422,
    });
    expect((await client.rest.pulls.listReviews({ ...at, pull_number: 1 })).data).toHaveLength(1);
    expect(await told()).toContain('pull_request_review.submitted');
  });
});

describe('a comparison', () => {
  it('is of the merge base with the head, and says what was renamed', async () => {
    const base = await churn.resolve('main');
    const text = Array.from({ length: 20 }, (_, line) => `line ${line}`).join('\n');
    await churn.commit('main', { 'old.py': text });
    await churn.commit('deeper', { 'old.py': null, 'new.py': text, 'README.md': null, 'a b.txt': 'x' });
    await churn.commit('main', { 'only-on-main.txt': 'x' });
    const { data } = await client.rest.repos.compareCommitsWithBasehead({ ...at, basehead: 'main...deeper' });
    expect(data).toMatchObject({ status: 'diverged', ahead_by: 1, behind_by: 1 });
    expect(data.merge_base_commit.sha).not.toBe(base);
    expect(data.files?.map(({ status, filename, previous_filename }) => [status, filename, previous_filename])).toEqual(
      [
        ['removed', 'README.md', undefined],
        ['added', 'a b.txt', undefined],
        ['renamed', 'new.py', 'old.py'],
      ],
    );
  });

  it('has the patch of each file, whatever becomes of the files before it', async () => {
    await churn.commit('main', { 'a.txt': 'text\n' });
    await churn.commit('linked', {
      'a.txt': { mode: '120000', content: 'train.py' },
      'b "quoted"\n.txt': 'b\n',
      'train.py': 'print(5)\n',
    });
    const { data } = await client.rest.repos.compareCommitsWithBasehead({ ...at, basehead: 'main...linked' });
    expect(data.files?.map(({ filename, status, patch }) => [filename, status, patch?.split('\n').at(-1)])).toEqual([
      ['a.txt', 'changed', '-text'],
      ['b "quoted"\n.txt', 'added', '+b'],
      ['train.py', 'modified', '+print(5)'],
    ]);
  });

  it('lists 300 files at most, on its first page', async () => {
    await churn.commit(
      'many',
      Object.fromEntries(Array.from({ length: 310 }, (_, index) => [`data/${index}.csv`, `${index}`])),
    );
    const basehead = 'main...many';
    const { data } = await client.rest.repos.compareCommitsWithBasehead({ ...at, basehead });
    expect(data.files).toHaveLength(300);
    const { data: second } = await client.rest.repos.compareCommitsWithBasehead({ ...at, basehead, page: 2 });
    expect(second.files).toBeUndefined();
  });

  it('is not there for histories that have nothing in common', async () => {
    await churn.commit('orphan', { x: 'x' }, { parent: null });
    await expect(
      client.rest.repos.compareCommitsWithBasehead({ ...at, basehead: 'main...orphan' }),
    ).rejects.toMatchObject({ status: 404 });
  });
});
