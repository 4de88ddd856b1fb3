import * as v from 'valibot';
import { digestOfBytes, type Digest } from '../identity/digest.ts';
import { getDocument } from './blobs.ts';
import { damaged } from './damage.ts';
import { formatDocument, numberField, parseDocument, type Parsed } from './document.ts';
import { STATE_INTERVAL, type RegistryEvent } from './event.ts';
import { readTogether } from './readTogether.ts';
import type { RegistryStore } from './store.ts';
import { parseStoreKey, type StoreFolder, type StoreKey } from './storeKey.ts';

/** One log: where it lies, what its events are, and the state that they fold into. */
export interface Log<Event extends RegistryEvent, State extends object> {
  /** `models/churn/`; events lie in `log/` below it. */
  readonly folder: StoreFolder;
  readonly parseEvent: (bytes: Uint8Array) => Parsed<Event>;
  readonly empty: State;
  readonly apply: (state: State, event: Event) => State;
  readonly parseState: (bytes: Uint8Array) => Parsed<State>;
}

/** An event as it stands in a log, with the digest that the next one names. */
export interface StoredEvent<Event extends RegistryEvent = RegistryEvent> {
  readonly event: Event;
  readonly digest: Digest;
}

/** A log folded up to its end; `seq` is 0 and `digest` absent before the first event. */
export interface FoldedLog<State> {
  readonly state: State;
  readonly seq: number;
  readonly digest?: Digest;
}

const SEQ_DIGITS = 20;

export function logFolder(log: { readonly folder: StoreFolder }): StoreFolder {
  return `${log.folder}log/` as StoreFolder;
}

export function eventKey(log: { readonly folder: StoreFolder }, seq: number): StoreKey {
  return parseStoreKey(`${logFolder(log)}${String(seq).padStart(SEQ_DIGITS, '0')}.json`);
}

/** The number that a key in a log's folder names; `undefined` for what is no event. */
export function seqOfKey(log: { readonly folder: StoreFolder }, key: string): number | undefined {
  const seq = Number(/^([0-9]{20})\.json$/.exec(key.slice(logFolder(log).length))?.[1] ?? 0);
  return key.startsWith(logFolder(log)) && Number.isSafeInteger(seq) && seq > 0 ? seq : undefined;
}

/** The newest event, by one list and one get; `undefined` before the first. */
export async function readEnd<Event extends RegistryEvent, State extends object>(
  store: RegistryStore,
  log: Log<Event, State>,
): Promise<StoredEvent<Event> | undefined> {
  const seq = await findEnd(store, log);
  return seq === 0 ? undefined : readEvent(store, log, seq);
}

/** Folds a log from its newest folded state on: at most {@link STATE_INTERVAL} events are read, their chain is checked. */
export async function readLog<Event extends RegistryEvent, State extends object>(
  store: RegistryStore,
  log: Log<Event, State>,
): Promise<FoldedLog<State>> {
  const end = await findEnd(store, log);
  if (end === 0) return { state: log.empty, seq: 0 };
  const first = Math.max(1, end - (end % STATE_INTERVAL));
  const events = await readEvents(store, log, first, end);
  let state = log.empty;
  let digest: Digest | undefined;
  for (const stored of events) {
    const { event } = stored;
    if (event.seq === first && first > 1) {
      if (event.state === undefined) throw damaged(store, eventKey(log, first), 'it names no folded state');
      state = await getDocument(store, event.state, log.parseState);
    } else if (event.prev !== digest) {
      throw damaged(store, eventKey(log, event.seq), 'its "prev" is not the sha256 of the event before it');
    }
    state = log.apply(state, event);
    digest = stored.digest;
  }
  return { state, seq: end, ...(digest !== undefined && { digest }) };
}

/** @throws ServiceFailure `registry_damaged` where the event is absent or no event. */
export async function readEvent<Event extends RegistryEvent, State extends object>(
  store: RegistryStore,
  log: Log<Event, State>,
  seq: number,
): Promise<StoredEvent<Event>> {
  const key = eventKey(log, seq);
  const bytes = await store.get(key);
  if (bytes === undefined) throw damaged(store, key, 'it is not there', 'an event: numbers have no gaps');
  const parsed = log.parseEvent(bytes);
  if (parsed.kind === 'invalid') throw damaged(store, key, parsed.problems.join('; '));
  if (parsed.value.seq !== seq) throw damaged(store, key, `its "seq" is ${parsed.value.seq}`, String(seq));
  return { event: parsed.value, digest: digestOfBytes(bytes) };
}

/** Events `first` to `last`, both included, in order. */
export async function readEvents<Event extends RegistryEvent, State extends object>(
  store: RegistryStore,
  log: Log<Event, State>,
  first: number,
  last: number,
): Promise<readonly StoredEvent<Event>[]> {
  const numbers = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  const events: StoredEvent<Event>[] = [];
  for await (const part of readTogether(numbers, (seq) => readEvent(store, log, seq))) events.push(...part);
  return events;
}

/** The number of the newest event, 0 before the first. */
export async function findEnd(store: RegistryStore, log: { readonly folder: StoreFolder }): Promise<number> {
  const hinted = await readHint(store, log);
  const end = hinted === undefined ? 0 : await lastFrom(store, log, hinted);
  // No hint, or one that points past the end.
  return end > 0 ? end : lastFrom(store, log, 1);
}

async function lastFrom(store: RegistryStore, log: { readonly folder: StoreFolder }, seq: number): Promise<number> {
  let last = 0;
  for await (const name of store.list(logFolder(log), eventKey(log, seq - 1))) last = seqOfKey(log, name) ?? last;
  return last;
}

const hint = v.object({ seq: numberField });

export function hintKey(log: { readonly folder: StoreFolder }): StoreKey {
  return parseStoreKey(`${log.folder}state.json`);
}

/** Where the log ended once, perhaps. Whatever stands there, the list is asked. */
async function readHint(store: RegistryStore, log: { readonly folder: StoreFolder }): Promise<number | undefined> {
  const bytes = await store.get(hintKey(log));
  if (bytes === undefined) return undefined;
  const parsed = parseDocument(hint, bytes);
  return parsed.kind === 'parsed' ? parsed.value.seq : undefined;
}

export async function writeHint(
  store: RegistryStore,
  log: { readonly folder: StoreFolder },
  seq: number,
): Promise<void> {
  await store.putHint(hintKey(log), formatDocument({ schema: 'touchstone/hint/v1', seq }));
}
