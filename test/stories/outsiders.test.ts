import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Team } from './team.ts';

describe('a pull request from outside', () => {
  let team: Team;
  beforeAll(async () => {
    team = await Team.open();
    await team.serve();
  });
  afterAll(() => team.close());

  it('of a fork waits for approval, and is trained, judged and answered once it is approved', async () => {
    const stranger = team.github.createUser('mallory');
    const fork = await team.github.createRepository('digits', { owner: stranger, forkOf: team.repository });
    const files = await team.tuned('model: logistic, regularisation: 1, binarise: 0');
    const pull = await team.propose('from-afar', files, { by: stranger, from: fork });
    await team.settle();
    expect(team.jobsFor(pull)).toEqual([]);
    expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'action_required' });

    const [waiting] = team.runs('touchstone-pr').filter(({ origin }) => origin.headSha === pull.headSha);
    await team.ask(team.owner, 'POST', `/actions/runs/${waiting?.id ?? 0}/approve`);
    await team.settle();
    expect(team.jobsFor(pull)).toEqual(['validate', 'train digits']);
    expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'success' });
    expect(team.comments(pull).filter(({ minimised }) => !minimised)).toHaveLength(1);
  });

  it('of Dependabot is treated like one of a fork: no secret, a token that only reads, and a verdict all the same', async () => {
    const bot = team.github.createBot('dependabot');
    team.repository.allow(bot, 'write');
    const requirements = await team.file('requirements.txt');
    const pull = await team.propose(
      'dependabot/pip/numpy',
      { 'requirements.txt': `# Pinned.\n${requirements}` },
      { by: bot },
    );
    await team.settle();
    expect(team.jobsFor(pull)).toEqual(['validate', 'train digits']);
    expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'success' });
  });
});

describe('a merge queue', () => {
  let team: Team;
  beforeAll(async () => {
    team = await Team.open();
    await team.serve();
  });
  afterAll(() => team.close());

  it('lets a group pass whose heads passed and that touches no model twice, and no other', async () => {
    const words = await team.propose('words', { 'README.md': '# Other words\n' });
    const stronger = await team.propose(
      'stronger',
      await team.tuned('model: logistic, regularisation: 1, binarise: 0'),
    );
    const also = await team.propose('also', { 'train.py': `${await team.file('train.py')}print('Done')\n` });
    await team.settle();

    const first = await team.enqueue(words);
    const second = await team.enqueue(stronger);
    await team.settle();
    expect(await team.check(first)).toMatchObject({ conclusion: 'success' });
    expect(await team.check(second)).toMatchObject({ conclusion: 'success' });

    const third = await team.enqueue(also);
    await team.settle();
    const check = await team.check(third);
    expect(check).toMatchObject({ conclusion: 'failure' });
    expect(`${check?.title} ${check?.summary}`).toContain('digits');
  });

  it('stops a head that did not pass', async () => {
    await team.emptyQueue();
    const pull = await team.propose('worse', await team.tuned('model: logistic, regularisation: 10, binarise: 12'));
    await team.settle();
    const group = await team.enqueue(pull);
    await team.settle();
    expect(await team.check(group)).toMatchObject({ conclusion: 'failure' });
  });
});
