import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accepted, notJudged, rejected, unsettled } from '../pullRequest/heads.ts';
import { AppWorld, PR } from './appWorld.ts';

let world: AppWorld;
beforeEach(async () => {
  world = await AppWorld.open();
  await world.start();
});
afterEach(() => world.close());

describe('a push', () => {
  it('gets a check at once, which follows its run to the verdict; the comment comes with it', async () => {
    const pull = await world.propose('topic');
    await world.settled();
    expect(world.stands(pull)).toBe('in_progress -: Waits for touchstone-pr.yml to begin');

    const run = await world.actions.start(pull, { path: PR });
    await world.settled();
    expect(world.stands(pull)).toMatch(/^in_progress -: Waits for a machine/);
    await world.actions.job(run, 'validate', { conclusion: 'success' });
    await world.actions.job(run, 'train digits', { steps: [{ name: 'Train' }] });
    await world.settled();
    expect(world.stands(pull)).toMatch(/^in_progress -: At work: train digits/);
    expect(world.sticky(pull)).toHaveLength(0);

    await world.actions.job(run, 'train digits', { conclusion: 'success' });
    await world.actions.finish(run);
    await world.settled();
    expect(world.stands(pull)).toBe('in_progress -: Judging');
    await world.judged(run, { kind: 'models', sections: [accepted()] });
    await world.settled();
    expect(world.stands(pull)).toMatch(/^completed success: digits accepted/);
    expect(world.sticky(pull)).toHaveLength(1);
    expect(world.madeChecks(pull.headSha)).toBe(1);
  });

  it.each([
    ['accepted', [accepted()], /^completed success: digits accepted/],
    ['rejected', [rejected()], /^completed failure: digits rejected/],
    ['not settled', [unsettled()], /^completed action_required: digits inconclusive/],
    ['not trained', [notJudged('digits')], /^completed failure: digits could not be judged/],
    ['one of each', [accepted('a'), rejected('b')], /^completed failure: 2 models: 1 rejected, 1 accepted/],
    ['untouched', [], /^completed success: No model is touched/],
  ])('that is %s is answered so', async (_, sections, stands) => {
    const pull = await world.propose('topic');
    await world.judge(pull, ...sections);
    await world.settled();
    expect(world.stands(pull)).toMatch(stands);
    expect(world.sticky(pull)).toHaveLength(sections.length === 0 ? 0 : 1);
  });
});
