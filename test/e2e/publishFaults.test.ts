import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCEPTED, departures, FAULTS, REJECTED, strike, TURNED, type Expected } from '../campaigns/publishFaults.ts';
import { killPublishing } from '../campaigns/publishKills.ts';
import { Publishing } from '../campaigns/publishing.ts';

let world: Publishing;
beforeAll(async () => {
  world = await Publishing.begin();
});
afterAll(() => world.close());

/** Of the requests every fourth is struck, by each fault others; all of them: test/campaigns/publishErrors.ts. */
const STRIDE = 4;

describe('a publishing job of which a request goes wrong', () => {
  const passing = FAULTS.filter(({ fault }) => fault.times === undefined);
  it.each(passing.map((fault, index) => ({ ...fault, first: index % STRIDE })))(
    '($name) says what is so, and once, after it is run again at the latest',
    async ({ fault, first }) => {
      let struck = 0;
      for (let request = first; ; request += STRIDE) {
        const { isMet, wrong } = await strike(world, TURNED, fault, request);
        expect(wrong).toEqual([]);
        if (!isMet) break;
        struck += 1;
      }
      // Rather few requests, and never none: or the loop has tested nothing.
      expect(struck).toBeGreaterThan(1);
      expect(struck).toBeLessThan(6);
    },
  );

  it.each(FAULTS.filter(({ fault }) => fault.times !== undefined))(
    '($name) fails, and says which request it was',
    async ({ fault }) => {
      await world.reset();
      world.github.faults.next({ ...fault, when: 'before', operation: 'POST /repos/{owner}/{repo}/check-runs' });
      const { exitCode, log, reason } = await world.publish(ACCEPTED.section);
      expect(exitCode).toBe(1);
      expect(['github-failed', 'permission_denied']).toContain(reason);
      expect(log).toMatch(/POST \/(api\/v3\/)?repos\/octocat\/churn\/check-runs/);
      world.github.faults.clear();
      expect((await world.publish(ACCEPTED.section, { attempt: 2 })).exitCode).toBe(0);
      expect(await departures(world, ACCEPTED)).toEqual([]);
    },
  );
});

it('a publishing job that is killed a dozen times leaves nothing that is not so, and is done once', async () => {
  const seed = Date.now() % 1_000_000;
  const { wrong, inWindow } = await killPublishing(world, { kills: 12, seed });
  expect(wrong, `seed ${seed}`).toEqual([]);
  expect(inWindow, `seed ${seed}`).toBeGreaterThan(0);
});

describe('two publishing jobs at once', () => {
  const shownAfter = async (expected: Expected): Promise<void> => {
    expect(world.shownCheck()).toEqual([expected.conclusion, expected.title]);
    expect(world.sticky).toHaveLength(1);
    expect(world.sticky[0]?.body).toContain(`"conclusion":"${expected.conclusion}"`);
    expect(await world.onRecord()).toEqual({ verdicts: 1, looks: 1 });
  };

  it('of one head, a delivery that came twice, come to one answer', async () => {
    for (const expected of [ACCEPTED, REJECTED]) {
      await world.reset();
      const ended = await Promise.all([201, 202].map((run) => world.publish(expected.section, { run })));
      expect(ended.map(({ exitCode, log }) => (exitCode === 0 ? '' : log))).toEqual(['', '']);
      await shownAfter(expected);
      expect(world.comments.filter(({ minimized }) => minimized === undefined)).toHaveLength(1);
    }
  });
});

it('GitHub, gone in the middle and back again, is waited for, or the job fails and does it when run again', async () => {
  for (const skip of [0, 3, 5]) {
    await world.reset();
    world.github.faults.next({ answer: 'hang', when: 'before', skip });
    const publishing = world.publish(ACCEPTED.section);
    while (world.github.faults.pending > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await world.github.kill();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await world.github.restart();
    const { exitCode, reason, log } = await publishing;
    if (exitCode !== 0) expect(reason, log).toBe('github-failed');
    expect((await world.publish(ACCEPTED.section, { attempt: 2 })).exitCode).toBe(0);
    expect(await departures(world, ACCEPTED)).toEqual([]);
  }
});
