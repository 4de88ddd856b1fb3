import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accepted, notJudged, rejected } from '../pullRequest/heads.ts';
import { AppWorld, CONFIG, JUDGE, modelsOf, OVERRIDE, PR, RULING, workflow } from './appWorld.ts';

let now: Date | undefined;
let world: AppWorld;
beforeEach(async () => {
  now = undefined;
  world = await AppWorld.open({ now: () => now ?? new Date() });
  await world.start();
});
afterEach(() => world.close());

const person = (): { kind: 'user'; account: typeof world.owner; token: string } => ({
  kind: 'user',
  account: world.owner,
  token: '',
});

describe('a pull request that goes on', () => {
  it('keeps its comment while the answer stays, and gets a new one where it turns; history is kept', async () => {
    const pull = await world.propose('topic');
    await world.judge(pull, accepted());
    await world.settled();
    const first = pull.headSha;
    await world.repository.commit('topic', { 'train.py': 'train(2)\n' }, { author: world.author });
    await world.settled();
    expect(world.stands(pull)).toMatch(/^in_progress/);
    expect(world.sticky(pull)[0]?.body).toContain('was pushed and is not judged yet');
    await world.judge(pull, accepted());
    await world.settled();
    expect(world.ours(pull)).toHaveLength(1);
    expect(world.sticky(pull)[0]?.body).toContain(first.slice(0, 7));
    expect(world.sticky(pull)[0]?.body).not.toContain('is not judged yet');

    await world.repository.commit('topic', { 'train.py': 'train(3)\n' }, { author: world.author });
    await world.judge(pull, rejected());
    await world.settled();
    expect(world.ours(pull).map(({ minimized }) => minimized !== undefined)).toEqual([true, false]);
    expect(world.sticky(pull)).toHaveLength(1);
  });

  it('leaves no check open on a commit that it replaced, by a push or by force', async () => {
    const pull = await world.propose('topic');
    await world.settled();
    const [first] = [pull.headSha];
    await world.repository.commit('topic', { 'train.py': 'train(2)\n' }, { author: world.author });
    await world.settled();
    expect(world.check(first)?.conclusion).toBe('cancelled');
    expect(world.check(first)?.output.title).toContain('Replaced by');
    const second = pull.headSha;
    const other = await world.repository.commit('elsewhere', { 'train.py': 'train(4)\n' }, { author: world.author });
    await world.repository.push('topic', other, world.author);
    await world.settled();
    expect(pull.headSha).toBe(other);
    expect(world.check(second)?.conclusion).toBe('cancelled');
    expect(world.stands(pull)).toMatch(/^in_progress/);
  });

  it('that is closed leaves no check open, and is taken up again where it is opened again', async () => {
    const pull = await world.propose('topic');
    await world.settled();
    await world.repository.pulls.close(pull, person());
    await world.settled();
    expect(world.stands(pull)).toBe('completed cancelled: Closed before it was judged');
    await world.repository.pulls.reopen(pull, person());
    await world.judge(pull, accepted());
    await world.settled();
    expect(world.stands(pull)).toMatch(/^completed success: digits accepted/);
  });

  it('that is judged after it was closed gets no comment any more', async () => {
    const pull = await world.propose('topic');
    const run = await world.train(pull);
    await world.settled();
    await world.repository.pulls.close(pull, person());
    await world.judged(run, modelsOf([rejected()]));
    await world.settled();
    expect(world.stands(pull)).toMatch(/^completed/);
    expect(world.ours(pull)).toEqual([]);
  });

  it('that is closed in favour of another one of the same commit does not speak for it', async () => {
    const first = await world.propose('topic');
    const second = await world.open({ branch: 'topic', head: first.headSha });
    const run = await world.actions.start(second, { path: PR });
    await world.settled();
    await world.repository.pulls.close(first, person());
    await world.settled();
    expect(world.stands(second)).toMatch(/^in_progress -: Waits for a machine/);
    await world.actions.job(run, 'train digits');
    await world.settled();
    expect(world.stands(second)).toMatch(/^in_progress -: At work: train digits/);
    await world.judge(second, accepted());
    await world.settled();
    expect(world.stands(second)).toMatch(/^completed success/);
    expect(world.sticky(second)).toHaveLength(1);
  });

  it('that is a draft is answered like any other', async () => {
    const pull = await world.propose('topic');
    await world.repository.pulls.setDraft(pull, true, person());
    await world.judge(pull, rejected());
    await world.settled();
    expect(world.stands(pull)).toMatch(/^completed failure/);
    await world.repository.pulls.setDraft(pull, false, person());
    await world.settled();
    expect(world.ours(pull)).toHaveLength(1);
  });

  it('that is judged again tells the later answer', async () => {
    const pull = await world.propose('topic');
    const { run } = await world.judge(pull, notJudged('digits'));
    await world.settled();
    expect(world.stands(pull)).toMatch(/^completed failure/);
    await world.judged(run, modelsOf([accepted()]));
    await world.settled();
    expect(world.stands(pull)).toMatch(/^completed success/);
    expect(world.madeChecks(pull.headSha)).toBe(1);
  });
});

describe('what does not come', () => {
  const later = async (minutes: number): Promise<void> => {
    now = new Date(Date.now() + minutes * 60_000);
    await world.stop();
    await world.start();
    await world.settled();
  };

  it('is told where GitHub starts no run: after a while, and at once where it conflicts', async () => {
    const pull = await world.propose('topic');
    await world.settled();
    await later(11);
    expect(world.stands(pull)).toBe('completed failure: Not trained: touchstone-pr.yml did not begin');
    now = undefined;
    const conflicting = await world.propose('other', { 'README.md': 'This\n' });
    await world.repository.commit('main', { 'README.md': 'That\n' });
    await later(0);
    expect(world.stands(conflicting)).toMatch(/^completed action_required: Not trained: it cannot be merged/);
  });

  it('is told where nobody judges, and a button has it judged', async () => {
    const pull = await world.propose('topic');
    const run = await world.train(pull);
    await world.settled();
    expect(world.stands(pull)).toBe('in_progress -: Judging');
    await later(11);
    expect(world.stands(pull)).toBe('completed failure: Trained, and nobody has judged it');
    const check = world.check(pull.headSha);
    if (check) world.repository.checks.press(check, 'judge', world.owner);
    await world.settled();
    expect(world.actions.effects).toMatchObject([{ kind: 'dispatch', inputs: { run: String(run.id) } }]);
  });

  it('is told where judging failed or was cancelled', async () => {
    const pull = await world.propose('topic');
    const run = await world.train(pull);
    const judging = await world.beginJudging(run);
    await world.actions.finish(judging, 'failure');
    await world.settled();
    expect(world.stands(pull)).toMatch(/^completed failure: Could not be judged: the judging job failed/);
    await world.actions.finish(await world.beginJudging(run), 'cancelled');
    await world.settled();
    expect(world.stands(pull)).toMatch(/^completed failure: Could not be judged: the judging job was cancelled/);
  });

  it('is not believed: a verdict in a run that failed, whoever left it there', async () => {
    const pull = await world.propose('topic');
    const run = await world.train(pull);
    const judging = await world.beginJudging(run);
    await world.endJudging(judging, run, modelsOf([accepted()]), undefined, 'failure');
    await world.settled();
    expect(world.stands(pull)).toMatch(/^completed failure: Could not be judged/);
  });

  it.each([
    ['of another head', { headSha: 'f'.repeat(40) }],
    ['of another run', { run: 99 }],
  ])('is not believed: an answer %s', async (_, forged) => {
    const pull = await world.propose('topic');
    const run = await world.train(pull);
    await world.endJudging(await world.beginJudging(run), run, modelsOf([accepted()]), undefined, undefined, forged);
    await world.settled();
    expect(world.stands(pull)).toMatch(/^completed failure: Could not be judged: what the judging job left/);
  });

  it('comes later: a webhook that was lost is made up for when the App looks at everything', async () => {
    const pull = await world.propose('topic');
    await world.settled();
    world.github.hooks.disturb({ how: 'drop', times: 100 });
    await world.judge(pull, accepted());
    await world.settled();
    expect(world.stands(pull)).toMatch(/^in_progress/);
    await later(0);
    expect(world.stands(pull)).toMatch(/^completed success/);
  });
});

describe('a repository', () => {
  it('that has nothing to do with Touchstone is left alone', async () => {
    const other = await world.github.createRepository('other', { owner: world.owner });
    const base = await other.commit('main', { 'README.md': '# Other\n' });
    const head = await other.commit('topic', { 'README.md': '# Else\n' });
    await other.pulls.open({
      ...{ title: 'Else', by: person(), base: { ref: 'main', sha: base } },
      head: { repository: other, ref: 'topic', sha: head },
    });
    await world.settled();
    expect(other.checks.suites).toEqual([]);
    expect(other.issues.comments).toEqual([]);
  });

  it('begins with the merge of its first configuration, where that can be read', async () => {
    const gone = Object.fromEntries(Object.keys(RULING).map((file) => [file, null]));
    await world.repository.commit('main', gone);
    const good = await world.propose('good', RULING);
    const broken = await world.propose('broken', { 'touchstone.yml': `${CONFIG}modles: {}\n` });
    await world.settled();
    expect(world.stands(good)).toMatch(/^completed success: Starts with this merge/);
    expect(world.stands(broken)).toBe('completed failure: touchstone.yml cannot be read');
    expect(world.check(broken.headSha)?.output.summary).toContain('modles');
  });

  it('that has a configuration and no workflow says so', async () => {
    await world.repository.commit('main', { [PR]: null, [JUDGE]: null, [OVERRIDE]: null });
    const pull = await world.propose('topic');
    await world.settled();
    expect(world.stands(pull)).toMatch(/^completed failure: Nobody judges/);
  });

  it('whose workflow answers by itself gets no second answer, and commands all the same', async () => {
    const judging = workflow('touchstone-judge').replace('answered-by: app', 'answered-by: job');
    await world.repository.commit('main', { [JUDGE]: judging });
    const pull = await world.propose('topic');
    await world.judge(pull, rejected());
    const comment = await world.comment(pull, '/status');
    await world.settled();
    expect(world.stands(pull)).toBe('no check');
    expect(world.sticky(pull)).toEqual([]);
    expect(world.reply(comment)).toContain('answers by itself');
  });

  it('whose configuration lies in a folder is ruled by that one', async () => {
    const judging = workflow('touchstone-judge').replace(
      'answered-by: app',
      'answered-by: app\n          config: ml/touchstone.yml',
    );
    const ruling = `${CONFIG}commands: { retrain: admin }\n`;
    await world.repository.commit('main', { [JUDGE]: judging, 'touchstone.yml': null, 'ml/touchstone.yml': ruling });
    const pull = await world.propose('topic');
    await world.judge(pull, rejected());
    const comment = await world.comment(pull, '/retrain', world.author);
    await world.settled();
    expect(world.stands(pull)).toMatch(/^completed failure/);
    expect(world.reply(comment)).toContain('permission_denied');
  });

  it('of another installation is answered as well', async () => {
    const acme = world.github.createOrganization('acme');
    const theirs = await world.github.createRepository('churn', { owner: acme });
    const base = await theirs.commit('main', RULING);
    const head = await theirs.commit('topic', { 'train.py': 'train()\n' });
    world.github.install(world.app, acme);
    const pull = await theirs.pulls.open({
      ...{ title: 'Train', by: person(), base: { ref: 'main', sha: base } },
      head: { repository: theirs, ref: 'topic', sha: head },
    });
    await world.settled();
    expect(theirs.checks.of(pull.headSha, 'latest')).toHaveLength(1);
  });
});

describe('a merge group', () => {
  it('passes where each of its pull requests passed and no two touch one model, and not otherwise', async () => {
    const [digits, words, again] = [
      await world.propose('digits', { 'a.py': '1\n' }),
      await world.propose('words', { 'b.py': '1\n' }),
      await world.propose('again', { 'c.py': '1\n' }),
    ];
    await world.judge(digits, accepted('digits'));
    await world.judge(words);
    await world.judge(again, accepted('digits'));
    await world.settled();
    const group = async (pull: typeof digits): Promise<string> =>
      (await world.repository.mergeQueue.enqueue(pull, person())).headSha;
    const [first, second, third] = [await group(digits), await group(words), await group(again)];
    await world.settled();
    expect(world.check(first)).toMatchObject({ conclusion: 'success' });
    expect(world.check(second)).toMatchObject({ conclusion: 'success' });
    expect(world.check(third)).toMatchObject({ conclusion: 'failure' });
    expect(world.check(third)?.output.summary).toContain('touch digits');
  });

  it('of a head that did not pass fails', async () => {
    const pull = await world.propose('topic');
    await world.judge(pull, rejected());
    await world.settled();
    const { headSha } = await world.repository.mergeQueue.enqueue(pull, person());
    await world.settled();
    expect(world.check(headSha)).toMatchObject({ conclusion: 'failure' });
  });
});

describe('two Apps at once', () => {
  it('come to one comment and one reply', async () => {
    const second = await world.start();
    const pull = await world.propose('topic');
    await world.settled();
    const comment = await world.comment(pull, '/status');
    // The second one looks at everything while the first one is told.
    second.touchstone.begin();
    await world.judge(pull, rejected());
    second.touchstone.begin();
    await world.settled();
    expect(world.sticky(pull)).toHaveLength(1);
    expect(world.replies(pull).filter(({ body }) => body.includes(`"to":${comment.id}`))).toHaveLength(1);
    expect(world.stands(pull)).toMatch(/^completed failure/);
  });
});
