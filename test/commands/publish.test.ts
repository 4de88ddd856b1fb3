import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PublishRequest } from '../../src/commands/publish.ts';
import { ServiceFailure } from '../../src/failure.ts';
import { parseCommitSha, parseRepositoryName } from '../../src/identity/git.ts';
import { parseModelName } from '../../src/identity/names.ts';
import { openRegistry } from '../../src/registry/layout.ts';
import { findVerdict } from '../../src/registry/verdictRecord.ts';
import type { Answers } from '../../src/pullRequest/answers.ts';
import type { ModelSection } from '../../src/pullRequest/headJudgement.ts';
import type { RunFacts } from '../../src/pullRequest/identifyRun.ts';
import type { PullRequest } from '../github/state/pulls.ts';
import { parseMarker } from '../../src/pullRequest/commentMarker.ts';
import { serverError } from '../github/faults.ts';
import { MemoryStore } from '../fakes/memoryStore.ts';
import { mistakeIn } from '../fakes/mistakeOf.ts';
import { accepted, rejected, unsettled } from '../pullRequest/heads.ts';
import { PublishWorld, PUBLISHING } from './publishWorld.ts';

let world: PublishWorld;

beforeEach(async () => {
  world = await PublishWorld.start();
});

afterEach(async () => {
  await world.github.close();
});

const CREATE_COMMENT = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';

describe('publishing a judged head', () => {
  it('writes a check and a comment, after the verdict is on record', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    const done = await world.publish(run, world.request({ document: world.models(run, accepted()) }));
    expect(done).toMatchObject({
      shown: { kind: 'written', check: 'create', comments: [{ pull: 1, done: 'create' }] },
      recorded: 1,
    });
    expect(world.checksOf(pull.headSha)).toEqual([['success', 'digits accepted: accuracy +0.011 against digits@v1']]);
    const [comment, ...others] = world.commentsOf(pull);
    expect(others).toEqual([]);
    expect(comment?.author.login).toBe('github-actions[bot]');
    expect(comment?.body).toContain('### ✅ digits accepted');
    expect([...world.store.objects.keys()].filter((key) => key.startsWith('verdicts/'))).toHaveLength(2);
  });

  it('begins the registry where nothing was registered yet, and writes nothing where something else lies', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    const request = world.request({ document: world.models(run, accepted()) });
    await world.publish(run, request);
    await openRegistry(world.store, 'write');
    expect(await findVerdict(world.store, accepted().verdict.comparison)).toBeDefined();

    const elsewhere = new MemoryStore();
    elsewhere.objects.set('thesis.pdf', new Uint8Array(1));
    const next = world.runOf(pull, await push(pull.head.ref));
    const ports = world.ports(next, { store: () => Promise.resolve(elsewhere) });
    await world.publish(next, world.request({ document: world.models(next, accepted()) }), ports);
    expect(world.checksOf(next.head)).toEqual([['failure', 'Could not be recorded: the registry failed']]);
    expect([...elsewhere.objects.keys()]).toEqual(['thesis.pdf']);
  });

  it('asks twice and writes twice, in a conversation of a hundred comments too', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    for (let i = 0; i < 49; i += 1) await chat(pull.number);
    await world.publish(run, world.request({ document: world.models(run, accepted()) }));
    for (let i = 0; i < 50; i += 1) await chat(pull.number);
    expect(world.commentsOf(pull)).toHaveLength(100);
    expect(world.counts()).toEqual({ reads: 2, writes: 2 });

    const next = await push(pull.head.ref);
    world.github.requests.length = 0;
    const again = world.runOf(pull, next);
    await world.publish(again, world.request({ document: world.models(again, accepted()) }));
    expect(world.counts()).toEqual({ reads: 1, writes: 2 });
    expect(world.commentsOf(pull)).toHaveLength(100);
  });

  it('finds its comment before the last hundred', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    await world.publish(run, world.request({ document: world.models(run, accepted()) }));
    for (let i = 0; i < 120; i += 1) await chat(pull.number);
    const done = await world.publish(run, world.request({ document: world.models(run, accepted()) }));
    expect(done.shown).toMatchObject({ comments: [{ pull: 1, done: 'edit' }] });
  });

  it('tells of a retry nothing twice', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    const request = world.request({ document: world.models(run, rejected()) });
    await world.publish(run, request);
    world.github.requests.length = 0;
    const again = await world.publish(run, request);
    expect(again).toMatchObject({ shown: { check: 'leave' }, recorded: 0 });
    expect(world.counts().writes).toBe(0);
    expect(world.commentsOf(pull)).toHaveLength(1);
  });

  it('writes a new comment when the answer turns, and folds the old one away', async () => {
    const pull = await world.openPull('topic');
    const first = world.runOf(pull);
    await world.publish(first, world.request({ document: world.models(first, accepted()) }));
    const worse = world.runOf(pull, await push(pull.head.ref));
    await world.publish(worse, world.request({ document: world.models(worse, rejected()) }));
    const [old, current, ...others] = world.commentsOf(pull);
    expect(others).toEqual([]);
    expect(old?.minimized).toBe('OUTDATED');
    expect(parseMarker(old?.body ?? '')).toBeUndefined();
    expect(old?.body).toContain('Superseded');
    expect(current?.minimized).toBeUndefined();
    expect(parseMarker(current?.body ?? '')).toMatchObject({ head: worse.head, history: [{ head: first.head }] });
    expect(current?.body).toContain('1 earlier commit');

    const better = world.runOf(pull, await push(pull.head.ref));
    await world.publish(better, world.request({ document: world.models(better, accepted()) }));
    expect(world.commentsOf(pull).filter(({ body }) => parseMarker(body) !== undefined)).toHaveLength(1);
    expect(world.commentsOf(pull).map(({ minimized }) => minimized)).toEqual(['OUTDATED', 'OUTDATED', undefined]);
  });

  it('pays no heed to a marker that somebody else wrote', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    const request = world.request({ document: world.models(run, accepted()) });
    await world.publish(run, request);
    const forged = world.commentsOf(pull)[0]?.body.replace('accepted', 'forged') ?? '';
    world.repository.issues.comments.length = 0;
    const mallory = world.github.createUser('mallory');
    const impostor = world.github.createUser('github-actions');
    for (const account of [mallory, impostor]) {
      world.repository.issues.comment(pull.number, forged, { kind: 'user', account, token: '' });
    }
    const done = await world.publish(run, world.request({ document: world.models(run, accepted()) }));
    expect(done.shown).toMatchObject({ comments: [{ pull: 1, done: 'create' }] });
    expect(world.commentsOf(pull).map(({ author }) => author.login)).toEqual([
      'mallory',
      'github-actions',
      'github-actions[bot]',
    ]);
    expect(world.commentsOf(pull)[0]?.body).toBe(forged);
  });

  it('says nothing below a pull request that has moved on; the check stands on its own commit', async () => {
    const pull = await world.openPull('topic');
    const late = world.runOf(pull);
    const next = await push(pull.head.ref);
    const done = await world.publish(late, world.request({ document: world.models(late, rejected()) }));
    expect(done.shown).toMatchObject({ comments: [] });
    expect(world.commentsOf(pull)).toEqual([]);
    expect(world.checksOf(late.head)).toHaveLength(1);
    expect(world.checksOf(next)).toEqual([]);
  });

  it('leaves the answer of a later run where an earlier one ends last', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    const earlier = world.request({ document: world.models(run, rejected()) });
    const later = world.request({ document: world.models(run, unsettled()) });
    await world.publish(run, later);
    const done = await world.publish(run, earlier);
    expect(done.shown).toMatchObject({ check: 'leave', comments: [{ done: 'leave' }] });
    expect(world.checksOf(pull.headSha)).toMatchObject([['action_required', /inconclusive/]]);
  });

  it('answers the pull request of a fork', async () => {
    const contributor = world.github.createUser('contributor');
    const fork = await world.github.createRepository('churn', { owner: contributor, forkOf: world.repository });
    const own = await world.openPull('patch-1');
    const pull = await world.openPull('patch-1', fork);
    const run = world.runOf(pull);
    await world.publish(run, world.request({ document: world.models(run, accepted()) }));
    expect(world.commentsOf(pull)).toHaveLength(1);
    expect(world.commentsOf(own)).toEqual([]);
  });

  it('updates the check of a commit that is judged again, and adds no annotation twice', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    const ports = world.ports(run, { gateLines: () => ({ path: 'touchstone.yml', line: 12 }) });
    await world.publish(run, world.request({ document: world.models(run, rejected()) }), ports);
    await world.publish(run, world.request({ document: world.models(run, rejected()) }), ports);
    const [check, ...others] = world.repository.checks.of(pull.headSha, 'all');
    expect(others).toEqual([]);
    expect(check?.annotations).toMatchObject([{ path: 'touchstone.yml', start_line: 12, title: 'digits: regressed' }]);
  });
});

describe('a head that touches no model', () => {
  it('gets success at once and no comment', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    const done = await world.publish(run, world.request({ document: world.document(run, { kind: 'untouched' }) }));
    expect(done).toMatchObject({ standing: { conclusion: 'success' } });
    expect(world.commentsOf(pull)).toEqual([]);
  });

  it('takes back what was said of an earlier one', async () => {
    const pull = await world.openPull('topic');
    const first = world.runOf(pull);
    await world.publish(first, world.request({ document: world.models(first, rejected()) }));
    const next = world.runOf(pull, await push(pull.head.ref));
    await world.publish(next, world.request({ document: world.document(next, { kind: 'untouched' }) }));
    expect(world.commentsOf(pull).map(({ minimized }) => minimized)).toEqual(['OUTDATED', undefined]);
  });
});

describe('a head that could not be judged', () => {
  it.each([
    ['failure', 'the judging job failed'],
    ['cancelled', 'the judging job was cancelled'],
    ['skipped', 'left no judgement'],
    ['success', 'left no judgement'],
  ] as const)('fails where the judging job ended with %s and left nothing', async (how, said) => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    await world.publish(run, world.request({ judged: how }));
    expect(world.checksOf(pull.headSha)).toMatchObject([['failure', expect.stringContaining(said)]]);
    expect(world.commentsOf(pull)[0]?.body).toContain('actions/runs/201');
  });

  it('fails by a failed job, whatever document lies there', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    await world.publish(run, world.request({ judged: 'failure', document: world.models(run, accepted()) }));
    expect(world.checksOf(pull.headSha)).toMatchObject([['failure', expect.any(String)]]);
    expect(world.store.objects.size).toBe(0);
  });

  it.each([
    ['another commit', { head: parseCommitSha('b'.repeat(40)) }],
    ['another run', { id: 7 }],
    ['another repository', { repository: parseRepositoryName('octocat/spam') }],
  ] as const)('fails where the document is of %s', async (_, change) => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    const document = world.models({ ...run, ...change }, accepted());
    const done = await world.publish(run, world.request({ document }));
    expect(done).toMatchObject({
      standing: { conclusion: 'failure' },
      answered: { answer: { because: { kind: 'invalid-judgement' } } },
    });
    expect(world.checksOf(pull.headSha)).toHaveLength(1);
    expect(world.store.objects.size).toBe(0);
  });

  it('fails where the document is none', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    const document = new TextEncoder().encode(
      '{"schema": "touchstone/head-judgement/v1", "outcome": {"kind": "untouched"}}',
    );
    const done = await world.publish(run, world.request({ document }));
    expect(done).toMatchObject({ answered: { answer: { because: { kind: 'invalid-judgement' } } } });
  });

  it('fails where the registry does, and says so', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    const broken = new ServiceFailure('store-failed', { where: 's3://models', found: 'it did not answer' });
    const ports = world.ports(run, { store: () => Promise.reject(broken) });
    await world.publish(run, world.request({ document: world.models(run, accepted()) }), ports);
    expect(world.checksOf(pull.headSha)).toEqual([['failure', 'Could not be recorded: the registry failed']]);
    expect(world.commentsOf(pull)[0]?.body).toContain('it did not answer');
  });

  it('fails where another verdict on the same comparison is on record', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    await world.publish(run, world.request({ document: world.models(run, rejected()) }));
    const done = await world.publish(run, world.request({ document: world.models(run, accepted()) }));
    expect(done).toMatchObject({ answered: { answer: { because: { kind: 'contradicted', models: ['digits'] } } } });
  });
});

describe('a run that is not to be answered', () => {
  it.each([
    ['of another workflow', { path: '.github/workflows/other.yml' }],
    ['of another event', { event: 'push' }],
  ])('is refused where it is %s', async (_, change) => {
    const pull = await world.openPull('topic');
    const run = { ...world.runOf(pull), ...change };
    const mistake = await mistakeIn(world.publish(run, world.request({ document: world.models(run, accepted()) })));
    expect(mistake.code).toBe('run-refused');
    expect(world.counts().writes).toBe(0);
  });
});

describe('a comment whose answer is lost', () => {
  it('stands once where it was written', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    world.github.faults.next({ operation: CREATE_COMMENT, when: 'after', answer: serverError() });
    await world.publish(run, world.request({ document: world.models(run, accepted()) }));
    expect(world.commentsOf(pull)).toHaveLength(1);
  });

  it.each(['reset', serverError(503)] as const)('is written again where it was not (%#)', async (answer) => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    world.github.faults.next({ operation: CREATE_COMMENT, answer });
    await world.publish(run, world.request({ document: world.models(run, accepted()) }));
    expect(world.commentsOf(pull)).toHaveLength(1);
  });

  it('is a failure of GitHub where it cannot be written at all', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    world.github.faults.next({ operation: CREATE_COMMENT, answer: serverError(), times: 9 });
    const asked = world.publish(run, world.request({ document: world.models(run, accepted()) }));
    await expect(asked).rejects.toThrow(ServiceFailure);
    world.github.faults.clear();
  });

  it('leaves one where two runs write at the same time', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    const requests = [1, 2].map(() => world.request({ document: world.models(run, accepted()) }));
    const plans = requests.map((request) => ({ request, ports: world.ports(run) }));
    await Promise.all(plans.map(({ request, ports }) => world.publish(run, request, ports)));
    const current = world.commentsOf(pull).filter(({ body }) => parseMarker(body) !== undefined);
    expect(current).toHaveLength(1);
  });
});

describe('a run that waits for the registry', () => {
  /** Publishes; what is handed in happens before its verdict is on record. */
  const heldUp = async (run: RunFacts, request: PublishRequest, meanwhile: () => Promise<unknown>): Promise<void> => {
    const store = async (): Promise<MemoryStore> => {
      await meanwhile();
      return world.store;
    };
    await world.publish(run, request, world.ports(run, { store }));
  };

  it('says nothing below a pull request that was pushed to and answered meanwhile', async () => {
    const pull = await world.openPull('topic');
    const first = world.runOf(pull);
    await world.publish(first, world.request({ judged: 'failure' }));
    const held = world.request({ document: world.models(first, rejected()) });
    let next = first;
    await heldUp(first, held, async () => {
      next = world.runOf(pull, await push(pull.head.ref));
      await world.publish(next, world.request({ document: world.models(next, unsettled()) }));
    });
    const sticky = world.commentsOf(pull).flatMap(({ body }) => parseMarker(body) ?? []);
    expect(sticky).toMatchObject([{ head: next.head, conclusion: 'action_required' }]);
    expect(world.checksOf(first.head)).toMatchObject([['failure', /rejected/]]);
  });

  it('leaves what a later run of its own head has answered meanwhile', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    const held = world.request({ document: world.models(run, rejected()) });
    const later = world.request({ document: world.models(run, unsettled()) });
    await heldUp(run, held, () => world.publish(run, later));
    expect(world.checksOf(pull.headSha)).toMatchObject([['action_required', /inconclusive/]]);
    expect(world.commentsOf(pull).map(({ body }) => parseMarker(body)?.conclusion)).toEqual(['action_required']);
  });

  it('checks the commit of a pull request that was closed meanwhile, and says nothing below it', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    const request = world.request({ document: world.models(run, rejected()) });
    const by = { kind: 'user' as const, account: world.repository.owner, token: '' };
    await heldUp(run, request, () => world.repository.pulls.close(pull, by));
    expect(world.checksOf(pull.headSha)).toMatchObject([['failure', /rejected/]]);
    expect(world.commentsOf(pull)).toEqual([]);
  });

  it('answers a pull request that was retargeted meanwhile as before: its base plays no part', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    const sha = await world.repository.commit('release', { 'touchstone.yml': 'version: 1' });
    const by = { kind: 'user' as const, account: world.repository.owner, token: '' };
    const request = world.request({ document: world.models(run, rejected()) });
    await heldUp(run, request, () => world.repository.pulls.retarget(pull, { ref: 'release', sha }, by));
    expect(world.checksOf(pull.headSha)).toMatchObject([['failure', /rejected/]]);
    expect(world.commentsOf(pull)).toHaveLength(1);
  });

  it('checks a commit whose branch was deleted meanwhile', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    const request = world.request({ document: world.models(run, accepted()) });
    await heldUp(run, request, () => world.repository.run(['update-ref', '-d', `refs/heads/${pull.head.ref}`]));
    expect(world.checksOf(pull.headSha)).toMatchObject([['success', /accepted/]]);
  });
});

describe('a check whose answer is lost', () => {
  it.each(['before', 'after'] as const)('stands once (%s its effect)', async (when) => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    world.github.faults.next({ operation: 'POST /repos/{owner}/{repo}/check-runs', when, answer: serverError() });
    await world.publish(run, world.request({ document: world.models(run, accepted()) }));
    expect(world.checksOf(pull.headSha)).toEqual([['success', expect.any(String)]]);
  });
});

describe('a comment that somebody deletes meanwhile', () => {
  it('is written anew', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    await world.publish(run, world.request({ document: world.models(run, accepted()) }));
    const request = world.request({ document: world.models(run, accepted()) });
    const ports = world.ports(run);
    const { answers } = ports;
    const editComment: Answers['editComment'] = (...given) => {
      world.repository.issues.comments.length = 0;
      return answers.editComment(...given);
    };
    const done = await world.publish(run, request, { ...ports, answers: { ...answers, editComment } });
    expect(done.shown).toMatchObject({ comments: [{ pull: 1, done: 'create' }] });
    expect(world.commentsOf(pull)).toHaveLength(1);
  });

  it('needs not be folded away', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    await world.publish(run, world.request({ judged: 'failure' }));
    const ports = world.ports(run);
    const { answers } = ports;
    const retireComment: Answers['retireComment'] = (comment) => {
      world.repository.issues.comments.shift();
      return answers.retireComment(comment);
    };
    const request = world.request({ document: world.models(run, accepted()) });
    await world.publish(run, request, { ...ports, answers: { ...answers, retireComment } });
    expect(world.commentsOf(pull).map(({ minimized }) => minimized)).toEqual([undefined]);
  });
});

describe('a merge group', () => {
  const queued = async (
    ...branches: readonly string[]
  ): Promise<{ readonly run: RunFacts; readonly pulls: PullRequest[] }> => {
    const by = { kind: 'user' as const, account: world.repository.owner, token: '' };
    const pulls = [];
    for (const branch of branches) pulls.push(await world.openPull(branch));
    let last;
    for (const pull of pulls) last = await world.repository.mergeQueue.enqueue(pull, by);
    const [first] = pulls;
    if (first === undefined || last === undefined) throw new RangeError('none');
    const head = parseCommitSha(last.headSha);
    const headBranch = last.headRef.replace('refs/heads/', '');
    return { pulls, run: { ...world.runOf(first), event: 'merge_group', head, headBranch } };
  };
  const judgedBefore = async (pull: PullRequest, section: ModelSection): Promise<void> => {
    const run = world.runOf(pull);
    await world.publish(run, world.request({ document: world.models(run, section) }));
  };

  it('passes where each of its pull requests was judged, and touches no model twice', async () => {
    const { run, pulls } = await queued('one', 'two');
    for (const pull of pulls) await judgedBefore(pull, accepted());
    world.touched.set(parseCommitSha(pulls[0]?.headSha ?? ''), [parseModelName('digits')]);
    const done = await world.publish(run, world.request({ judged: 'skipped' }));
    expect(done).toMatchObject({
      kind: 'merge-group',
      shown: { kind: 'written', standing: { conclusion: 'success' }, check: 'create' },
    });
    expect(world.checksOf(run.head)).toEqual([['success', '2 pull requests, each judged, and no model touched twice']]);
  });

  it('fails where two of them touch one model', async () => {
    const { run, pulls } = await queued('one', 'two');
    for (const pull of pulls) {
      await judgedBefore(pull, accepted());
      world.touched.set(parseCommitSha(pull.headSha), [parseModelName('digits')]);
    }
    await world.publish(run, world.request({ judged: 'skipped' }));
    const [check] = world.repository.checks.of(run.head);
    expect(check?.conclusion).toBe('failure');
    expect(check?.output.summary).toContain('#1 and #2 touch digits');
  });

  it('fails where one of them was rejected, or was judged by somebody else', async () => {
    const { run, pulls } = await queued('one', 'two');
    const [first, second] = pulls;
    if (first === undefined || second === undefined) throw new RangeError('two');
    await judgedBefore(first, rejected());
    const app = world.github.createApp('impostor', { owner: world.repository.owner, publicKey: '', permissions: {} });
    const by = { kind: 'user' as const, account: world.repository.owner, token: '' };
    world.repository.checks.create(app, second.headSha, 'touchstone', { conclusion: 'success' }, by);
    await world.publish(run, world.request({ judged: 'skipped' }));
    const [check] = world.repository.checks.of(run.head);
    expect(check?.conclusion).toBe('failure');
    expect(check?.output.summary).toContain('The check of #1');
    expect(check?.output.summary).toContain('#2 (' + second.headSha.slice(0, 7) + ') has no check');
  });
});

describe('a repository that the App answers', () => {
  const recorded = (run: RunFacts, document: Uint8Array): [RunFacts, PublishRequest] => [
    run,
    world.request({ document, answeredBy: 'app' }),
  ];

  it('has its verdicts put on record, and GitHub is asked nothing', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    const done = await world.publish(...recorded(run, world.models(run, rejected())));
    expect(done).toMatchObject({ standing: { conclusion: 'failure' }, shown: { kind: 'left-to-app' }, recorded: 1 });
    expect(await findVerdict(world.store, rejected().verdict.comparison)).toBeDefined();
    expect(world.counts()).toEqual({ reads: 0, writes: 0 });
  });

  it('is not asked for its merge group', async () => {
    const pull = await world.openPull('topic');
    const run: RunFacts = { ...world.runOf(pull), event: 'merge_group', headBranch: 'gh-readonly-queue/main/pr-1-a' };
    const done = await world.publish(run, world.request({ judged: 'skipped', answeredBy: 'app' }));
    expect(done).toEqual({ kind: 'merge-group', head: run.head, shown: { kind: 'left-to-app' } });
    expect(world.counts()).toEqual({ reads: 0, writes: 0 });
  });

  it('needs no right to write checks or comments', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    const ports = world.ports(run, {}, world.client({ contents: 'write', actions: 'read' }));
    const done = await world.publish(...recorded(run, world.models(run, accepted())), ports);
    expect(done).toMatchObject({ recorded: 1 });
  });
});

describe('what is left of a head', () => {
  it.each(['job', 'app'] as const)(
    'says what stands once it is recorded, whoever answers: the %s',
    async (answeredBy) => {
      const pull = await world.openPull('topic');
      const run = world.runOf(pull);
      await world.publish(run, world.request({ document: world.models(run, rejected()) }));
      const request = world.request({ document: world.models(run, accepted()), answeredBy });
      expect(await world.publish(run, request)).toMatchObject({
        answered: {
          repository: 'octocat/churn',
          head: pull.headSha,
          trained: { id: 101, attempt: 1 },
          answer: { kind: 'unjudged', because: { kind: 'contradicted' } },
        },
      });
    },
  );

  it('says why nothing is known of it, too', async () => {
    const pull = await world.openPull('topic');
    const request = world.request({ judged: 'cancelled', answeredBy: 'app' });
    expect(await world.publish(world.runOf(pull), request)).toMatchObject({
      answered: { answer: { kind: 'unjudged', because: { kind: 'judging-cancelled' } } },
    });
  });
});

describe('a token that may not', () => {
  it.each(['checks', 'pull_requests'] as const)('is answered 403 without %s: write', async (missing) => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    const client = world.client({ ...PUBLISHING, [missing]: 'read' });
    const ports = world.ports(run, {}, client);
    const asked = world.publish(run, world.request({ document: world.models(run, accepted()) }), ports);
    await expect(asked).rejects.toMatchObject({ name: 'HttpError', status: 403 });
  });

  it('is answered 403 by the GraphQL API too', async () => {
    const pull = await world.openPull('topic');
    const run = world.runOf(pull);
    const ports = world.ports(run, {}, world.client({ checks: 'write' }));
    world.repository.isPrivate = true;
    const asked = world.publish(run, world.request({ document: world.models(run, accepted()) }), ports);
    await expect(asked).rejects.toMatchObject({ name: 'HttpError', status: 403 });
  });
});

async function chat(pull: number): Promise<void> {
  const account = world.repository.owner;
  world.repository.issues.comment(pull, 'Looks fine', { kind: 'user', account, token: '' });
  await Promise.resolve();
}

let pushes = 0;
async function push(branch: string): Promise<string> {
  pushes += 1;
  const before = (await world.repository.resolve(branch)) ?? '';
  const sha = await world.repository.commit(branch, { 'more.py': String(pushes) });
  const by = { kind: 'user' as const, account: world.repository.owner, token: '' };
  await world.repository.pulls.follow(world.repository, branch, before, sha, by);
  return sha;
}
