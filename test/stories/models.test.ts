import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { beginners, CHURN, configuration, GOOD, quickTeam } from './quickTeam.ts';
import { ANSWERERS, type Team } from './team.ts';

describe.each(ANSWERERS)('a pull request that changes which models there are, answered by the %s', (answeredBy) => {
  let team: Team;
  beforeAll(async () => {
    team = await quickTeam({}, { answeredBy });
  });
  afterAll(() => team.close());

  it('adds one: it is trained and reported, and nothing is asked of it yet', async () => {
    const pull = await team.propose('second-model', configuration(CHURN, { second: CHURN }));
    await team.settle();
    expect(team.jobsFor(pull)).toEqual(['validate', 'train second']);
    expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'success' });
    const [comment] = team.comments(pull);
    expect(comment?.body).toContain('second');
    expect(comment?.body).toMatch(/accuracy/);
  });

  it('renames one: what serves would have no successor, so it needs a person', async () => {
    const pull = await team.propose('rename', instead({ leaving: CHURN }));
    await team.settle();
    const check = await team.check(pull.headSha);
    expect(check).toMatchObject({ conclusion: 'action_required' });
    expect(`${check?.title} ${check?.summary}`).toMatch(/churn.*leaving/s);
  });

  it('removes one: the same', async () => {
    const train = { ...CHURN.train, inputs: [...CHURN.train.inputs, 'README.md'] };
    const pull = await team.propose('remove', instead({ other: { ...CHURN, train } }));
    await team.settle();
    const check = await team.check(pull.headSha);
    expect(check).toMatchObject({ conclusion: 'action_required' });
    expect(`${check?.title} ${check?.summary}`).toContain('churn');
  });

  it('writes a configuration that is none: the check says what is wrong, and where', async () => {
    const { 'touchstone.yml': written } = configuration();
    const pull = await team.propose('mistake', { 'touchstone.yml': written.replace('target: y', 'tarjet: y') });
    await team.settle();
    const check = await team.check(pull.headSha);
    expect(check).toMatchObject({ conclusion: 'failure' });
    expect(`${check?.summary}${check?.text}`).toContain('tarjet');
  });
});

describe.each(ANSWERERS)('the first pull request that brings touchstone.yml, answered by the %s', (answeredBy) => {
  let team: Team;
  beforeEach(async () => {
    team = await beginners({ 'touchstone.yml': null }, { answeredBy });
  });
  afterEach(() => team.close());

  it('starts with its merge, and the next one is judged', async () => {
    const pull = await team.propose('begin', configuration());
    await team.settle();
    expect(await team.check(pull.headSha)).toMatchObject({
      conclusion: 'success',
      title: expect.stringContaining('Starts with this merge') as string,
    });

    await team.merge(pull);
    const next = await team.propose('next', GOOD);
    await team.settle();
    const check = await team.check(next.headSha);
    expect(check).toMatchObject({ conclusion: 'success', title: expect.stringContaining('churn') as string });
    expect(team.comments(next)[0]?.body).toContain('a first version');
  });

  it('with mistakes in it fails, and says which', async () => {
    const pull = await team.propose('begin', { 'touchstone.yml': 'version: 1\nmodels:\n  churn: {}\n' });
    await team.settle();
    const check = await team.check(pull.headSha);
    expect(check).toMatchObject({ conclusion: 'failure' });
    expect(`${check?.summary}${check?.text}`).toContain('task');
  });
});

/** A configuration of these models and no others. */
function instead(models: object): { readonly 'touchstone.yml': string } {
  return { 'touchstone.yml': stringify({ version: 1, registry: 'github:', models }) };
}
