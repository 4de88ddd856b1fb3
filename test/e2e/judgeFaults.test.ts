import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JUDGE_FAULTS, reach, strikeJudging, type Reached } from '../campaigns/judgeFaults.ts';
import { Judging } from '../campaigns/judging.ts';

let world: Judging;
let reached: Reached;
beforeAll(async () => {
  world = await Judging.begin();
  reached = await reach(world);
});
afterAll(() => world.close());

/** Of the requests every twelfth is struck, by each fault others; all of them: test/campaigns/judgeErrors.ts. */
const STRIDE = 12;

it('judging compares with the champion, and writes nothing', () => {
  const { outcome } = reached.judgement;
  expect(outcome).toMatchObject({
    kind: 'models',
    sections: [{ kind: 'judged', run: { judgement: { verdict: { kind: 'accepted', compared: true } } } }],
  });
});

describe('a judging job of which a request goes wrong', () => {
  it.each(JUDGE_FAULTS.filter(({ fault }) => fault.times === undefined).map((fault, index) => ({ ...fault, index })))(
    '($name) leaves the same judgement',
    async ({ fault, index }) => {
      for (let request = 1 + 3 * index; request < reached.requests; request += STRIDE) {
        const { isMet, isDone, wrong } = await strikeJudging(world, reached, fault, request);
        expect({ isMet, isDone, wrong }).toEqual({ isMet: true, isDone: true, wrong: [] });
      }
    },
  );

  it.each(JUDGE_FAULTS.filter(({ fault }) => fault.times !== undefined))(
    '($name) fails, says why, and leaves none',
    async ({ fault }) => {
      for (const request of [2, 9]) {
        const { isDone, wrong } = await strikeJudging(world, reached, fault, request);
        expect({ isDone, wrong }).toEqual({ isDone: false, wrong: [] });
      }
    },
  );

  it('fails where GitHub goes away, and leaves the same judgement once it is back', async () => {
    world.github.faults.next({ answer: 'hang', skip: Math.floor(reached.requests / 2) });
    const judging = world.judge();
    while (world.github.faults.pending > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await world.github.kill();
    const { exitCode, reason, judgement } = await judging;
    expect(exitCode).toBe(1);
    expect(reason).toMatch(/^(github-failed|store_failed)$/);
    expect(judgement).toBeUndefined();
    await world.github.restart();
    const again = await reach(world);
    expect(again.judgement.outcome.kind).toBe('models');
  });
});
