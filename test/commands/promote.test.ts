import { describe, expect, it } from 'vitest';
import { planPromotion } from '../../src/commands/promote.ts';
import type { Verdict } from '../../src/evaluation/verdict.ts';
import { getDocument } from '../../src/registry/blobs.ts';
import { parseEvidence } from '../../src/registry/evidence.ts';
import { nameOfComparison } from '../../src/registry/verdictRecord.ts';
import { verifyRegistry } from '../../src/registry/verify.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { parseModelName } from '../../src/identity/names.ts';
import { MemoryStore } from '../fakes/memoryStore.ts';
import { accepted, HOLDOUT, manifestDigestOf, MODEL, PRODUCTION, RegistryWorld } from '../fakes/registryWorld.ts';

describe('promoting a version', () => {
  it('makes it the champion, in an event that carries the champion and what it was decided against', async () => {
    const world = await worldWith(2);
    const first = await world.promote(1);
    expect(first).toMatchObject({
      kind: 'promoted',
      replaced: { kind: 'none' },
      stored: { event: { seq: 1, type: 'promote', environment: 'production', champion: manifestDigestOf(1) } },
    });
    if (first.kind === 'promoted') expect(first.stored.event).not.toHaveProperty('expect');
    expect(await world.promote(2, { occasion: world.occasion({ reason: 'better' }) })).toMatchObject({
      kind: 'promoted',
      replaced: { kind: 'version', version: 1 },
      stored: {
        event: { seq: 2, version: 2, expect: manifestDigestOf(1), champion: manifestDigestOf(2), reason: 'better' },
      },
    });
    expect(await world.champion()).toBe(2);
    expect((await verifyRegistry(world.store)).problems).toEqual([]);
  });

  it('names in its evidence the verdict against the champion of that moment', async () => {
    const world = await worldWith(2);
    await world.promote(1);
    const outcome = await world.promote(2);
    if (outcome.kind !== 'promoted') throw new Error(outcome.kind);
    const comparison = { candidate: manifestDigestOf(2), baseline: manifestDigestOf(1), holdout: HOLDOUT };
    const name = nameOfComparison({
      ...comparison,
      policy: digestOfBytes('policy'),
      evaluator: 'touchstone test',
      assurance: 'advisory',
    });
    expect(await getDocument(world.store, outcome.stored.event.evidence, parseEvidence)).toMatchObject({
      verdict: { kind: 'accepted', compared: true, holdout: HOLDOUT, name },
      parent: { version: 1, manifest: manifestDigestOf(1) },
    });
  });

  it('does nothing where the version serves already', async () => {
    const world = await worldWith(1);
    await world.promote(1);
    const before = new Map(world.objects);
    expect(await world.promote(1)).toMatchObject({ kind: 'already-done', stored: { event: { seq: 1 } } });
    expect(world.objects).toEqual(before);
  });

  it('does nothing the second time for one cause, whoever serves by then', async () => {
    const world = await worldWith(3);
    const occasion = world.occasion({ cause: 'comment 17' });
    await world.promote(1);
    expect(await world.promote(2, { occasion })).toMatchObject({ kind: 'promoted' });
    await world.promote(3);
    expect(await world.promote(2, { occasion })).toMatchObject({ kind: 'already-done', stored: { event: { seq: 2 } } });
    expect(await world.champion()).toBe(3);
  });

  it('writes nothing but the verdict on a dry run', async () => {
    const world = await worldWith(1);
    const before = new Set(world.objects.keys());
    const request = { model: MODEL, version: { kind: 'number', number: 1 }, environment: PRODUCTION } as const;
    const plan = await planPromotion({ ...request, requires: 'advisory', occasion: world.occasion() }, world);
    expect(plan.kind).toBe('promote');
    expect([...world.objects.keys()].filter((key) => !before.has(key) && !key.startsWith('verdicts/'))).toEqual([]);
    expect(await world.champion()).toBe(0);
  });

  it.each<[string, Partial<Verdict>, 'person' | 'automation', string]>([
    ['a rejected one', { kind: 'rejected', blocks: true }, 'person', 'gate_not_passed'],
    ['a rejected one that is said not to block', { kind: 'rejected', blocks: false }, 'person', 'gate_not_passed'],
    ['an inconclusive one that blocks', { kind: 'inconclusive', blocks: true }, 'person', 'gate_not_passed'],
    ['an inconclusive one, by a person', { kind: 'inconclusive' }, 'person', 'promoted'],
    ['an inconclusive one, by a machine', { kind: 'inconclusive' }, 'automation', 'approval_missing'],
    ['an accepted one, by a machine', { kind: 'accepted' }, 'automation', 'promoted'],
    ['one that was not compared though there is a champion', { kind: 'not-compared' }, 'person', 'gate_not_passed'],
    ['an accepted one of less assurance', { assurance: 'advisory' }, 'person', 'assurance_too_low'],
    ['an accepted one of more assurance', { assurance: 'sealed' }, 'person', 'promoted'],
  ])('decides on the verdict: %s', async (_, found, kind, expected) => {
    const verdict: Verdict = { kind: 'accepted', compared: true, assurance: 'judged', blocks: false, ...found };
    const world = await worldWith(2, (_, champion) =>
      champion.kind === 'none' ? { ...accepted(champion), assurance: 'judged' } : verdict,
    );
    await world.promote(1, { requires: 'judged' });
    const occasion = world.occasion({ actor: { kind, name: 'somebody' } });
    const outcome = await world.promote(2, { requires: 'judged', occasion });
    expect(outcome.kind === 'refused' ? outcome.reasonCode : outcome.kind).toBe(expected);
    expect(await world.champion()).toBe(expected === 'promoted' ? 2 : 1);
    if (outcome.kind === 'refused') expect(outcome.judged?.judgement.verdict).toEqual(verdict);
  });

  it.each([
    ['person', 'promoted'],
    ['automation', 'approval_missing'],
  ] as const)('lets a %s promote the first version without bounds: %s', async (kind, expected) => {
    const verdict: Verdict = { kind: 'not-compared', compared: false, assurance: 'advisory', blocks: false };
    const world = await worldWith(1, () => verdict);
    const outcome = await world.promote(1, { occasion: world.occasion({ actor: { kind, name: 'somebody' } }) });
    expect(outcome.kind === 'refused' ? outcome.reasonCode : outcome.kind).toBe(expected);
  });

  it('refuses where the champion is not the expected one', async () => {
    const world = await worldWith(3);
    await world.promote(1);
    const expectation = (prefix: string) => ({ expect: { kind: 'digest', prefix } as const });
    expect(await world.promote(2, { expect: { kind: 'none' } })).toMatchObject({ reasonCode: 'baseline_moved' });
    expect(await world.promote(2, expectation(manifestDigestOf(3)))).toMatchObject({ reasonCode: 'baseline_moved' });
    expect(await world.champion()).toBe(1);
    expect(await world.promote(2, expectation(manifestDigestOf(1).slice(0, 8)))).toMatchObject({ kind: 'promoted' });
  });

  it('decides again, against the new champion, where one came while it judged', async () => {
    const compared: string[] = [];
    const world = await worldWith(3, async (candidate, champion) => {
      compared.push(`${candidate.slice(0, 4)} against ${champion.kind === 'none' ? 'none' : champion.version}`);
      if (candidate === manifestDigestOf(2) && champion.kind === 'version' && champion.version === 1) {
        await world.promote(3);
      }
      return accepted(champion);
    });
    await world.promote(1);
    compared.length = 0;
    expect(await world.promote(2)).toMatchObject({ kind: 'promoted', replaced: { version: 3 } });
    const [second, third] = [manifestDigestOf(2).slice(0, 4), manifestDigestOf(3).slice(0, 4)];
    expect(compared).toEqual([`${second} against 1`, `${third} against 1`, `${second} against 3`]);
    expect((await verifyRegistry(world.store)).problems).toEqual([]);
  });

  it('refuses instead of deciding again where a champion was expected', async () => {
    const world = await worldWith(3, async (candidate, champion) => {
      if (candidate === manifestDigestOf(2) && champion.kind === 'version') await world.promote(3);
      return accepted(champion);
    });
    await world.promote(1);
    const outcome = await world.promote(2, { expect: { kind: 'digest', prefix: manifestDigestOf(1) } });
    expect(outcome).toMatchObject({ kind: 'refused', reasonCode: 'baseline_moved' });
    expect(await world.champion()).toBe(3);
  });

  it('knows only what is registered, and says what is', async () => {
    const world = await worldWith(3);
    const version = { kind: 'number', number: 7 } as const;
    await expect(world.promote(7)).rejects.toMatchObject({ name: 'UserMistake', code: 'not_registered' });
    await expect(world.promote(7)).rejects.toThrow(
      /^churn@v7: .* Expected one of v3 \([0-9a-f]{8}\), v2 .*registry list churn/,
    );
    await expect(world.promote(1, { version: { kind: 'digest', prefix: 'ffffffff' } })).rejects.toMatchObject({
      code: 'digest_unknown',
    });
    const digest = manifestDigestOf(2).slice(0, 8);
    const mistyped = `${digest.slice(0, 7)}${digest[7] === '0' ? '1' : '0'}`;
    await expect(world.promote(1, { version: { kind: 'digest', prefix: mistyped } })).rejects.toThrow(
      `If you mean churn@${digest}, name that.`,
    );
    await expect(world.promote(7, { model: parseModelName('other'), version })).rejects.toThrow(
      'other@v7: no version of "other" is registered.',
    );
  });

  it('takes a version by the start of its digest', async () => {
    const world = await worldWith(2);
    const version = { kind: 'digest', prefix: manifestDigestOf(2).slice(0, 8) } as const;
    expect(await world.promote(0, { version })).toMatchObject({ kind: 'promoted', version: { number: 2 } });
  });
});

async function worldWith(
  versions: number,
  verdicts?: RegistryWorld['verdicts'],
): Promise<RegistryWorld & { readonly objects: MemoryStore['objects'] }> {
  const store = new MemoryStore();
  // Judged by another evaluator, so that the verdicts found here are those of the test.
  const registering = new RegistryWorld(store, undefined, 'touchstone registering');
  for (let seed = 1; seed <= versions; seed += 1) await registering.register(seed);
  return Object.assign(new RegistryWorld(store, verdicts), { objects: store.objects });
}
