import { ServiceFailure } from '../failure.ts';
import { digestOfBytes, type Digest } from '../identity/digest.ts';
import { putDocument } from './blobs.ts';
import { damaged } from './damage.ts';
import { formatDocument } from './document.ts';
import { STATE_INTERVAL, type RegistryEvent } from './event.ts';
import {
  eventKey,
  findEnd,
  logFolder,
  readEvent,
  readEvents,
  readLog,
  writeHint,
  type Log,
  type StoredEvent,
} from './log.ts';
import { idOfOperation, parseIntent, type Intent, type Operation } from './operation.ts';
import type { Creation, RegistryStore } from './store.ts';
import { folderOf, INTENTS, intentKey, type StoreFolder, type StoreKey } from './storeKey.ts';
import { modelLog } from './versions.ts';

/** What a command says of an event; the log adds the rest. */
type EventDraft<Event extends RegistryEvent> = Event extends unknown
  ? Omit<Event, 'schema' | 'seq' | 'prev' | 'id' | 'state'>
  : never;

export type Decision<Event extends RegistryEvent, Stop> =
  | { readonly kind: 'append'; readonly draft: EventDraft<Event> }
  /** Nothing is written. */
  | { readonly kind: 'stop'; readonly because: Stop };

export type Appended<Event extends RegistryEvent, Stop> =
  | { readonly kind: 'appended'; readonly stored: StoredEvent<Event> }
  /** An earlier try of the same operation, or one at the same time, had done it. */
  | { readonly kind: 'found'; readonly stored: StoredEvent<Event> }
  | { readonly kind: 'stopped'; readonly because: Stop };

/** Makes the operation known before anything else of it is written; a retry gets the first try's intent. */
export async function beginOperation<Event extends RegistryEvent, State extends object>(
  store: RegistryStore,
  log: Log<Event, State>,
  operation: Operation,
): Promise<Intent> {
  const begun = await readIntent(store, operation);
  if (begun !== undefined) return begun;
  const { type, model, environment, asked, cause } = operation;
  const intent: Intent = {
    schema: 'touchstone/intent/v1',
    id: idOfOperation(operation),
    type,
    model,
    ...(environment !== undefined && { environment }),
    asked,
    cause,
    after: await findEnd(store, log),
  };
  const created = await store.create(intentKey(intent.id), formatDocument(intent));
  return created === 'created' ? intent : ((await readIntent(store, operation)) ?? intent);
}

/** The event that this very operation has already become, if it has. */
export async function findOwnEvent<Event extends RegistryEvent, State extends object>(
  store: RegistryStore,
  log: Log<Event, State>,
  operation: Operation,
): Promise<StoredEvent<Event> | undefined> {
  const intent = await readIntent(store, operation);
  return intent === undefined
    ? undefined
    : findEvent(store, log, intent.id, intent.after + 1, await findEnd(store, log));
}

/**
 * Appends one event to the end of a log, whoever else is writing: `decide` is given the state that the event will follow,
 * and again whenever another event came first. Appends nothing where the operation has its event already.
 */
export async function appendEvent<Event extends RegistryEvent, State extends object, Stop>(
  store: RegistryStore,
  log: Log<Event, State>,
  intent: Intent,
  decide: (state: State) => Decision<Event, Stop>,
): Promise<Appended<Event, Stop>> {
  let { state, seq, digest } = await readLog(store, log);
  const done = await findEvent(store, log, intent.id, intent.after + 1, seq);
  if (done !== undefined) return { kind: 'found', stored: done };
  let settled = false;
  for (;;) {
    const decision = decide(state);
    if (decision.kind === 'stop') return { kind: 'stopped', because: decision.because };
    if (!settled) await settleGrounds(store, log, intent);
    settled = true;
    const bytes = await completeEvent(store, decision.draft, { id: intent.id, seq: seq + 1, prev: digest, state });
    const own = ownEvent(log, bytes);
    seq += 1;
    if ((await createAndMakeSure(store, eventKey(log, seq), bytes)) === 'created') {
      await hintEnd(store, log, seq);
      return { kind: 'appended', stored: own };
    }
    // Somebody else's came first. Each turn of this loop is their success, so it ends.
    const other = await readEvent(store, log, seq);
    if (other.event.id === intent.id) return { kind: 'found', stored: other };
    if (other.event.prev !== digest) {
      throw damaged(store, eventKey(log, seq), 'its "prev" is not the sha256 of the event before it');
    }
    state = log.apply(state, other.event);
    digest = other.digest;
  }
}

/**
 * What an event builds on must outlast a power cut before the event does, though another process made it and was killed,
 * or is not through: the intent, the events before it, and those that registered the version that it names. Blobs and
 * the verdict are seen to where they are stored and named. An event that was seen to afterwards needs no more: whoever
 * finds a name taken has its folder on the disk.
 */
async function settleGrounds(
  store: RegistryStore,
  log: { readonly folder: StoreFolder },
  intent: Intent,
): Promise<void> {
  await store.settle(INTENTS);
  await store.settle(logFolder(log));
  if (intent.environment !== undefined) await store.settle(logFolder(modelLog(intent.model)));
}

interface Position<State> {
  readonly id: Digest;
  readonly seq: number;
  readonly prev: Digest | undefined;
  readonly state: State;
}

async function completeEvent<Event extends RegistryEvent, State extends object>(
  store: RegistryStore,
  draft: EventDraft<Event>,
  { id, seq, prev, state }: Position<State>,
): Promise<Uint8Array> {
  const folded = seq % STATE_INTERVAL === 0 ? await putDocument(store, state) : undefined;
  return formatDocument({ ...draft, schema: 'touchstone/event/v1', seq, prev, id, state: folded });
}

/** Reads an event as everybody will: what a reader would refuse is never written. */
function ownEvent<Event extends RegistryEvent, State extends object>(
  log: Log<Event, State>,
  bytes: Uint8Array,
): StoredEvent<Event> {
  const parsed = log.parseEvent(bytes);
  if (parsed.kind === 'invalid') throw new TypeError(`An event that nobody could read: ${parsed.problems.join('; ')}`);
  return { event: parsed.value, digest: digestOfBytes(bytes) };
}

/** As `create`; where its outcome is unknown, the key is read back, and the bytes tell whose it is. */
async function createAndMakeSure(store: RegistryStore, key: StoreKey, bytes: Uint8Array): Promise<Creation> {
  try {
    return await store.create(key, bytes);
  } catch (error) {
    const there = await store.get(key).catch(() => undefined);
    if (there === undefined) throw error;
    if (Buffer.compare(there, bytes) !== 0) return 'exists';
    // It stands, and what failed may have been what was to make it last.
    await store.settle(folderOf(key));
    return 'created';
  }
}

async function hintEnd(store: RegistryStore, log: { readonly folder: StoreFolder }, seq: number): Promise<void> {
  try {
    await writeHint(store, log, seq);
  } catch (error) {
    // The event stands, so the operation is done; without the hint the next reader lists more.
    if (!(error instanceof ServiceFailure)) throw error;
  }
}

async function readIntent(store: RegistryStore, operation: Operation): Promise<Intent | undefined> {
  const key = intentKey(idOfOperation(operation));
  const bytes = await store.get(key);
  if (bytes === undefined) return undefined;
  const parsed = parseIntent(bytes);
  if (parsed.kind === 'invalid') throw damaged(store, key, parsed.problems.join('; '));
  return parsed.value;
}

async function findEvent<Event extends RegistryEvent, State extends object>(
  store: RegistryStore,
  log: Log<Event, State>,
  id: Digest,
  first: number,
  last: number,
): Promise<StoredEvent<Event> | undefined> {
  return (await readEvents(store, log, first, last)).find(({ event }) => event.id === id);
}
