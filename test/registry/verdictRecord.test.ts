import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/evaluation/verdict.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { countLooks, findVerdict, nameOfComparison, recordVerdict } from '../../src/registry/verdictRecord.ts';
import { MemoryStore } from '../fakes/memoryStore.ts';
import { accepted, HOLDOUT, judgementOf } from '../fakes/registryWorld.ts';

const comparison = {
  candidate: digestOfBytes('candidate'),
  baseline: digestOfBytes('baseline'),
  holdout: HOLDOUT,
  policy: digestOfBytes('policy'),
  evaluator: 'touchstone 0.1.0',
  assurance: 'advisory',
} as const;
const judgement = judgementOf(accepted({ kind: 'none' }));
const finding: Finding = {
  id: 'auc@overall',
  metric: 'auc',
  slice: 'overall',
  kind: 'inconclusive',
  blocks: false,
  difference: 0.01,
  interval: [-Infinity, 0.3],
  method: 'delong',
  rows: 60,
  effectiveRows: 3,
  bounds: [{ bound: 'maxRegression', allowed: '0.01', limit: -0.01, kind: 'inconclusive', interval: [-0.2, Infinity] }],
  allowed: 'maxRegression 0.01',
};

describe('the record of a verdict', () => {
  it('lies in the folder of its holdout, under the digest of what was compared', async () => {
    const store = new MemoryStore();
    const { name, digest } = await recordVerdict(store, comparison, judgement);
    const key = `verdicts/${HOLDOUT}/${name}.json`;
    expect(digestOfBytes(store.objects.get(key) ?? '')).toBe(digest);
    expect(JSON.parse(store.text(key))).toEqual({ schema: 'touchstone/verdict/v1', ...comparison, judgement });
  });

  it.each(Object.keys(comparison) as (keyof typeof comparison)[])('has another name with another %s', (part) => {
    const other = { ...comparison, [part]: part === 'assurance' ? 'sealed' : digestOfBytes('another') };
    expect(nameOfComparison(other)).not.toBe(nameOfComparison(comparison));
  });

  it('has another name where there was no baseline', () => {
    const { baseline, ...without } = comparison;
    expect(nameOfComparison(without)).not.toBe(nameOfComparison({ ...without, baseline }));
  });

  it('is found by the same comparison alone, and is what was recorded', async () => {
    const store = new MemoryStore();
    const found = { ...judgement, findings: [finding] };
    const recorded = await recordVerdict(store, comparison, found);
    expect((await findVerdict(store, comparison))?.record.judgement).toEqual(found);
    expect(await findVerdict(store, comparison)).toEqual(recorded);
    expect(await findVerdict(store, { ...comparison, evaluator: 'touchstone 0.2.0' })).toBeUndefined();
  });

  it('is created once: the second judge gets the first one’s', async () => {
    const store = new MemoryStore();
    const first = await recordVerdict(store, comparison, judgement);
    const other = judgementOf({ kind: 'rejected', compared: true, assurance: 'advisory', blocks: true });
    expect(await recordVerdict(store, comparison, other)).toEqual(first);
  });

  it('holds nothing on latency, which is another tomorrow', async () => {
    const slow = { ...judgement, findings: [{ ...finding, id: 'latencyMs@overall', metric: 'latencyMs' }] };
    await expect(recordVerdict(new MemoryStore(), comparison, slow)).rejects.toThrow(TypeError);
  });

  it('is not taken from a file of another comparison', async () => {
    const store = new MemoryStore();
    const { name } = await recordVerdict(store, comparison, judgement);
    const other = { ...comparison, candidate: digestOfBytes('a worse one') };
    const forged = store.objects.get(`verdicts/${HOLDOUT}/${name}.json`) ?? new Uint8Array();
    store.objects.set(`verdicts/${HOLDOUT}/${nameOfComparison(other)}.json`, forged);
    await expect(findVerdict(store, other)).rejects.toMatchObject({ code: 'registry_damaged' });
  });

  it('counts as one look for each candidate, however often and against whatever it was judged', async () => {
    const store = new MemoryStore();
    expect(await countLooks(store, HOLDOUT)).toBe(0);
    await recordVerdict(store, comparison, judgement);
    await recordVerdict(store, comparison, judgement);
    await recordVerdict(store, { ...comparison, baseline: digestOfBytes('new champion') }, judgement);
    expect(await countLooks(store, HOLDOUT)).toBe(1);
    await recordVerdict(store, { ...comparison, candidate: digestOfBytes('second') }, judgement);
    expect(await countLooks(store, HOLDOUT)).toBe(2);
    expect(await countLooks(store, digestOfBytes('another holdout'))).toBe(0);
  });
});
