import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Team } from './team.ts';

describe('a pull request that changes which models there are', () => {
  let team: Team;
  beforeAll(async () => {
    team = await Team.open();
    await team.serve();
  });
  afterAll(() => team.close());

  it('adds one: it is trained and reported, and nothing is asked of it yet', async () => {
    const config = await team.file('touchstone.yml');
    const second = section(config).replace('digits:', 'numerals:').replace('regularisation: 10', 'regularisation: 3');
    const pull = await team.propose('second-model', { 'touchstone.yml': `${config}\n${second}` });
    await team.settle();
    expect(team.jobsFor(pull)).toEqual(['validate', 'train numerals']);
    expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'success' });
    const [comment] = team.comments(pull);
    expect(comment?.body).toContain('numerals');
    expect(comment?.body).toMatch(/accuracy/);
  });

  it('renames one: what serves would have no successor, so it needs a person', async () => {
    const config = await team.file('touchstone.yml');
    const pull = await team.propose('rename', { 'touchstone.yml': config.replace('  digits:', '  numbers:') });
    await team.settle();
    const check = await team.check(pull.headSha);
    expect(check).toMatchObject({ conclusion: 'action_required' });
    expect(`${check?.title} ${check?.summary}`).toMatch(/digits.*numbers/s);
  });

  it('removes one: the same', async () => {
    const config = await team.file('touchstone.yml');
    const other = section(config).replace('digits:', 'numerals:');
    const pull = await team.propose('remove', { 'touchstone.yml': config.replace(section(config), other) });
    await team.settle();
    expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'action_required' });
  });

  it('writes a configuration that is none: the check says what is wrong, and where', async () => {
    const config = await team.file('touchstone.yml');
    const pull = await team.propose('mistake', { 'touchstone.yml': config.replace('target: digit', 'tarjet: digit') });
    await team.settle();
    const check = await team.check(pull.headSha);
    expect(check).toMatchObject({ conclusion: 'failure' });
    expect(`${check?.summary}${check?.text}`).toContain('tarjet');
  });
});

describe('the first pull request that brings touchstone.yml', () => {
  let team: Team;
  beforeAll(async () => {
    team = await Team.open({ 'touchstone.yml': null });
  });
  afterAll(() => team.close());

  it('starts with its merge, and the next one is judged', async () => {
    const example = await team.example();
    const pull = await team.propose('begin', { 'touchstone.yml': example['touchstone.yml'] ?? '' });
    await team.settle();
    expect(await team.check(pull.headSha)).toMatchObject({
      conclusion: 'success',
      title: expect.stringContaining('Starts with this merge') as string,
    });

    await team.merge(pull);
    const next = await team.propose('next', await team.tuned('model: logistic, regularisation: 1, binarise: 0'));
    await team.settle();
    const check = await team.check(next.headSha);
    expect(check).toMatchObject({ conclusion: 'success', title: expect.stringContaining('digits') as string });
    expect(team.comments(next)[0]?.body).toContain('a first version');
  });

  it('with mistakes in it fails, and says which', async () => {
    const fresh = await Team.open({ 'touchstone.yml': null });
    try {
      const pull = await fresh.propose('begin', { 'touchstone.yml': 'version: 1\nmodels:\n  churn: {}\n' });
      await fresh.settle();
      expect(await fresh.check(pull.headSha)).toMatchObject({ conclusion: 'failure' });
    } finally {
      await fresh.close();
    }
  });
});

/** The section of the one model, with all that is indented below it. */
function section(config: string): string {
  return config.slice(config.indexOf('  digits:'));
}
