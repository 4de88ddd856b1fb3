import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppTown } from '../campaigns/appTown.ts';
import { asPerson } from '../github/state/person.ts';
import type { PullRequest } from '../github/state/pulls.ts';
import { accepted, rejected } from '../pullRequest/heads.ts';
import { PR, type AppWorld } from './appWorld.ts';

const MINUTE = 60_000;
const PENDING = '<!-- touchstone:pending -->';

let town: AppTown;
let world: AppWorld;
beforeEach(async () => {
  town = await AppTown.open((living) => living);
  ({ world } = town);
  await town.start();
  await town.settled();
}, 60_000);
afterEach(() => town.close());

async function passes(ms: number): Promise<void> {
  town.time.pass(ms);
  await town.settled();
}

async function push(pull: PullRequest, number: number, parent = pull.headSha): Promise<string> {
  const files = { 'train.py': `train(${number})\n` };
  await town.repository.commit(pull.head.ref, files, { author: pull.author, parents: [parent] });
  return pull.headSha;
}

const start = (pull: PullRequest) => world.actions.start(pull, { path: PR, waits: false });

describe('a head that is pushed back to an earlier commit', () => {
  it.each([
    ['the same', accepted()],
    ['another', rejected()],
  ])('is what the one comment tells of, where the other one had %s verdict', async (_, section) => {
    const pull = await world.propose('topic');
    const first = pull.headSha;
    await world.judge(pull, accepted());
    await town.settled();
    await push(pull, 2);
    await world.judge(pull, section);
    await town.settled();
    await town.repository.push('topic', first, pull.author);
    await passes(MINUTE);
    expect(world.sticky(pull).map(({ body }) => body.includes(`"head":"${first}"`))).toEqual([true]);
  });

  it('has a comment that does not say any more that another one was pushed', async () => {
    const pull = await world.propose('topic');
    const first = pull.headSha;
    const { run } = await world.judge(pull, accepted());
    await town.settled();
    await push(pull, 2);
    await town.settled();
    expect(world.sticky(pull)[0]?.body).toContain(PENDING);
    town.time.pass(1000);
    world.actions.rerun(run, 'all', town.world.owner);
    await town.repository.push('topic', first, pull.author);
    await town.settled();
    expect(world.stands(pull)).toMatch(/^in_progress/);
    expect(world.sticky(pull)[0]?.body).not.toContain(PENDING);
  });
});

describe('a check that nobody waits for is ended', () => {
  const unfinished = (): readonly string[] =>
    town.repository.checks.suites
      .filter(({ app }) => app === world.app)
      .flatMap(({ sha, latest }) => (latest.some(({ status }) => status !== 'completed') ? [sha] : []));

  it('where several pushes come at once, one of them by force', async () => {
    const pull = await world.propose('topic');
    const main = (await town.repository.resolve('refs/heads/main')) ?? '';
    await town.settled();
    world.github.hooks.disturb({ how: 'drop', times: 2 });
    await push(pull, 2);
    await push(pull, 3, main);
    await passes(61 * MINUTE);
    expect(unfinished()).toEqual([pull.headSha]);
  });

  it('where GitHub did not tell that the pull request was closed', async () => {
    const pull = await world.propose('topic');
    await start(pull);
    await town.settled();
    world.github.hooks.disturb({ how: 'drop' });
    await town.repository.pulls.close(pull, asPerson(pull.author));
    expect(unfinished()).toEqual([pull.headSha]);
    await passes(61 * MINUTE);
    expect(unfinished()).toEqual([]);
  });
});

it('a check that was asked for once more is answered, though nothing comes of it', async () => {
  const pull = await world.propose('topic');
  await world.judge(pull, accepted());
  await town.settled();
  const check = world.check(pull.headSha);
  const [outsider] = town.people.slice(-1);
  if (check === undefined || outsider === undefined) throw new Error('no check');
  town.repository.checks.rerequest(check, asPerson(outsider));
  await town.settled();
  expect(check.suite.status).toBe('completed');
  expect(world.stands(pull)).toMatch(/^completed success: digits accepted/);
});

describe('a reply that was begun by an App that died', () => {
  /** Killed after it wrote what it was going to do. */
  async function begun(pull: PullRequest): Promise<ReturnType<AppTown['comment']>> {
    const [app] = town.living;
    const isOrder = { operation: 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun', answer: 'hang' } as const;
    world.github.faults.next({ ...isOrder, when: 'before' });
    const comment = town.comment(pull, '/retrain', world.owner);
    await expect.poll(() => world.github.faults.pending, { timeout: 20_000 }).toBe(0);
    if (app) town.kill(app);
    expect(world.reply(comment)).toContain('⏳');
    return comment;
  }

  it('is ended by the next one, and what it ordered is done once', async () => {
    const pull = await world.propose('topic');
    await world.judge(pull, accepted());
    await town.settled();
    const comment = await begun(pull);
    await town.start();
    await passes(2 * MINUTE);
    expect(world.reply(comment)).toContain('✅');
    expect(world.actions.effects.filter(({ by }) => by === world.app.bot)).toHaveLength(1);
  });

  it('is ended below a pull request that was closed since', async () => {
    const pull = await world.propose('topic');
    await world.judge(pull, accepted());
    await town.settled();
    const comment = await begun(pull);
    await town.repository.pulls.close(pull, asPerson(pull.author));
    await town.start();
    await town.settled();
    await passes(2 * MINUTE);
    expect(world.reply(comment)).toContain('order_not_met');
  });

  it('orders nothing any more where its comment was changed', async () => {
    const pull = await world.propose('topic');
    await world.judge(pull, accepted());
    await town.settled();
    const comment = await begun(pull);
    town.repository.issues.edit(comment, '/retrain digits', asPerson(world.owner));
    await town.start();
    await town.settled();
    await passes(2 * MINUTE);
    expect(world.reply(comment)).toMatch(/\n`\/retrain`\n[^]*order_not_met/);
    expect(world.actions.effects.filter(({ by }) => by === world.app.bot)).toHaveLength(0);
  });
});
