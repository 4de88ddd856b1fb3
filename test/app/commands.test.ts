import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { secondaryLimit } from '../github/faults.ts';
import type { PullRequest } from '../github/state/pulls.ts';
import type { WorkflowRun } from '../github/state/actions.ts';
import { accepted, notJudged, rejected } from '../pullRequest/heads.ts';
import { AppWorld, PR, modelsOf } from './appWorld.ts';

let world: AppWorld;
let pull: PullRequest;
let run: WorkflowRun;
beforeEach(async () => {
  world = await AppWorld.open();
  await world.start();
  pull = await world.propose('topic');
  ({ run } = await world.judge(pull, rejected()));
  await world.settled();
});
afterEach(() => world.close());

const orders = (): readonly string[] => world.actions.effects.map(({ kind }) => kind);

describe('/retrain', () => {
  it('trains again: it is seen, done once and told', async () => {
    const comment = await world.comment(pull, '/retrain');
    await world.settled();
    expect(world.isSeen(comment)).toBe(true);
    expect(orders()).toEqual(['rerun']);
    expect(run.attempt.number).toBe(2);
    expect(world.reply(comment)).toContain('Training again: [attempt 2]');
    expect(world.stands(pull)).toMatch(/^in_progress/);

    await world.trainAgain(run);
    await world.settled();
    // What the earlier attempt came to counts no more.
    expect(world.stands(pull)).toBe('in_progress -: Judging');
    await world.judged(run, modelsOf([accepted()]));
    await world.settled();
    expect(world.stands(pull)).toMatch(/^completed success: digits accepted/);
    expect(world.replies(pull)).toHaveLength(1);
    expect(orders()).toEqual(['rerun']);
  });

  it('of one model runs its job again', async () => {
    const comment = await world.comment(pull, '/retrain digits');
    await world.settled();
    expect(orders()).toEqual(['rerunJob']);
    expect(world.reply(comment)).toContain('Training again');
  });

  it('twice is done once, and both are told', async () => {
    const [first, second] = [await world.comment(pull, '/retrain'), await world.comment(pull, '/retrain')];
    await world.settled();
    expect(orders()).toEqual(['rerun']);
    expect(world.reply(first)).toContain('Training again');
    expect(world.reply(second)).toMatch(/Training again|already_done/);
  });

  it.each([
    ['in a quote', '> /retrain'],
    ['in a code block', '```\n/retrain\n```'],
    ['on the second line', 'Please:\n/retrain'],
  ])('%s is talk about it', async (_, body) => {
    const comment = await world.comment(pull, body);
    await world.settled();
    expect(world.isSeen(comment)).toBe(false);
    expect(world.reply(comment)).toBe('no reply');
    expect(orders()).toEqual([]);
  });

  it('that is edited into a comment is none, whoever looks again', async () => {
    const comment = await world.comment(pull, 'Looks good');
    await world.settled();
    await world.github.settled();
    world.repository.issues.edit(comment, '/retrain', { kind: 'user', account: world.owner, token: '' });
    await world.stop();
    await world.start();
    await world.settled();
    expect(world.reply(comment)).toBe('no reply');
    expect(orders()).toEqual([]);
  });

  it('by a bot is none', async () => {
    const bot = world.github.createBot('helper');
    world.repository.allow(bot, 'admin');
    const comment = await world.comment(pull, '/retrain', bot);
    // Somebody else has the App look at the comments.
    await world.comment(pull, '/status');
    await world.settled();
    expect(world.reply(comment)).toBe('no reply');
    expect(orders()).toEqual([]);
  });

  it('by somebody without the right is refused, and says whose it is', async () => {
    const stranger = world.github.createUser('mallory');
    const comment = await world.comment(pull, '/retrain', stranger);
    await world.settled();
    expect(world.reply(comment)).toMatch(/permission_denied/);
    expect(world.reply(comment)).toMatch(/whoever has the role .*write/);
    expect(orders()).toEqual([]);
  });

  it('on a closed pull request is refused', async () => {
    await world.repository.pulls.close(pull, { kind: 'user', account: world.owner, token: '' });
    const comment = await world.comment(pull, '/retrain');
    await world.settled();
    expect(world.reply(comment)).toMatch(/closed.*order_not_met/s);
    expect(orders()).toEqual([]);
  });

  it('by somebody who loses the right between the comment and the effect is not carried out', async () => {
    world.github.on('issue_comment', ({ payload }) => {
      const { user } = payload['comment'] as { readonly user: { readonly login: string } };
      // The reply that says what is about to be done.
      if (user.login === world.app.bot.login) world.repository.allow(world.author, 'read');
    });
    const comment = await world.comment(pull, '/retrain', world.author);
    await world.settled();
    expect(world.reply(comment)).toContain('permission_denied');
    expect(orders()).toEqual([]);
  });

  it('with a typing error is answered with what is meant', async () => {
    const comment = await world.comment(pull, '/retrian');
    await world.settled();
    expect(world.reply(comment)).toMatch(/unknown_command/);
    expect(world.reply(comment)).toContain('`/retrain [MODEL] [dry-run]`');
  });

  it('of a model that was not trained names those that were', async () => {
    const comment = await world.comment(pull, '/retrain digit');
    await world.settled();
    expect(world.reply(comment)).toMatch(/bad_argument/);
    expect(world.reply(comment)).toContain('`digits`');
  });

  it('dry-run says what it would do, and does nothing', async () => {
    const comment = await world.comment(pull, '/retrain dry-run');
    await world.settled();
    expect(world.reply(comment)).toContain('It would run [its run]');
    expect(orders()).toEqual([]);
  });

  it('by whom the default branch names, and nobody else', async () => {
    const only = `${CONFIG_WITH}commands: { retrain: "@grace" }\n`;
    await world.repository.commit('main', { 'touchstone.yml': only });
    const [theirs, ours] = [await world.comment(pull, '/retrain'), await world.comment(pull, '/retrain', world.author)];
    await world.settled();
    expect(world.reply(theirs)).toContain('permission_denied');
    expect(world.reply(ours)).toContain('Training again');
  });

  it('that GitHub finds too much for now is given later, once, and waits in no request', async () => {
    world.github.faults.next({
      operation: 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun',
      answer: secondaryLimit(600),
    });
    const comment = await world.comment(pull, '/retrain');
    await world.settled();
    expect(world.reply(comment)).toContain('About to run');
    expect(orders()).toEqual([]);
    await world.stop();
    await world.start({ now: () => new Date(Date.now() + 2 * 60_000) });
    await world.settled();
    expect(world.reply(comment)).toContain('Training again');
    expect(orders()).toEqual(['rerun']);
  });

  it('a day old is not obeyed by an App that starts', async () => {
    await world.stop();
    const comment = await world.comment(pull, '/retrain');
    Object.assign(comment, { createdAt: new Date(Date.now() - 25 * 3600 * 1000).toISOString() });
    await world.start();
    await world.settled();
    expect(world.reply(comment)).toBe('no reply');
    expect(orders()).toEqual([]);
  });

  it('that came while the App was away is carried out when it starts', async () => {
    await world.stop();
    const comment = await world.comment(pull, '/retrain');
    await world.settled();
    await world.start();
    await world.settled();
    expect(world.isSeen(comment)).toBe(true);
    expect(world.reply(comment)).toContain('Training again');
    expect(orders()).toEqual(['rerun']);
  });
});

const CONFIG_WITH = `version: 1
models:
  digits:
    task: multiclass
    target: digit
    data: { train: digits.csv, split: { holdout: 20% } }
`;

describe('/ok-to-train', () => {
  let fork: PullRequest;
  let waiting: WorkflowRun;
  beforeEach(async () => {
    const stranger = world.github.createUser('mallory');
    const repository = await world.github.createRepository('churn', { owner: stranger, forkOf: world.repository });
    const head = await repository.commit('idea', { 'train.py': 'train(2)\n' }, { author: stranger });
    fork = await world.open({ branch: 'idea', head, repository, by: stranger });
    waiting = await world.actions.start(fork, { path: PR, waits: true });
    await world.settled();
  });

  it('is offered with the commit to copy, and lets that run begin', async () => {
    expect(world.stands(fork)).toMatch(/^completed action_required: Waits for somebody/);
    expect(world.check(fork.headSha)?.output.summary).toContain(`/ok-to-train ${fork.headSha}`);
    const comment = await world.comment(fork, `/ok-to-train ${fork.headSha}`);
    await world.settled();
    expect(orders()).toEqual(['approve']);
    expect(waiting.status).toBe('queued');
    expect(world.reply(comment)).toContain('may begin');
    expect(world.stands(fork)).toMatch(/^in_progress/);
  });

  it('of another commit than the head is refused', async () => {
    const comment = await world.comment(fork, `/ok-to-train ${pull.headSha}`);
    await world.settled();
    expect(world.reply(comment)).toMatch(/ref_changed/);
    expect(world.reply(comment)).toContain(fork.headSha);
    expect(orders()).toEqual([]);
  });

  it('by whoever wrote the pull request is refused', async () => {
    const comment = await world.comment(fork, `/ok-to-train ${fork.headSha}`, world.github.account('mallory'));
    await world.settled();
    expect(world.reply(comment)).toContain('permission_denied');
    expect(orders()).toEqual([]);
  });

  it('can be pressed as a button, by those who may', async () => {
    const check = world.check(fork.headSha);
    if (check === undefined) throw new Error('no check');
    expect(check.actions.map(({ identifier }) => identifier)).toEqual(['ok-to-train']);
    const mallory = world.github.account('mallory');
    if (mallory) world.repository.checks.press(check, 'ok-to-train', mallory);
    await world.settled();
    expect(orders()).toEqual([]);
    world.repository.checks.press(check, 'ok-to-train', world.owner);
    await world.settled();
    expect(orders()).toEqual(['approve']);
  });
});

describe('/help', () => {
  it('says what would work now, for whoever asks, and why something would not', async () => {
    const comment = await world.comment(pull, '/help', world.author);
    await world.settled();
    const reply = world.reply(comment);
    expect(reply).toMatch(/\/retrain.*\| yes/);
    expect(reply).toMatch(/\/ok-to-train.*\| no .*waits for nobody/);
    expect(reply).toMatch(/\/override.*\| no .*maintain/);
  });
});

describe('/status', () => {
  it('says how the commit stands, and what is in the way', async () => {
    const comment = await world.comment(pull, '/status');
    await world.settled();
    expect(world.reply(comment)).toContain('rejected');
    expect(world.reply(comment)).toMatch(/Stands in the way/);
  });
});

describe('/override', () => {
  it('is put on record by the workflow of the default branch, and the reply fills in', async () => {
    const found = rejected().run.judgement.findings.find(({ blocks }) => blocks);
    const comment = await world.comment(pull, `/override ${found?.id ?? ''} reason="Agreed in the meeting"`);
    await world.settled();
    expect(orders()).toEqual(['dispatch']);
    const [effect] = world.actions.effects;
    expect(effect).toMatchObject({ inputs: { run: String(run.id), comment: String(comment.id) } });
    expect(world.reply(comment)).toContain('Puts it on record');
    if (effect === undefined) throw new Error('no effect');
    await world.actions.begin(effect.run);
    await world.actions.leave(effect.run, 'touchstone-answer-1', {
      'override.json': JSON.stringify({
        ...{ schema: 'touchstone/override/v1', comment: comment.id, outcome: 'done', code: 'done' },
        sentence: 'It stands in the log.',
      }),
    });
    await world.actions.finish(effect.run);
    await world.settled();
    expect(world.reply(comment)).toContain('It stands in the log.');
    expect(orders()).toEqual(['dispatch']);
  });

  it('of what does not stand in the way names what does', async () => {
    const comment = await world.comment(pull, '/override accuracy@nowhere reason="why not"');
    await world.settled();
    expect(world.reply(comment)).toMatch(/bad_argument/);
    expect(orders()).toEqual([]);
  });

  it('by whoever wrote the pull request is refused', async () => {
    world.repository.allow(world.author, 'maintain');
    const comment = await world.comment(pull, '/override recall@overall reason="mine"', world.author);
    await world.settled();
    expect(world.reply(comment)).toContain('self_approval');
  });
});

describe('a button', () => {
  it('that is pressed below a failed training runs it again, once, however often GitHub tells of it', async () => {
    const failed = await world.propose('failed');
    const { run: again } = await world.judge(failed, notJudged('digits'));
    await world.settled();
    const check = world.check(failed.headSha);
    if (check === undefined) throw new Error('no check');
    world.github.hooks.disturb({ event: 'check_run', how: 'duplicate' });
    world.repository.checks.press(check, 'retrain', world.author);
    await world.settled();
    expect(orders()).toEqual(['rerun']);
    expect(again.attempt.number).toBe(2);

    // It fails again, and GitHub delivers the press of before once more.
    await world.trainAgain(again);
    await world.judged(again, modelsOf([notJudged('digits')]));
    await world.settled();
    const pressed = world.github.hooks.deliveries.find(({ action }) => action === 'requested_action');
    if (pressed === undefined) throw new Error('no delivery');
    await world.github.hooks.redeliver(pressed);
    await world.settled();
    expect(orders()).toEqual(['rerun']);
  });

  it('that was pressed while the App was away is seen to when it starts: GitHub delivers it once more', async () => {
    await world.stop();
    const check = world.check(pull.headSha);
    if (check === undefined) throw new Error('no check');
    world.repository.checks.press(check, 'retrain', world.author);
    await world.settled();
    expect(orders()).toEqual([]);
    await world.start();
    await world.settled();
    expect(orders()).toEqual(['rerun']);
  });

  it('of GitHub, to run the check again, judges again', async () => {
    const check = world.check(pull.headSha);
    if (check === undefined) throw new Error('no check');
    world.repository.checks.rerequest(check, { kind: 'user', account: world.author, token: '' });
    await world.settled();
    expect(orders()).toEqual(['dispatch']);
    expect(world.actions.effects[0]).toMatchObject({ inputs: { run: String(run.id) } });
  });
});
