import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BAD, GOOD, quickTeam, TRAIN } from './quickTeam.ts';
import { ANSWERERS, type Team } from './team.ts';

describe.each(ANSWERERS)('a pull request from outside, answered by the %s', (answeredBy) => {
  let team: Team;
  beforeAll(async () => {
    team = await quickTeam({}, { answeredBy });
  });
  afterAll(() => team.close());

  it('of a fork waits for approval, and is trained, judged and answered once it is approved', async () => {
    const stranger = team.github.createUser('mallory');
    const fork = await team.github.createRepository('digits', { owner: stranger, forkOf: team.repository });
    const pull = await team.propose('from-afar', GOOD, { by: stranger, from: fork });
    await team.settle();
    expect(team.jobsFor(pull)).toEqual([]);
    expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'action_required' });
    // Only where somebody is there to take it.
    expect(team.comments(pull).at(-1)?.body.includes(`/ok-to-train ${pull.headSha}`)).toBe(answeredBy === 'app');

    const [waiting] = team.runs('touchstone-pr').filter(({ origin }) => origin.headSha === pull.headSha);
    await team.ask(team.owner, 'POST', `/actions/runs/${waiting?.id ?? 0}/approve`);
    await team.settle();
    expect(team.jobsFor(pull)).toEqual(['validate', 'train churn']);
    expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'success' });
    expect(team.comments(pull).filter(({ minimised }) => !minimised)).toHaveLength(1);
  });

  it('of Dependabot is treated like one of a fork: no secret, a token that only reads, and a verdict all the same', async () => {
    const bot = team.github.createBot('dependabot');
    team.repository.allow(bot, 'write');
    const pull = await team.propose('dependabot/npm/train', { 'train.mjs': `// Newer.${TRAIN}` }, { by: bot });
    await team.settle();
    expect(team.jobsFor(pull)).toEqual(['validate', 'train churn']);
    expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'success' });
  });
});

describe.each(ANSWERERS)('a merge queue, answered by the %s', (answeredBy) => {
  let team: Team;
  beforeAll(async () => {
    team = await quickTeam({}, { answeredBy });
  });
  afterAll(() => team.close());

  it('lets a group pass whose heads passed and that touches no model twice, and no other', async () => {
    const words = await team.propose('words', { 'README.md': '# Other words\n' });
    const good = await team.propose('good', GOOD);
    const also = await team.propose('also', { 'train.mjs': `${TRAIN}console.log('Done');\n` });
    await team.settle();

    const first = await team.enqueue(words);
    const second = await team.enqueue(good);
    await team.settle();
    expect(await team.check(first)).toMatchObject({ conclusion: 'success' });
    expect(await team.check(second)).toMatchObject({ conclusion: 'success' });

    const third = await team.enqueue(also);
    await team.settle();
    const check = await team.check(third);
    expect(check).toMatchObject({ conclusion: 'failure' });
    expect(`${check?.title} ${check?.summary}`).toContain('churn');
  });

  it('stops a head that did not pass', async () => {
    await team.emptyQueue();
    const pull = await team.propose('worse', BAD);
    await team.settle();
    const group = await team.enqueue(pull);
    await team.settle();
    expect(await team.check(group)).toMatchObject({ conclusion: 'failure' });
  });
});
