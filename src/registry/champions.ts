import * as v from 'valibot';
import type { Digest } from '../identity/digest.ts';
import type { EnvironmentName, ModelName } from '../identity/names.ts';
import { digestField, instantField, numberField, parseDocument } from './document.ts';
import { parseEnvironmentEvent, type EnvironmentEvent } from './event.ts';
import { readEnd, type Log, type StoredEvent } from './log.ts';
import type { RegistryStore } from './store.ts';
import { parseStoreFolder } from './storeKey.ts';

/** What an environment serves of one model, or that it serves none yet. */
export type Champion = { readonly kind: 'none' } | ({ readonly kind: 'version' } & ChampionVersion);

export interface ChampionVersion {
  readonly version: number;
  readonly manifest: Digest;
}

/** Every change of an environment's champion, oldest first. */
export interface ChampionHistory {
  readonly schema: 'touchstone/champions/v1';
  readonly changes: readonly ChampionChange[];
}

interface ChampionChange extends ChampionVersion {
  readonly seq: number;
  readonly at: string;
  readonly type: EnvironmentEvent['type'];
}

const state: v.GenericSchema<unknown, ChampionHistory> = v.strictObject({
  schema: v.literal('touchstone/champions/v1'),
  changes: v.array(
    v.strictObject({
      seq: numberField,
      at: instantField,
      type: v.picklist(['promote', 'rollback']),
      version: numberField,
      manifest: digestField,
    }),
  ),
});

/** The log of one model in one environment: which version serves. */
export function environmentLog(environment: EnvironmentName, model: ModelName): Log<EnvironmentEvent, ChampionHistory> {
  return {
    folder: parseStoreFolder(`environments/${environment}/${model}/`),
    parseEvent: parseEnvironmentEvent,
    empty: { schema: 'touchstone/champions/v1', changes: [] },
    apply: (history, { seq, at, type, version, champion }) => ({
      ...history,
      changes: [...history.changes, { seq, at, type, version, manifest: champion }],
    }),
    parseState: (bytes) => parseDocument(state, bytes),
  };
}

/** Who serves now, and the event that made it so: the newest one. One list and one get. */
export async function readChampion(
  store: RegistryStore,
  environment: EnvironmentName,
  model: ModelName,
): Promise<{ readonly champion: Champion; readonly stored?: StoredEvent<EnvironmentEvent> }> {
  const stored = await readEnd(store, environmentLog(environment, model));
  if (stored === undefined) return { champion: { kind: 'none' } };
  const { version, champion } = stored.event;
  return { champion: { kind: 'version', version, manifest: champion }, stored };
}

export function championOf(history: ChampionHistory): Champion {
  return asChampion(history.changes.at(-1));
}

/** Who served at an instant, by the clocks of those who wrote; where these disagree with the log's order, that decides. */
export function championAt(history: ChampionHistory, instant: Date): Champion {
  return asChampion(history.changes.findLast(({ at }) => Date.parse(at) <= instant.getTime()));
}

function asChampion(change: ChampionVersion | undefined): Champion {
  return change === undefined
    ? { kind: 'none' }
    : { kind: 'version', version: change.version, manifest: change.manifest };
}

/**
 * What rollbacks lead back through, the champion itself left out, oldest first. A rollback takes the last of them and
 * forgets what it came from, as a browser's "back" does: twice goes further back, not forth and back. A promotion after
 * a rollback continues from there.
 */
export function championsBefore(history: ChampionHistory): readonly ChampionVersion[] {
  const line: ChampionVersion[] = [];
  for (const { type, version, manifest } of history.changes) {
    if (type === 'rollback') {
      const back = line.findLastIndex((one, index) => one.manifest === manifest && index < line.length - 1);
      line.length = Math.max(0, back);
    }
    line.push({ version, manifest });
  }
  return line.slice(0, -1);
}

export function sameChampion(a: Champion, b: Champion): boolean {
  if (a.kind === 'none' || b.kind === 'none') return a.kind === b.kind;
  return a.manifest === b.manifest;
}

/** `churn@v7 (3f9c2ab1)`, or that there is none. */
export function tellChampion(model: ModelName, champion: Champion): string {
  return champion.kind === 'none' ? 'no champion' : `${model}@v${champion.version} (${champion.manifest.slice(0, 8)})`;
}
