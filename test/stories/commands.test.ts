import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseReplyMarker } from '../../src/conversation/reply.ts';
import { parseMarker } from '../../src/pullRequest/commentMarker.ts';
import type { PullRequest } from '../github/state/pulls.ts';
import { BAD, GOOD, quickTeam, TRAIN } from './quickTeam.ts';
import type { Team } from './team.ts';

describe('a command', () => {
  let team: Team;
  beforeAll(async () => {
    team = await quickTeam({}, { answeredBy: 'app' });
  });
  afterAll(() => team.close());

  /** The one reply to a command. */
  const replyTo = async (pull: PullRequest, body: string, by = team.owner): Promise<string> => {
    const command = await team.comment(pull, body, by);
    await team.settle();
    const [reply, ...others] = team.comments(pull).filter((each) => parseReplyMarker(each.body)?.to === command);
    expect(others).toEqual([]);
    expect(reply?.author).toBe(team.bot);
    return reply?.body ?? '';
  };

  /** What the one comment says. */
  const answer = (pull: PullRequest): string => {
    const shown = team.comments(pull).filter(({ body, minimised }) => !minimised && parseMarker(body) !== undefined);
    expect(shown).toHaveLength(1);
    return shown[0]?.body ?? '';
  };

  it('/ok-to-train of a maintainer starts the run of the commit that was read, and no other', async () => {
    const stranger = team.github.createUser('mallory');
    const fork = await team.github.createRepository('digits', { owner: stranger, forkOf: team.repository });
    const first = await team.propose('from-afar', GOOD, { by: stranger, from: fork });
    const second = await team.propose('another', BAD, { by: stranger, from: fork });
    await team.settle();
    const command = /^\/ok-to-train [0-9a-f]{40}$/m.exec(answer(first))?.[0] ?? '';
    expect(command).toBe(`/ok-to-train ${first.headSha}`);

    expect(await replyTo(first, command, stranger)).toContain('permission_denied');
    await team.push(first, { 'README.md': '# Churn, and more\n' }, stranger);
    await team.settle();
    expect(await replyTo(first, command)).toContain('ref_changed');
    expect([...team.jobsFor(first), ...team.jobsFor(second)]).toEqual([]);

    expect(await replyTo(first, `/ok-to-train ${first.headSha}`)).toContain('may begin');
    expect(team.jobsFor(first)).toEqual(['validate', 'train churn']);
    expect(team.jobsFor(second)).toEqual([]);
    expect(await team.check(first.headSha)).toMatchObject({ conclusion: 'success' });
    expect(await team.check(second.headSha)).toMatchObject({ conclusion: 'action_required' });
    expect(await replyTo(first, `/ok-to-train ${first.headSha}`)).toContain('already_done');
  });

  it('/retrain trains again, and what comes of it is judged', async () => {
    const seen = path.join(team.github.folder, 'trained-once');
    const flaky = `
import { existsSync, writeFileSync } from 'node:fs';
const seen = ${JSON.stringify(seen)};
if (!existsSync(seen)) { writeFileSync(seen, ''); throw new Error('out of memory'); }
${TRAIN}`;
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
    expect(answer(pull)).toContain('churn accepted');
  });

  it('/override of a maintainer lets a finding pass, on record, until the head is another', async () => {
    const pull = await team.propose('worse', BAD);
    await team.settle();
    expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'failure' });
    const offered = /`(\/override \S+) reason="\.\.\."`/.exec(answer(pull))?.[1] ?? '';
    expect(offered).toBe('/override churn:accuracy@overall');

    const command = `${offered} reason="The old data | <b>was</b> wrong"`;
    expect(await replyTo(pull, command, team.author)).toContain('permission_denied');
    expect(await replyTo(pull, `${command} dry-run`)).toContain('It would let');
    expect(team.runs('touchstone-override')).toEqual([]);

    expect(await replyTo(pull, command)).toMatch(/may pass|overridden/);
    const check = await team.check(pull.headSha);
    expect(check).toMatchObject({ conclusion: 'success' });
    expect(check?.title).toContain('overridden');
    expect(answer(pull)).toMatch(/ada.*The old data/s);
    expect(answer(pull)).not.toContain('<b>');
    expect(await team.touchstone('registry log churn')).toMatch(/override.*The old data/s);
    await team.touchstone('registry verify');

    expect(await replyTo(pull, command)).toContain('already_done');
    expect(team.runs('touchstone-override')).toHaveLength(1);

    await team.push(pull, { 'train.mjs': `${TRAIN}// Again\n` });
    await team.settle();
    expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'failure' });
    expect(answer(pull)).not.toContain('The old data');
  });
});
