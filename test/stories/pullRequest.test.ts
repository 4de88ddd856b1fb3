import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quickTeam, rows, TRAIN } from './quickTeam.ts';
import { ANSWERERS, Team } from './team.ts';

describe.each(ANSWERERS)('a pull request of the digits, answered by the %s', (answeredBy) => {
  let team: Team;
  beforeAll(async () => {
    team = await Team.open({}, { answeredBy });
    await team.serve();
  });
  afterAll(() => team.close());

  it('is trained, judged and answered; a worse commit is told by a new comment, a better one by another', async () => {
    const pull = await team.propose('stronger', await team.tuned('model: logistic, regularisation: 1, binarise: 0'));
    await team.settle();

    expect(await team.check(pull.headSha)).toMatchObject({
      conclusion: 'success',
      title: expect.stringMatching(/^digits (accepted|inconclusive)/) as string,
    });
    const [first, ...others] = team.comments(pull);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ author: team.bot, minimised: false });
    expect(first?.body).toContain('digits@v1');

    const judging = team.runs('touchstone-judge').at(-1);
    expect(judging?.displayTitle).toBe(`touchstone-judge: run ${team.runs('touchstone-pr').at(-1)?.id ?? 0}`);
    const left = team.repository.actions.artifacts.filter(({ run }) => run === judging).map(({ name }) => name);
    expect(left).toEqual(['touchstone-judgement-1', 'touchstone-answer-1']);

    await team.push(pull, await team.tuned('model: logistic, regularisation: 10, binarise: 12'));
    await team.settle();
    expect(await team.check(pull.headSha)).toMatchObject({
      conclusion: 'failure',
      title: expect.stringContaining('digits rejected') as string,
    });
    const afterWorse = team.comments(pull);
    expect(afterWorse.map(({ minimised }) => minimised)).toEqual([true, false]);
    expect(afterWorse[1]?.body).toContain('rejected');
    // Only where somebody is there to take it.
    expect(afterWorse[1]?.body.includes('/override ')).toBe(answeredBy === 'app');

    await team.push(pull, await team.tuned('model: network, regularisation: 1, binarise: 0'));
    await team.settle();
    expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'success' });
    expect(team.comments(pull).map(({ minimised }) => minimised)).toEqual([true, true, false]);
  });

  it('that changes only data is trained anew, and judged by the rows that the default branch puts aside', async () => {
    const lines = (await team.file('data/digits.csv')).trimEnd().split('\n');
    const fewer = lines.filter((_, at) => at === 0 || at % 10 !== 0);
    const pull = await team.propose('fewer-rows', { 'data/digits.csv': `${fewer.join('\n')}\n` });
    await team.settle();
    expect(team.jobsFor(pull)).toEqual(['validate', 'train digits']);
    const check = await team.check(pull.headSha);
    expect(check?.title).toMatch(/^digits (accepted|inconclusive)/);
    // All of the rows that main puts aside, though the pull request has a tenth less.
    expect(team.comments(pull).at(-1)?.body).toContain('730 rows');
  });
});

const SLOW = { 'train.mjs': 'await new Promise((resolve) => setTimeout(resolve, 600_000));\n' };

describe.each(ANSWERERS)('a pull request, answered by the %s', (answeredBy) => {
  let team: Team;
  beforeAll(async () => {
    team = await quickTeam({}, { answeredBy });
  });
  afterAll(() => team.close());

  it('that breaks the data is stopped, and says where', async () => {
    const pull = await team.propose('broken-data', { 'data/train.csv': rows(0, 400).replace('a,b,y', 'a,b,label') });
    await team.settle();
    const check = await team.check(pull.headSha);
    expect(check).toMatchObject({
      conclusion: 'failure',
      title: expect.stringContaining('its data are broken') as string,
    });
    expect(check?.summary).toMatch(/train data of churn.*there is no column.*the target/);
  });

  it('that touches no model passes at once, trains nothing and gets no comment', async () => {
    const pull = await team.propose('words', { 'README.md': '# Who leaves\n' });
    await team.settle();
    expect(team.jobsFor(pull)).toEqual(['validate']);
    expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'success' });
    expect(team.comments(pull)).toEqual([]);
  });

  it('whose training fails says so, and names the step', async () => {
    const pull = await team.propose('typo', { 'train.mjs': 'throw new Error("no such column");\n' });
    await team.settle();
    const check = await team.check(pull.headSha);
    expect(check).toMatchObject({ conclusion: 'failure', title: expect.stringContaining('training failed') as string });
    expect(team.comments(pull).at(-1)?.body).toContain('train churn');
  });

  it('whose run is cancelled says so', async () => {
    const pull = await team.propose('slow', SLOW);
    await team.whileRunning(pull, 'train churn', (run) => {
      team.actions.cancel(run);
    });
    await team.settle();
    const check = await team.check(pull.headSha);
    expect(check).toMatchObject({ conclusion: 'failure', title: expect.stringContaining('cancelled') as string });
  });

  it('whose head moves while it trains is answered for its last head alone', async () => {
    const pull = await team.propose('hasty', SLOW);
    const superseded = pull.headSha;
    await team.whileRunning(pull, 'train churn', () =>
      team.push(pull, { 'train.mjs': '// Again.\n' }).then(() => undefined),
    );
    await team.push(pull, { 'train.mjs': TRAIN });
    await team.settle();
    expect(pull.headSha).not.toBe(superseded);
    const comments = team.comments(pull);
    expect(comments.filter(({ body }) => body.includes(superseded.slice(0, 7)))).toEqual([]);
    // What is left differs from main in nothing.
    expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'success' });
    // Nobody is left waiting for it.
    expect((await team.check(superseded))?.conclusion).toMatch(/^(cancelled|failure)$/);
  });
});
