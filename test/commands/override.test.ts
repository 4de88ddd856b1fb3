import { beforeEach, describe, expect, it } from 'vitest';
import { applyOverride, planOverride, type OverrideOutcome } from '../../src/commands/override.ts';
import { readHistory } from '../../src/commands/registryLog.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { parseModelName } from '../../src/identity/names.ts';
import type { CommandComment } from '../../src/pullRequest/commandComment.ts';
import { overridables } from '../../src/pullRequest/overridables.ts';
import { standingOf } from '../../src/pullRequest/standing.ts';
import { formatDocument } from '../../src/registry/document.ts';
import { verifyRegistry } from '../../src/registry/verify.ts';
import type { MemoryStore } from '../fakes/memoryStore.ts';
import { mistakeIn } from '../fakes/mistakeOf.ts';
import { HEAD, headJudgement, judged, rejected, REPOSITORY, unsettled, verdict } from '../pullRequest/heads.ts';
import { finding, regressed } from '../report/report.ts';
import { at, COMMENT, judgingRun, OTHER_HEAD, OverrideWorld } from './overrideWorld.ts';

let world: OverrideWorld;
beforeEach(async () => {
  world = await new OverrideWorld().record();
});

const gone = { kind: 'removed', model: parseModelName('spam') } as const;
const refusal = (code: string, sentence: RegExp): object => ({
  kind: 'refused',
  code,
  sentence: expect.stringMatching(sentence) as string,
});

function titleOf(outcome: OverrideOutcome): string {
  if (outcome.kind === 'refused') throw new TypeError(outcome.sentence);
  return standingOf(outcome.answer.answer).title;
}

describe('an override', () => {
  it('is an event of the log, bound to the head, the candidate and the baseline, and lets the head pass', async () => {
    const outcome = await world.override();
    expect(outcome).toMatchObject({ kind: 'done', override: { by: 'ada', head: HEAD } });
    expect(titleOf(outcome)).toMatch(/, overridden by ada$/);
    if (outcome.kind !== 'refused') expect(standingOf(outcome.answer.answer).conclusion).toBe('success');
    const [logged] = await readHistory(world.store);
    const { comparison } = rejected().verdict;
    expect(logged?.event).toMatchObject({
      type: 'override',
      seq: 1,
      overrides: 'finding',
      finding: 'recall[8]@overall',
      head: HEAD,
      manifest: comparison.candidate,
      expect: comparison.baseline,
      actor: { kind: 'person', name: 'ada' },
      reason: 'shipping the fix on Monday',
    });
    const evidence = JSON.parse(world.store.text(`blobs/sha256/${logged?.event.evidence ?? ''}`)) as object;
    expect(evidence).toMatchObject({
      trigger: { kind: 'comment', run: { id: '303', attempt: 1 } },
      cause: `comment ${COMMENT}`,
      verdict: { kind: 'rejected', blocks: true },
      override: {
        repository: REPOSITORY,
        pullRequest: 7,
        comment: COMMENT,
        role: 'maintain',
        trained: { id: 101, attempt: 1 },
        judging: { id: 202, attempt: 1 },
      },
    });
    expect((await verifyRegistry(world.store)).problems).toEqual([]);
  });

  it('of a model that goes is bound to the head alone', async () => {
    world = new OverrideWorld(gone);
    world.say('/override model:spam reason="nobody asks it any more"');
    expect(titleOf(await world.override())).toBe('spam is removed, overridden by ada');
    const [logged] = await readHistory(world.store);
    expect(logged?.event).toMatchObject({ type: 'override', overrides: 'model', head: HEAD });
    expect(logged?.event).not.toHaveProperty('manifest');
    expect((await verifyRegistry(world.store)).problems).toEqual([]);
  });

  it('of a finding that a run alone has, such as latency, is proven by the evidence', async () => {
    const slow = regressed({ metric: 'latencyMs' });
    world = await new OverrideWorld(
      judged('digits', { verdict: verdict('rejected', true), findings: [finding(), slow] }),
    ).record();
    world.say('/override latencyMs@overall reason="another machine"');
    expect(await world.override()).toMatchObject({ kind: 'done' });
    expect((await verifyRegistry(world.store)).problems).toEqual([]);
  });

  it('leaves what else blocks in the way', async () => {
    const two = [regressed(), regressed({ slice: 'ink=light' })];
    world = await new OverrideWorld(judged('digits', { verdict: verdict('rejected', true), findings: two })).record();
    const first = await world.override();
    expect(titleOf(first)).toMatch(/^digits rejected/);
    if (first.kind !== 'refused' && first.answer.answer.kind === 'judged') {
      expect(overridables(first.answer.answer.judgement)).toMatchObject([{ of: { id: 'recall[8]@ink=light' } }]);
    }
    world.say('/override recall[8]@ink=light reason="both"', { id: COMMENT + 1 });
    const second = await world.override({ comment: COMMENT + 1 });
    // The first one counts on, though the run that judged knows of none.
    if (second.kind !== 'refused') expect(standingOf(second.answer.answer).conclusion).toBe('success');
    expect(await world.standing()).toHaveLength(2);
  });

  it('is void for another head, another candidate and another baseline', async () => {
    await world.override();
    const standing = async (change: Parameters<typeof headJudgement>[1], section = rejected()): Promise<number> => {
      world.answer = {
        kind: 'judged',
        judgement: headJudgement({ kind: 'models', sections: [section] }, change),
      };
      return (await world.standing()).length;
    };
    expect(await standing({})).toBe(1);
    expect(await standing({ head: OTHER_HEAD })).toBe(0);
    const { run } = rejected();
    const other = { label: 'digits@v9', digest: digestOfBytes('another') };
    expect(await standing({}, rejected('digits', { run: { candidate: { ...run.candidate, ...other } } }))).toBe(0);
    expect(await standing({}, rejected('digits', { run: { baseline: other } }))).toBe(0);
    expect(await standing({}, rejected('churn'))).toBe(0);
  });
});

describe('the same comment', () => {
  it('again does nothing twice', async () => {
    await world.override();
    expect(await world.override({ asking: { ...world.request().asking, id: 404 } })).toMatchObject({
      kind: 'already-done',
      override: { by: 'ada' },
    });
    expect(world.events()).toBe(1);
  });

  it('twice at the same time becomes one event', async () => {
    const outcomes = await Promise.all([world.override(), world.override()]);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['already-done', 'done']);
    expect(world.events()).toBe(1);
    expect((await verifyRegistry(world.store)).problems).toEqual([]);
  });

  it('after a run was ended at any write finds what it had done, or does it', async () => {
    const complete = new OverrideWorld();
    await complete.record();
    const before = complete.store.objects.size;
    await complete.override();
    const writes = complete.store.objects.size - before;
    for (let left = 0; left < writes; left += 1) {
      const each = await new OverrideWorld().record();
      const create = each.store.create.bind(each.store);
      let written = 0;
      each.store.create = (key, bytes) => {
        written += 1;
        return written > left ? Promise.reject(new Error('killed')) : create(key, bytes);
      };
      await each.override().catch(() => undefined);
      each.store.create = create;
      expect((await each.override()).kind).toMatch(/done$/);
      expect(each.events()).toBe(1);
      expect((await verifyRegistry(each.store)).problems).toEqual([]);
    }
  });

  it('stays done where its author lost the role since', async () => {
    await world.override();
    world.people.delete('ada');
    expect(await world.override()).toMatchObject({ kind: 'already-done' });
  });

  it('does not hold for what was judged on another baseline since, nor is it taken for that', async () => {
    await world.override();
    const other = { label: 'digits@v9', digest: digestOfBytes('another') };
    world.answer = new OverrideWorld(rejected('digits', { run: { baseline: other } })).answer;
    await world.record();
    world.judging = [judgingRun(404, { startedAt: at(30) })];
    expect(await world.override()).toEqual(refusal('order_not_met', /was judged on is another since/));
    expect(world.events()).toBe(1);
  });
});

it('another comment on what is overridden already writes nothing', async () => {
  await world.override();
  world.people.set('eve', 'admin');
  world.say('/override recall[8]@overall reason="me too"', {
    id: COMMENT + 1,
    author: { login: 'eve', isPerson: true },
  });
  expect(await world.override({ comment: COMMENT + 1 })).toMatchObject({
    kind: 'already-done',
    override: { by: 'ada' },
  });
  expect(world.events()).toBe(1);
});

describe('refused, with nothing written,', () => {
  const refused = async (code: string, sentence: RegExp): Promise<void> => {
    const before = new Map(world.store.objects);
    expect(await world.override()).toEqual(refusal(code, sentence));
    expect(world.store.objects).toEqual(before);
  };

  it.each(['write', 'triage', undefined] as const)('is whoever has the role %s', async (role) => {
    world.people.set('ada', role);
    await refused('permission_denied', /^@ada has .*here\. Needed: whoever has the role "maintain" or more/);
  });

  it('is whoever loses the right between the comment and the effect', async () => {
    const ports = world.ports();
    expect(await planOverride(world.request(), ports)).toMatchObject({ kind: 'override' });
    world.people.set('ada', 'write');
    await refused('permission_denied', /the role "write"/);
  });

  it('is nobody whom the configuration names', async () => {
    world.people.set('ada', 'write');
    world.rights = { ...world.rights, override: { people: ['Ada'] } };
    expect(await world.override()).toMatchObject({ kind: 'done' });
  });

  it('is the author of the pull request, but no administrator', async () => {
    world.pulls = [{ number: 7, state: 'open', head: HEAD, headRepository: REPOSITORY, author: 'Ada' }];
    await refused('self_approval', /^#7 is by @ada/);
    world.people.set('ada', 'admin');
    expect(await world.override()).toMatchObject({ kind: 'done' });
  });

  it('is the author of another pull request of the same head', async () => {
    world.pulls = [...world.pulls, { number: 8, state: 'open', head: HEAD, headRepository: REPOSITORY, author: 'ada' }];
    await refused('self_approval', /^#8 is by @ada/);
  });

  it('is a comment that was edited: others can do that', async () => {
    world.say(world.comment?.body ?? '', { edited: true });
    await refused('bad_argument', /was edited/);
  });

  it.each([{ login: 'dependabot[bot]', isPerson: false }, undefined])('is the word of %o', async (author) => {
    world.comment = withoutField(world.comment, 'author');
    if (author !== undefined) world.comment = { ...world.comment, author };
    await refused('permission_denied', /word of a person/);
  });

  it('is a comment that is gone, or below an issue', async () => {
    world.comment = withoutField(world.comment, 'pull');
    await refused('bad_argument', /no such comment/);
    world.comment = undefined;
    await refused('bad_argument', /no such comment/);
  });

  it.each([
    ['Fine with me', /no \/override/],
    ['Yes\n/override recall[8]@overall reason="x"', /no \/override/],
    ['> /override recall[8]@overall reason="x"', /no \/override/],
    ['/retrain', /no \/override/],
    ['/override recall[8]@overall', /no reason is given/],
    ['/override recall[8]@overall reason="x" dry-run', /dry run/],
  ])('is a comment that says %j', async (body, sentence) => {
    world.say(body);
    await refused('bad_argument', sentence);
  });

  it('is a comment on another pull request', async () => {
    world.pull = { ...world.pull, number: 9, headBranch: 'other' };
    world.say('/override recall[8]@overall reason="x"');
    await refused('bad_argument', /not of pull request #9/);
  });

  it('is a closed pull request', async () => {
    world.pull = { ...world.pull, open: false };
    world.say('/override recall[8]@overall reason="x"');
    await refused('order_not_met', /#7 is closed/);
  });

  it('is a head that is another now', async () => {
    world.pull = { ...world.pull, head: OTHER_HEAD };
    world.say('/override recall[8]@overall reason="x"');
    await refused('ref_changed', /The head of #7 is bbbbbbbb, and aaaaaaaa was trained/);
  });

  it('is a comment from before the push', async () => {
    world.say('/override recall[8]@overall reason="x"', { createdAt: '2026-05-03T08:59:59Z' });
    await refused('ref_changed', /after this comment/);
  });

  it('is a comment on another head between two forced pushes that brought this one back', async () => {
    const forcePushes = [
      { at: at(15), to: OTHER_HEAD },
      { at: at(21), to: HEAD },
    ];
    world.pull = { ...world.pull, forcePushes };
    world.say('/override recall[8]@overall reason="x"');
    await refused('ref_changed', /after this comment/);
    world.pull = { ...world.pull, forcePushes: forcePushes.slice(0, 1) };
    world.say('/override recall[8]@overall reason="x"');
    await refused('ref_changed', /after this comment/);
    world.pull = { ...world.pull, forcePushes: [{ at: at(15), to: HEAD }] };
    world.say('/override recall[8]@overall reason="x"');
    expect(await world.override()).toMatchObject({ kind: 'done' });
  });

  it('is a head that changes while it is asked about', async () => {
    world.pulls = [];
    await refused('ref_changed', /changed just now/);
  });

  it('is a head that was judged again after the comment', async () => {
    world.judging = [judgingRun(203, { startedAt: at(20) }), judgingRun(202)];
    await refused('order_not_met', /judged again after this comment/);
  });

  it('is a head without a verdict, or one that could not be judged', async () => {
    world.answer = { kind: 'unjudged', because: { kind: 'judging-failed' } };
    await refused('order_not_met', /could not be judged/);
    world.judging = [];
    await refused('order_not_met', /no verdict on this head yet/);
  });

  it('is an answer of another run or head, and one that cannot be read', async () => {
    const recorded = { repository: REPOSITORY, head: OTHER_HEAD, trained: { id: 102, attempt: 1 } };
    const read = (answer: object) => ({ answers: { read: () => Promise.resolve(answer as never) } });
    expect(await world.override({}, read({ kind: 'read', answer: { ...recorded, answer: world.answer } }))).toEqual(
      refusal('order_not_met', /head: b{40}, expected a{40}; run: 102, expected 101/),
    );
    expect(await world.override({}, read({ kind: 'unreadable', problems: ['it expired'] }))).toEqual(
      refusal('order_not_met', /it expired/),
    );
  });

  it('is a verdict that is not on record', async () => {
    world = new OverrideWorld();
    await refused('order_not_met', /not on record/);
  });

  it('is what does not stand in the way: it is told what does, and what was meant', async () => {
    world.say('/override recal[8]@overall reason="x"');
    await refused(
      'bad_argument',
      /^"recal\[8\]@overall" does not stand in the way\. Perhaps "recall\[8\]@overall" is meant\. What does: "recall\[8\]@overall"\.$/,
    );
    world.say('/override model:digits reason="x"');
    await refused('bad_argument', /^"model:digits" does not stand in the way/);
    world.answer = { kind: 'judged', judgement: headJudgement({ kind: 'untouched' }) };
    await refused('bad_argument', /Nothing does that could be overridden/);
  });

  it('is what several models have, unless one is named', async () => {
    world = await new OverrideWorld(rejected('digits'), rejected('churn'), unsettled('fraud'), gone).record();
    await refused(
      'bad_argument',
      /^2 models have "recall\[8\]@overall"\. Name one: "digits:recall\[8\]@overall", "churn:recall\[8\]@overall"\.$/,
    );
    world.say('/override churn:recall[8]@overall reason="x"');
    expect(await world.override()).toMatchObject({ kind: 'done', override: { model: 'churn' } });
  });

  it('names ten things at most', async () => {
    const findings = Array.from({ length: 12 }, (_, index) => regressed({ slice: `s=${index}` }));
    world = await new OverrideWorld(judged('digits', { verdict: verdict('rejected', true), findings })).record();
    world.say('/override nothing@like reason="x"');
    await refused('bad_argument', /"recall\[8\]@s=9" and 2 more\.$/);
  });

  it('tells whoever may not that first', async () => {
    world.people.delete('ada');
    world.say('/override nothing@like reason="x"');
    await refused('permission_denied', /no role/);
  });
});

describe('a run', () => {
  it('that asks from another branch, or for what is no run of a pull request, fails', async () => {
    const { asking } = world.request();
    const lax = world.override({ asking: { ...asking, ref: 'refs/heads/mine' } });
    expect((await mistakeIn(lax)).code).toBe('run-refused');
    const { runs } = world.ports();
    const other = {
      read: async (id: number) => ({ ...(await runs.read(id)), path: '.github/workflows/other.yml' }),
    };
    expect((await mistakeIn(world.override({}, { runs: other }))).code).toBe('run-refused');
  });

  it('looks past the runs that left nothing', async () => {
    world.judging = [judgingRun(203), judgingRun(202)];
    const { answers } = world.ports();
    const read = (judging: { readonly id: number; readonly attempt: number }) =>
      judging.id === 203 ? Promise.resolve({ kind: 'none' } as const) : answers.read(judging);
    expect(await world.override({}, { answers: { read } })).toMatchObject({ kind: 'done' });
  });

  it('opens the registry only where a word could be taken', async () => {
    const store = () => Promise.reject(new Error('opened'));
    world.pull = { ...world.pull, open: false };
    world.say('/override recall[8]@overall reason="x"');
    await expect(world.override({}, { store })).resolves.toMatchObject({ kind: 'refused' });
  });

  it('whose plan somebody else overtook writes no second word', async () => {
    const ports = world.ports();
    const request = world.request({ comment: COMMENT + 1 });
    world.say(world.comment?.body ?? '', { id: COMMENT + 1 });
    const plan = await planOverride(request, ports);
    if (plan.kind !== 'override') throw new TypeError(plan.kind);
    world.say(world.comment?.body ?? '', { id: COMMENT });
    await world.override();
    expect(await applyOverride(request, plan, ports)).toMatchObject({ kind: 'already-done' });
    expect(world.events()).toBe(1);
  });
});

it('a registry in which an override was forged says so', async () => {
  await world.override();
  const [key = ''] = [...world.store.objects.keys()].filter((each) => each.startsWith('models/'));
  const forge = async (edit: (event: Record<string, unknown>) => object): Promise<readonly string[]> => {
    const store: MemoryStore = world.store.copy();
    const event = JSON.parse(store.text(key)) as Record<string, unknown>;
    store.objects.set(key, formatDocument(edit(event)));
    return (await verifyRegistry(store)).problems.map(({ found }) => found);
  };
  expect(await forge((event) => event)).toEqual([]);
  expect(await forge((event) => ({ ...event, finding: 'accuracy@overall' }))).toEqual([
    'accuracy@overall blocks nothing in the verdict that its evidence names',
  ]);
  const compares = [expect.stringMatching(/compares something else$/)];
  expect(await forge((event) => ({ ...event, manifest: digestOfBytes('another') }))).toEqual(compares);
  expect(await forge((event) => ({ ...event, expect: undefined }))).toEqual(compares);
  const without = async (field: 'override' | 'verdict'): Promise<readonly string[]> => {
    const evidence = JSON.parse(world.store.text(`blobs/sha256/${evidenceOf(key)}`)) as object;
    const bytes = formatDocument({ ...evidence, [field]: undefined });
    world.store.objects.set(`blobs/sha256/${digestOfBytes(bytes)}`, bytes);
    return forge((event) => ({ ...event, evidence: digestOfBytes(bytes) }));
  };
  const evidenceOf = (event: string): string => (JSON.parse(world.store.text(event)) as { evidence: string }).evidence;
  expect(await without('override')).toEqual(['its evidence names no comment']);
  expect(await without('verdict')).toEqual(['its evidence names no verdict']);
  expect(await forge((event) => ({ ...event, reason: ' ' }))).toEqual(['it gives no reason']);
  expect(await forge((event) => ({ ...event, actor: { kind: 'automation', name: 'ci' } }))).toEqual([
    'it is not the word of a person',
  ]);
});

function withoutField(comment: CommandComment | undefined, field: 'author' | 'pull'): CommandComment {
  if (comment === undefined) throw new TypeError('There is no comment.');
  const { id, body, createdAt, edited, author, pull } = comment;
  const rest = { id, body, createdAt, edited };
  if (field === 'author') return { ...rest, ...(pull && { pull }) };
  return { ...rest, ...(author && { author }) };
}
