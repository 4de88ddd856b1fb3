import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Publishing } from '../campaigns/publishing.ts';
import { rejected } from '../pullRequest/heads.ts';

let world: Publishing;

beforeAll(async () => {
  world = await Publishing.begin();
});

afterAll(() => world.close());

beforeEach(() => world.reset());

describe('the job that publishes', () => {
  it('answers by itself, and leaves what it said', async () => {
    const { exitCode, answer } = await world.publish(rejected());
    expect(exitCode).toBe(0);
    expect(answer).toMatchObject({ kind: 'parsed', value: { head: world.head, answer: { kind: 'judged' } } });
    expect(world.shownCheck()).toEqual(['failure', expect.stringContaining('rejected')]);
    expect(world.sticky).toHaveLength(1);
  });

  it('records alone where the App answers', async () => {
    const { exitCode, answer, log, reason } = await world.publish(rejected(), { answeredBy: 'app' });
    expect({ exitCode, reason }).toEqual({ exitCode: 0, reason: 'rejected' });
    expect(answer).toMatchObject({ kind: 'parsed', value: { head: world.head, answer: { kind: 'judged' } } });
    expect(log).toContain('left to the App');
    expect(await world.onRecord()).toMatchObject({ verdicts: 1 });
    expect(world.countChecks()).toBe(0);
    expect(world.comments).toEqual([]);
  });

  it.each(['job', 'app'] as const)('leaves why nothing is known before it fails, where the %s answers', async (who) => {
    const { exitCode, answer, reason } = await world.publish(rejected(), { judged: 'failure', answeredBy: who });
    expect({ exitCode, reason }).toEqual({ exitCode: 1, reason: 'judging-failed' });
    expect(answer).toMatchObject({ kind: 'parsed', value: { answer: { because: { kind: 'judging-failed' } } } });
    expect(world.countChecks()).toBe(who === 'job' ? 1 : 0);
  });

  it('asks nothing and leaves nothing for a merge group that the App answers', async () => {
    const group = await world.publish(rejected(), { answeredBy: 'app', event: 'merge_group' });
    expect(group).toMatchObject({ exitCode: 0, reason: 'left-to-app' });
    expect(group).not.toHaveProperty('answer');
    expect(world.github.requests).toEqual([]);
    expect(world.countChecks()).toBe(0);
  });
});
