import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openArchive, readEntry } from '../../src/adapters/artifact/archiveBytes.ts';
import { archiveEntries, CANDIDATE_LIMITS } from '../../src/adapters/artifact/archiveEntries.ts';
import { parseRecordedAnswer } from '../../src/pullRequest/answerDocument.ts';
import { overrideTitle } from '../../src/pullRequest/judgingTitle.ts';
import { parseOverrideResult, type OverrideResult } from '../../src/pullRequest/overrideOutcome.ts';
import { standingOf } from '../../src/pullRequest/standing.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import type { Account } from '../github/state/account.ts';
import type { WorkflowRun } from '../github/state/actions.ts';
import type { PullRequest } from '../github/state/pulls.ts';
import { BAD, configuration, GOOD, quickTeam, TRAIN, weighing } from './quickTeam.ts';
import { workflow } from './shippedWorkflows.ts';
import type { Team } from './team.ts';

const OVERRIDE = '.github/workflows/touchstone-override.yml';
const WORD = '/override accuracy@overall reason="the fix ships on Monday"';

let team: Team;
let bob: Account;
beforeAll(async () => {
  team = await quickTeam();
  bob = team.github.createUser('bob');
  team.repository.allow(bob, 'maintain');
});
afterAll(() => team.close());

/** A pull request that was judged, and rejected for its accuracy. */
async function rejectedPull(branch: string): Promise<PullRequest> {
  const pull = await team.propose(branch, { ...BAD, 'train.mjs': `${TRAIN}// ${branch}\n` });
  await team.settle();
  expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'failure' });
  return pull;
}

async function say(pull: PullRequest, body = WORD, by = bob): Promise<number> {
  const { id } = await team.ask<{ id: number }>(by, 'POST', `/issues/${pull.number}/comments`, { body });
  return id;
}

const trainedOf = (sha: string): number =>
  team.runs('touchstone-pr').findLast(({ origin }) => origin.headSha === sha)?.id ?? 0;

/** Starts the workflow as somebody with write access may; what became of it, and what it then says of the head. */
async function dispatch(
  comment: number,
  run: number,
  ref = 'main',
): Promise<{ readonly run: WorkflowRun; readonly result?: OverrideResult; readonly title?: string }> {
  await start(comment, run, ref);
  await team.settle();
  const newest = team.runs('touchstone-override').at(-1);
  if (newest === undefined) throw new Error('nothing ran');
  return { run: newest, ...(await leftBy(newest)) };
}

async function start(comment: number, run: number, ref = 'main'): Promise<void> {
  const inputs = { comment: String(comment), run: String(run) };
  await team.ask(team.author, 'POST', '/actions/workflows/touchstone-override.yml/dispatches', { ref, inputs });
}

async function leftBy(run: WorkflowRun): Promise<{ readonly result?: OverrideResult; readonly title?: string }> {
  const [artifact] = team.repository.actions.artifactsOf(run);
  if (artifact === undefined) return {};
  expect(artifact.name).toBe('touchstone-answer-1');
  const zip = path.join(await temporaryFolder(), 'left.zip');
  await writeFile(zip, artifact.zip);
  const archive = await openArchive(zip, 'artifact');
  const entries = await archiveEntries(archive, 'artifact', CANDIDATE_LIMITS);
  const [told, answered] = [entries.get('override.json'), entries.get('answer.json')];
  const result = told && parseOverrideResult(await readEntry(archive, told));
  const answer = answered && parseRecordedAnswer(await readEntry(archive, answered));
  archive.close();
  return {
    ...(result?.kind === 'parsed' && { result: result.value }),
    ...(answer?.kind === 'parsed' && { title: standingOf(answer.value.answer).title }),
  };
}

const wordsOf = async (model = 'churn'): Promise<number> =>
  (await team.touchstone(`registry log ${model}`)).split('\n').filter((line) => / override /.test(line)).length;

async function judgeAgain(run: number): Promise<void> {
  const inputs = { run: String(run) };
  await team.ask(team.author, 'POST', '/actions/workflows/touchstone-judge.yml/dispatches', { ref: 'main', inputs });
  await team.settle();
}

const refusal = (code: string, sentence: RegExp): object => ({
  outcome: 'refused',
  code,
  sentence: expect.stringMatching(sentence) as string,
});

describe('a rejected pull request', () => {
  it('passes once all that blocks is overridden, stays so when it is judged again, and not after a push', async () => {
    const pull = await rejectedPull('late');
    const run = trainedOf(pull.headSha);
    const first = await dispatch(await say(pull), run);
    expect(first.run.displayTitle).toBe(overrideTitle({ run, comment: first.result?.comment ?? 0 }));
    expect(first).toMatchObject({
      result: {
        outcome: 'done',
        sentence: expect.stringMatching(/^accuracy@overall of churn on .* overridden by @bob: the fix ships/) as string,
      },
      title: 'churn rejected: accuracy 0.600 (≥ 0.9), overridden by bob',
    });
    const again = await dispatch(await say(pull, '/override churn:accuracy@overall reason="me too"'), run);
    expect(again).toMatchObject({ result: { outcome: 'already_done' }, title: first.title });
    // Nobody has told the pull request: that is the App's, or the next judging run's.
    expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'failure' });
    await judgeAgain(run);
    expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'success', title: first.title });
    expect(await team.touchstone('registry verify')).toContain('every digest and chain holds');

    await team.push(pull, { 'README.md': '# Pushed\n', 'train.mjs': `${TRAIN}// later\n` });
    await team.settle();
    expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'failure' });
  });

  it('stays rejected for the comment of somebody without the right, edited, or on another pull request', async () => {
    const [pull, other] = [await rejectedPull('lax'), await rejectedPull('other')];
    const run = trainedOf(pull.headSha);
    const before = await wordsOf();
    const carol = team.github.createUser('carol');
    team.repository.allow(carol, 'write');
    const byCarol = await say(pull, WORD, carol);
    expect((await dispatch(byCarol, run)).result).toMatchObject(refusal('permission_denied', /^@carol/));

    const edited = await say(pull, 'Looks fine', bob);
    await team.ask(team.author, 'PATCH', `/issues/comments/${edited}`, { body: WORD });
    expect((await dispatch(edited, run)).result).toMatchObject(refusal('bad_argument', /was edited/));

    const elsewhere = await dispatch(await say(other), run);
    expect(elsewhere.result?.outcome).toBe('refused');
    expect(elsewhere.run.conclusion).toBe('success');
    expect(elsewhere).not.toHaveProperty('title');

    const lost = await say(pull);
    team.repository.allow(bob, 'write');
    try {
      expect((await dispatch(lost, run)).result).toMatchObject(refusal('permission_denied', /"write"/));
    } finally {
      team.repository.allow(bob, 'maintain');
    }
    const own = await say(pull, '/override nothing@overall reason="x"');
    expect((await dispatch(own, run)).result).toMatchObject(refusal('bad_argument', /What does: "accuracy@overall"/));
    expect(await wordsOf()).toBe(before);
  });

  it('gets one event of one comment, however often and at once it is started for it', async () => {
    const pull = await rejectedPull('twice');
    const run = trainedOf(pull.headSha);
    const before = await wordsOf();
    const comment = await say(pull);
    await Promise.all([start(comment, run), start(comment, run), start(comment, run)]);
    await team.settle();
    const runs = team.runs('touchstone-override').slice(-3);
    const outcomes = await Promise.all(runs.map(async (each) => (await leftBy(each)).result?.outcome));
    expect(outcomes.toSorted()).toEqual(['already_done', 'already_done', 'done']);
    expect(await wordsOf()).toBe(before + 1);
  });

  it('that moved on, or was closed, is not let pass by what was said before', async () => {
    const pull = await rejectedPull('moving');
    const [old, said] = [trainedOf(pull.headSha), await say(pull)];
    const before = await wordsOf();
    await team.push(pull, { 'model.bin': weighing(0.25) });
    await team.settle();
    expect((await dispatch(said, old)).result).toMatchObject(refusal('ref_changed', /The head of #/));
    // The run of the new head, with the word on the old one.
    expect((await dispatch(said, trainedOf(pull.headSha))).result).toMatchObject(
      refusal('ref_changed', /after this comment/),
    );
    const anew = await say(pull);
    await team.ask(team.author, 'PATCH', `/pulls/${pull.number}`, { state: 'closed' });
    expect((await dispatch(anew, trainedOf(pull.headSha))).result).toMatchObject(refusal('order_not_met', /is closed/));
    expect(await wordsOf()).toBe(before);
  });

  it('that takes a model away passes by a word on the model', async () => {
    const pull = await team.propose('gone', {
      'touchstone.yml': configuration()['touchstone.yml'].replace('churn:', 'spam:'),
    });
    await team.settle();
    expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'action_required' });
    const run = trainedOf(pull.headSha);
    const taken = await dispatch(await say(pull, '/override model:churn reason="nobody asks it"'), run);
    expect(taken).toMatchObject({ result: { outcome: 'done' } });
    await judgeAgain(run);
    expect(await team.check(pull.headSha)).toMatchObject({ conclusion: 'success' });
    expect(await team.touchstone('registry log churn')).toMatch(/override +churn +removed on [0-9a-f]{8} +by bob/);
  });
});

describe('the workflow', () => {
  it('takes nothing on a branch, nor where the branch edits its guard', async () => {
    const pull = await rejectedPull('guarded');
    const [run, comment] = [trainedOf(pull.headSha), await say(pull)];
    const before = await wordsOf();
    await team.repository.commit('mine', configuration(), { message: 'Mine' });
    expect((await dispatch(comment, run, 'mine')).run.conclusion).toBe('skipped');
    const unguarded = (await workflow('touchstone-override')).replace(/^ {4}if: github.ref.*\n/m, '');
    await team.repository.commit('mine', { [OVERRIDE]: unguarded });
    const refused = await dispatch(comment, run, 'mine');
    expect(refused.run.conclusion).toBe('failure');
    expect(await wordsOf()).toBe(before);
  });

  it('fails for a run that trained nothing, and for numbers that are none', async () => {
    const pull = await team.propose('good', { ...GOOD, 'train.mjs': `${TRAIN}// good\n` });
    await team.settle();
    const comment = await say(pull);
    const judging = team.runs('touchstone-judge').at(-1)?.id ?? 0;
    expect((await dispatch(comment, judging)).run.conclusion).toBe('failure');
    const inputs = { comment: '1\n::error::forged $(touch pwned)', run: '1' };
    await team.ask(team.author, 'POST', '/actions/workflows/touchstone-override.yml/dispatches', {
      ref: 'main',
      inputs,
    });
    await team.settle();
    expect(team.runs('touchstone-override').at(-1)?.conclusion).toBe('failure');
    expect(await team.machineFiles('pwned')).toEqual([]);
    // What passes has nothing to override.
    expect((await dispatch(comment, trainedOf(pull.headSha))).result).toMatchObject(
      refusal('bad_argument', /Nothing does that could be overridden/),
    );
  });
});
