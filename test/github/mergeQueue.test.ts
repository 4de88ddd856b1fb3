import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from './actor.ts';
import { GitHub, type GitHubEvent } from './gitHub.ts';
import type { Account } from './state/account.ts';
import type { PullRequest } from './state/pulls.ts';
import type { StandInRepository } from './state/repository.ts';

let github: GitHub;
let churn: StandInRepository;
let by: Actor & { readonly account: Account };
let groups: GitHubEvent['payload'][];

beforeEach(async () => {
  github = await GitHub.start();
  const ada = github.createUser('ada');
  by = { kind: 'user', account: ada, token: '' };
  churn = await github.createRepository('churn', { owner: ada });
  await churn.commit('main', { 'README.md': 'Churn\n' });
  groups = [];
  github.on('merge_group', ({ payload }) => void groups.push(payload));
});

afterEach(async () => {
  await github.close();
});

async function proposed(branch: string, files: Readonly<Record<string, string>>): Promise<PullRequest> {
  const sha = await churn.commit(branch, files);
  const base = { ref: 'main', sha: (await churn.resolve('main')) ?? '' };
  return churn.pulls.open({ title: branch, head: { repository: churn, ref: branch, sha }, base, by });
}

describe('a merge queue', () => {
  it('tries each pull request on top of those before it, on a branch of its own', async () => {
    const [first, second] = [await proposed('one', { 'one.py': '1' }), await proposed('two', { 'two.py': '2' })];
    const main = await churn.resolve('main');
    const one = await churn.mergeQueue.enqueue(first, by);
    const two = await churn.mergeQueue.enqueue(second, by);
    await github.settled();

    expect(one.headRef).toBe(`refs/heads/gh-readonly-queue/main/pr-1-${main}`);
    expect(two.baseSha).toBe(one.headSha);
    expect(await churn.resolve(two.headRef)).toBe(two.headSha);
    expect(await churn.run(['ls-tree', '--name-only', two.headSha])).toBe('README.md\none.py\ntwo.py');
    expect(groups).toMatchObject([
      {
        action: 'checks_requested',
        merge_group: { head_sha: one.headSha, base_sha: main, base_ref: 'refs/heads/main' },
      },
      { action: 'checks_requested', merge_group: { head_sha: two.headSha, base_sha: one.headSha } },
    ]);
  });

  it('merges what has passed, with all before it', async () => {
    const pulls = [await proposed('one', { 'one.py': '1' }), await proposed('two', { 'two.py': '2' })];
    for (const pull of pulls) await churn.mergeQueue.enqueue(pull, by);
    const last = churn.mergeQueue.entries.at(-1);
    if (!last) throw new Error('Nothing is queued');
    await churn.mergeQueue.merge(last, by);
    await github.settled();

    expect(await churn.resolve('main')).toBe(last.headSha);
    expect(pulls.map(({ state, merged }) => [state, merged !== undefined])).toEqual([
      ['closed', true],
      ['closed', true],
    ]);
    expect(await churn.resolve(last.headRef)).toBeUndefined();
    expect(groups.slice(2)).toMatchObject([
      { action: 'destroyed', reason: 'merged' },
      { action: 'destroyed', reason: 'merged' },
    ]);
  });

  it('advances by the required checks of its entries', async () => {
    churn.settings.protections.set('main', { strict: false, checks: [{ context: 'touchstone', app_id: null }] });
    const pulls = [
      await proposed('one', { 'one.py': '1' }),
      await proposed('two', { 'two.py': '2' }),
      await proposed('three', { 'three.py': '3' }),
    ];
    for (const pull of pulls) await churn.mergeQueue.enqueue(pull, by);
    const answer = (at: number, conclusion: 'success' | 'failure'): void => {
      const sha = churn.mergeQueue.entries[at]?.headSha ?? '';
      churn.checks.create(github.actionsApp, sha, 'touchstone', { status: 'completed', conclusion }, by);
    };
    await churn.mergeQueue.advance(by);
    expect(churn.mergeQueue.entries).toHaveLength(3);
    answer(1, 'failure');
    answer(0, 'success');
    await churn.mergeQueue.advance(by);
    expect(pulls.map(({ merged }) => merged !== undefined)).toEqual([true, false, false]);
    expect(churn.mergeQueue.entries.map(({ pull }) => pull.title)).toEqual(['three']);
    answer(0, 'success');
    await churn.mergeQueue.advance(by);
    expect(await churn.run(['ls-tree', '--name-only', 'main'])).toBe('README.md\none.py\nthree.py');
  });

  it('builds those behind anew where one leaves', async () => {
    const [first, second] = [await proposed('one', { 'one.py': '1' }), await proposed('two', { 'two.py': '2' })];
    const one = await churn.mergeQueue.enqueue(first, by);
    await churn.mergeQueue.enqueue(second, by);
    await churn.mergeQueue.remove(one, by);
    const [left, ...others] = churn.mergeQueue.entries;
    expect(others).toEqual([]);
    expect(left).toMatchObject({ pull: second, baseSha: await churn.resolve('main') });
    expect(await churn.run(['ls-tree', '--name-only', left?.headSha ?? ''])).toBe('README.md\ntwo.py');
  });
});
