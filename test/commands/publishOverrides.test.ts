import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PublishOutcome } from '../../src/commands/publish.ts';
import { parseModelName } from '../../src/identity/names.ts';
import type { ModelSection } from '../../src/pullRequest/headJudgement.ts';
import type { RunFacts } from '../../src/pullRequest/identifyRun.ts';
import { appendEvent, beginOperation, type Decision } from '../../src/registry/append.ts';
import type { ModelEvent } from '../../src/registry/event.ts';
import { putEvidence } from '../../src/registry/evidence.ts';
import { openRegistry } from '../../src/registry/layout.ts';
import { modelLog } from '../../src/registry/versions.ts';
import type { PullRequest } from '../github/state/pulls.ts';
import { accepted, rejected } from '../pullRequest/heads.ts';
import { PublishWorld } from './publishWorld.ts';

let world: PublishWorld;
let pull: PullRequest;
let run: RunFacts;

beforeEach(async () => {
  world = await PublishWorld.start();
  pull = await world.openPull('topic');
  run = world.runOf(pull);
});
afterEach(() => world.github.close());

const publish = (section: ModelSection): Promise<PublishOutcome> =>
  world.publish(run, world.request({ document: world.models(run, section) }));

/** Somebody's word on a section of the head, as it stands in the log. */
async function say(section: ModelSection, head = run.head): Promise<void> {
  const { store } = world;
  await openRegistry(store, 'write');
  const log = modelLog(section.model);
  const cause = `comment ${head}`;
  const intent = await beginOperation(store, log, { type: 'override', model: section.model, asked: {}, cause });
  const evidence = await putEvidence(store, {
    schema: 'touchstone/evidence/v1',
    trigger: { kind: 'comment' },
    cause,
  });
  const draft = {
    type: 'override',
    at: '2026-05-03T09:30:00.000Z',
    head,
    actor: { kind: 'person', name: 'ada' },
    evidence,
    reason: 'late',
  } as const;
  await appendEvent(store, log, intent, (): Decision<ModelEvent, never> => {
    if (section.kind !== 'judged') return { kind: 'append', draft: { ...draft, overrides: 'model' } };
    const { candidate, baseline } = section.verdict.comparison;
    const finding = { overrides: 'finding', finding: 'recall[8]@overall', manifest: candidate } as const;
    return { kind: 'append', draft: { ...draft, ...finding, ...(baseline && { expect: baseline }) } };
  });
}

describe('a head that is judged again', () => {
  it('keeps what was overridden on it', async () => {
    expect(await publish(rejected())).toMatchObject({ standing: { conclusion: 'failure' } });
    await say(rejected());
    expect(await publish(rejected())).toMatchObject({
      standing: { conclusion: 'success', title: expect.stringMatching(/, overridden by ada$/) as string },
    });
    expect(world.checksOf(pull.headSha).map(([conclusion]) => conclusion)).toEqual(['success']);
  });

  it('keeps a word on a model that goes, in a registry that nobody has begun too', async () => {
    const gone = { kind: 'removed', model: parseModelName('spam') } as const;
    expect(await publish(gone)).toMatchObject({ standing: { conclusion: 'action_required' } });
    expect(world.store.objects.size).toBe(0);
    await say(gone);
    expect(await publish(gone)).toMatchObject({ standing: { conclusion: 'success' } });
  });

  it('is let pass by no word on another head', async () => {
    await publish(rejected());
    await say(rejected(), world.runOf(pull, 'b'.repeat(40)).head);
    expect(await publish(rejected())).toMatchObject({ standing: { conclusion: 'failure' } });
  });

  it('asks for no word where nothing blocks', async () => {
    await publish(accepted());
    const asked: string[] = [];
    const { store } = world;
    const [get, list] = [store.get.bind(store), store.list.bind(store)];
    store.get = (key) => (asked.push(key), get(key));
    store.list = (folder, after) => (asked.push(folder), list(folder, after));
    await publish(accepted());
    expect(asked).not.toEqual([]);
    expect(asked.filter((key) => key.startsWith('models/'))).toEqual([]);
  });
});
