import { beforeAll, describe, expect, it } from 'vitest';
import { readHistory } from '../../src/commands/registryLog.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { parseCommitSha } from '../../src/identity/git.ts';
import { blobKey, parseStoreKey } from '../../src/registry/storeKey.ts';
import { championAt, championOf, environmentLog, readChampion } from '../../src/registry/champions.ts';
import { formatDocument } from '../../src/registry/document.ts';
import type { ModelEvent } from '../../src/registry/event.ts';
import { eventKey, readEnd, readLog } from '../../src/registry/log.ts';
import type { RegistryStore } from '../../src/registry/store.ts';
import { verifyRegistry } from '../../src/registry/verify.ts';
import { modelLog, type ModelVersions } from '../../src/registry/versions.ts';
import { FaultyStore } from '../fakes/faultyStore.ts';
import { MemoryStore } from '../fakes/memoryStore.ts';
import { manifestDigestOf, MODEL, PRODUCTION, RegistryWorld } from '../fakes/registryWorld.ts';

const HINT = parseStoreKey('environments/production/churn/state.json');
const log = environmentLog(PRODUCTION, MODEL);

describe('an event', () => {
  it('is canonical JSON of the fields that the layout names, numbered with 20 digits, naming the bytes before it', async () => {
    const store = new MemoryStore();
    const world = new RegistryWorld(store);
    await world.register(1);
    await world.register(2);
    await world.promote(1);
    await world.promote(2);
    const first = store.objects.get('environments/production/churn/log/00000000000000000001.json');
    const second = store.objects.get('environments/production/churn/log/00000000000000000002.json');
    const event = JSON.parse(new TextDecoder().decode(second)) as Record<string, unknown>;
    expect(Object.keys(event)).toEqual(Object.keys(event).sort());
    expect(event).toEqual({
      schema: 'touchstone/event/v1',
      seq: 2,
      prev: digestOfBytes(first ?? ''),
      id: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      at: expect.stringMatching(/^2026-05-01T\d\d:\d\d:00\.000Z$/) as unknown,
      type: 'promote',
      version: 2,
      manifest: manifestDigestOf(2),
      environment: 'production',
      champion: manifestDigestOf(2),
      expect: manifestDigestOf(1),
      actor: { kind: 'person', name: 'alice' },
      evidence: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      reason: '',
    });
    const registered = store.objects.get('models/churn/log/00000000000000000001.json');
    expect(Object.keys(JSON.parse(new TextDecoder().decode(registered)) as object).sort()).toEqual(
      ['actor', 'at', 'evidence', 'id', 'manifest', 'reason', 'schema', 'seq', 'type', 'version'].sort(),
    );
  });
});

describe('a log of some hundred events', () => {
  const store = new MemoryStore();
  const promotions = 600;

  beforeAll(async () => {
    const world = new RegistryWorld(store);
    await world.register(1);
    await world.register(2);
    for (let turn = 0; turn < promotions; turn += 1) await world.promote(1 + (turn % 2));
  });

  it('names the folded state in every 256th event and in no other', async () => {
    const withState: number[] = [];
    for (let seq = 1; seq <= promotions; seq += 1) {
      const event = JSON.parse(store.text(eventKey(log, seq))) as { state?: string };
      if (event.state !== undefined) withState.push(seq);
    }
    expect(withState).toEqual([256, 512]);
    expect((await verifyRegistry(store)).problems).toEqual([]);
  });

  it('is read from its newest folded state on', async () => {
    const counted = new FaultyStore(store, () => new Error('no fault'));
    const { state, seq } = await readLog(counted, log);
    expect(seq).toBe(promotions);
    expect(state.changes).toHaveLength(promotions);
    expect(championOf(state)).toMatchObject({ version: 2 });
    // The hint, one list, events 512 to 600, one state.
    expect(counted.calls).toBe(1 + 1 + (promotions - 512 + 1) + 1);
  });

  it('tells the champion by one list and one get beside the hint', async () => {
    const counted = new FaultyStore(store, () => new Error('no fault'));
    expect(await readChampion(counted, PRODUCTION, MODEL)).toMatchObject({ champion: { version: 2 } });
    expect(counted.calls).toBe(3);
  });

  it('tells who was champion on the third of May', async () => {
    const { state } = await readLog(store, log);
    const [first] = state.changes;
    const at = (instant: string): unknown => championAt(state, new Date(instant));
    expect(at('2026-04-30T00:00:00Z')).toEqual({ kind: 'none' });
    expect(at(first?.at ?? '')).toMatchObject({ version: 1 });
    expect(at('2026-05-03T00:00:00Z')).toMatchObject({ version: 2 });
    const tenth = Date.parse(state.changes[9]?.at ?? '');
    expect(championAt(state, new Date(tenth - 1))).toMatchObject({ version: 1 });
    expect(championAt(state, new Date(tenth))).toMatchObject({ version: 2 });
  });

  it.each([
    ['no hint', undefined],
    ['a stale one', '{"schema":"touchstone/hint/v1","seq":3}'],
    ['one past the end', '{"schema":"touchstone/hint/v1","seq":100000}'],
    ['one of an absurd number', '{"schema":"touchstone/hint/v1","seq":1e300}'],
    ['a negative one', '{"schema":"touchstone/hint/v1","seq":-1}'],
    ['one that is no JSON', '{"seq":'],
    ['one that is no object', 'null'],
    ['one that is empty', ''],
  ])('has the same end and state with %s', async (_, hint) => {
    const copy = store.copy();
    if (hint === undefined) copy.objects.delete(HINT);
    else copy.objects.set(HINT, new TextEncoder().encode(hint));
    expect((await readEnd(copy, log))?.event.seq).toBe(promotions);
    expect(await readLog(copy, log)).toEqual(await readLog(store, log));
    const world = new RegistryWorld(copy);
    expect(await world.promote(1)).toMatchObject({ kind: 'promoted', stored: { event: { seq: promotions + 1 } } });
    expect((await verifyRegistry(copy)).problems).toEqual([]);
  });

  it('does not care for foreign files among its events', async () => {
    const copy = store.copy();
    for (const name of ['0.json', 'zzz', '00000000000000000999.json.bak', '99999999999999999999.json']) {
      copy.objects.set(`environments/production/churn/log/${name}`, new TextEncoder().encode('?'));
    }
    expect((await readEnd(copy, log))?.event.seq).toBe(promotions);
    const { problems, unused } = await verifyRegistry(copy);
    expect(problems).toEqual([]);
    expect(unused.foreign).toBe(4);
  });

  it('is not read over a broken chain', async () => {
    const copy = store.copy();
    tamper(copy, eventKey(log, 590), (text) => text.replace('alice', 'malice'));
    await expect(readLog(copy, log)).rejects.toMatchObject({ name: 'ServiceFailure', code: 'registry_damaged' });
    await expect(new RegistryWorld(copy).promote(1)).rejects.toMatchObject({ code: 'registry_damaged' });
  });

  it('is not read from a folded state that was altered', async () => {
    const copy = store.copy();
    const event = JSON.parse(copy.text(eventKey(log, 512))) as { state: string };
    tamper(copy, blobKey(event.state as never), (text) => text.replace('"version":1', '"version":2'));
    await expect(readLog(copy, log)).rejects.toMatchObject({ code: 'registry_damaged' });
  });

  it('is told newest first', async () => {
    const events = await readHistory(store, MODEL);
    expect(events).toHaveLength(promotions + 2);
    expect(events.slice(0, 2).map(({ event }) => event.seq)).toEqual([promotions, promotions - 1]);
    expect(events.at(-1)).toMatchObject({ event: { type: 'register', version: 1 }, model: MODEL });
  });
});

describe('the log of a model', () => {
  it('folds every type of event, overrides with what they are bound to', () => {
    const { apply, empty } = modelLog(MODEL);
    const base = {
      schema: 'touchstone/event/v1',
      id: digestOfBytes('id'),
      at: '2026-05-03T09:30:00.000Z',
      actor: { kind: 'person', name: 'alice' },
      evidence: digestOfBytes('evidence'),
      reason: '',
    } as const;
    const head = parseCommitSha('a'.repeat(40));
    const [manifest, served] = [digestOfBytes('a candidate'), digestOfBytes('a champion')];
    const version = (number: number) => ({ version: number, manifest: manifestDigestOf(number) });
    const events = [
      { ...base, type: 'register', seq: 1, ...version(1) },
      { ...base, type: 'register', seq: 2, ...version(2) },
      {
        ...base,
        type: 'override',
        seq: 3,
        head,
        overrides: 'finding',
        finding: 'recall@overall',
        manifest,
        expect: served,
      },
      { ...base, type: 'annotate', seq: 4, ...version(1) },
      { ...base, type: 'deprecate', seq: 5, ...version(1) },
      { ...base, type: 'yank', seq: 6, ...version(2) },
      { ...base, type: 'override', seq: 7, head, overrides: 'model' },
    ] as const satisfies readonly ModelEvent[];
    const { versions, overrides } = events.reduce<ModelVersions>(apply, empty);
    expect(versions.map(({ number, status }) => `v${number} ${status}`)).toEqual(['v1 deprecated', 'v2 yanked']);
    expect(overrides).toEqual([
      { head, by: 'alice', reason: '', of: { kind: 'finding', id: 'recall@overall', manifest, expect: served } },
      { head, by: 'alice', reason: '', of: { kind: 'model' } },
    ]);
  });

  it('has a state without overrides as long as there is none, as it was written before there were any', () => {
    const { parseState, empty } = modelLog(MODEL);
    const old = { schema: 'touchstone/versions/v1', versions: [] };
    expect(formatDocument(empty)).toEqual(formatDocument(old));
    expect(parseState(formatDocument(old))).toEqual({ kind: 'parsed', value: empty });
  });

  it('keeps overrides in its folded states', () => {
    const { parseState } = modelLog(MODEL);
    const state: ModelVersions = {
      schema: 'touchstone/versions/v1',
      versions: [],
      overrides: [{ of: { kind: 'model' }, head: parseCommitSha('a'.repeat(40)), by: 'alice', reason: 'gone' }],
    };
    expect(parseState(formatDocument(state))).toEqual({ kind: 'parsed', value: state });
  });
});

function tamper(store: MemoryStore & RegistryStore, key: string, edit: (text: string) => string): void {
  const text = store.text(key);
  const edited = edit(text);
  if (edited === text) throw new Error(`nothing was edited in ${key}`);
  store.objects.set(key, new TextEncoder().encode(edited));
}
