import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BAD, GOOD, quickTeam } from './quickTeam.ts';
import type { Team } from './team.ts';

describe('a command', () => {
  let team: Team;
  beforeAll(async () => {
    team = await quickTeam({}, { answeredBy: 'app' });
  });
  afterAll(() => team.close());

  /** The one reply to a command. */
  const replyTo = async (pull: Parameters<Team['comment']>[0], body: string, by = team.owner): Promise<string> => {
    const before = team.comments(pull).length;
    await team.comment(pull, body, by);
    await team.settle();
    const [, reply, ...others] = team.comments(pull).slice(before);
    expect(others).toEqual([]);
    expect(reply?.author).toBe('touchstone[bot]');
    return reply?.body ?? '';
  };

  it('/ok-to-train of a maintainer starts the run of the commit that was read, and no other', async () => {
    const stranger = team.github.createUser('mallory');
    const fork = await team.github.createRepository('digits', { owner: stranger, forkOf: team.repository });
    const first = await team.propose('from-afar', GOOD, { by: stranger, from: fork });
    const second = await team.propose('another', BAD, { by: stranger, from: fork });
    await team.settle();
    const command = /^\/ok-to-train [0-9a-f]{40}$/m.exec(team.comments(first).at(-1)?.body ?? '')?.[0];
    expect(command).toBe(`/ok-to-train ${first.headSha}`);

    expect(await replyTo(first, command ?? '', stranger)).toContain('permission_denied');
    const read = first.headSha;
    await team.push(first, { 'README.md': '# Churn, and more\n' }, stranger);
    await team.settle();
    expect(await replyTo(first, `/ok-to-train ${read}`)).toContain('ref_changed');
    expect([...team.jobsFor(first), ...team.jobsFor(second)]).toEqual([]);

    expect(await replyTo(first, `/ok-to-train ${first.headSha}`)).toContain('may begin');
    expect(team.jobsFor(first)).toEqual(['validate', 'train churn']);
    expect(team.jobsFor(second)).toEqual([]);
    expect(await team.check(first.headSha)).toMatchObject({ conclusion: 'success' });
    expect(await team.check(second.headSha)).toMatchObject({ conclusion: 'action_required' });
    expect(await replyTo(first, `/ok-to-train ${first.headSha}`)).toContain('already_done');
  });

  it('/retrain trains again, and what comes of it is judged', async () => {
    // A machine that failed once.
    const flaky = `
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
const seen = process.env.HOME + '/trained-once';
if (!existsSync(seen)) { writeFileSync(seen, ''); throw new Error('out of memory'); }
copyFileSync('model.bin', process.env.TOUCHSTONE_OUTPUT_DIR + '/model.onnx');
`;
    const pull = await team.propose('flaky', { 'train.mjs': flaky });
    await team.settle();
    expect(await team.check(pull.headSha)).toMatchObject({
      title: expect.stringContaining('training failed') as string,
    });

    expect(await replyTo(pull, '/retrain churn', team.author)).toMatch(/Training again: \[attempt 2\]/);
    const [run, ...others] = team.runs('touchstone-pr').filter(({ origin }) => origin.headSha === pull.headSha);
    expect(others).toEqual([]);
    expect(run?.attempts.map(({ conclusion }) => conclusion)).toEqual(['failure', 'success']);
    expect(await team.check(pull.headSha)).toMatchObject({
      conclusion: 'success',
      title: expect.stringContaining('churn accepted') as string,
    });
    expect(team.comments(pull).at(-1)?.body).toContain('churn accepted');
  });

  it('/override of a maintainer lets a finding pass, on record, until the head is another', async () => {
    const pull = await team.propose('worse', BAD);
    await team.settle();
    expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'failure' });
    const offered = /\/override (\S+) reason=/.exec(team.comments(pull).at(-1)?.body ?? '')?.[1];
    expect(offered).toBe('accuracy@overall');

    const command = `/override accuracy@overall reason="The old data | <b>was</b> wrong"`;
    expect(await replyTo(pull, command, team.author)).toContain('permission_denied');
    expect(await replyTo(pull, `${command} dry-run`)).toContain('It would let');
    expect(await team.touchstone('registry log churn')).not.toContain('override');

    expect(await replyTo(pull, command)).toMatch(/on record|pass/);
    const check = await team.check(pull.headSha);
    expect(check).toMatchObject({ conclusion: 'success' });
    const comment = team
      .comments(pull)
      .find(({ body, minimised }) => !minimised && body.includes('touchstone:comment'));
    expect(comment?.body).toMatch(/ada/);
    expect(comment?.body).toContain('The old data');
    expect(comment?.body).not.toContain('<b>');
    const log = await team.touchstone('registry log churn');
    expect(log).toMatch(/override/);
    expect(log).toContain('The old data');
    expect(await team.touchstone('registry verify')).toMatch(/./);
    expect(team.runs('touchstone-override')).toHaveLength(1);
    expect(await replyTo(pull, command)).toContain('already_done');

    await team.push(pull, { 'train.mjs': `${await team.file('train.mjs')}// Again\n` });
    await team.settle();
    expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'failure' });
  });
});
