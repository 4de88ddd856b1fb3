import { digestOfBytes, type Digest } from '../identity/digest.ts';
import type { EnvironmentName, ModelName } from '../identity/names.ts';
import type { BlobProofs } from './blobProofs.ts';
import { formatDocument } from './document.ts';
import { STATE_INTERVAL, type RegistryEvent } from './event.ts';
import { eventKey, type Log } from './log.ts';
import { parseIntent, type Intent } from './operation.ts';
import { doTogether, readTogether } from './readTogether.ts';
import type { RegistryStore } from './store.ts';
import { intentKey, type StoreFolder } from './storeKey.ts';
import type { Problems } from './verification.ts';

export interface LogToVerify<Event extends RegistryEvent, State extends object> {
  readonly log: Log<Event, State>;
  readonly model: ModelName;
  readonly environment?: EnvironmentName;
  /** The numbers that a list found, ascending. */
  readonly numbers: readonly number[];
}

export interface VerificationPorts {
  readonly store: RegistryStore;
  readonly problems: Problems;
  readonly blobs: BlobProofs;
}

/**
 * Goes through a whole log: numbers, chain, intents, folded states. `check` is given each event that can be read, with
 * the state before it, for what its kind of log asks. Returns the fold, and the ids of its events.
 */
export async function verifyLog<Event extends RegistryEvent, State extends object>(
  { log, model, environment, numbers }: LogToVerify<Event, State>,
  { store, problems, blobs }: VerificationPorts,
  check: (event: Event, before: State, key: string) => Promise<void>,
): Promise<{ readonly state: State; readonly ids: ReadonlySet<Digest> }> {
  const ids = new Set<Digest>();
  let state = log.empty;
  let prev: { readonly digest: Digest } | 'unknown' | undefined;
  let expected = 1;
  const read = async (seq: number) => ({ seq, key: eventKey(log, seq), bytes: await store.get(eventKey(log, seq)) });
  for await (const part of readTogether(await withUnlisted(numbers, log, store), read)) {
    const chained: { readonly event: Event; readonly seq: number; readonly key: string; readonly before: State }[] = [];
    for (const { seq, key, bytes } of part) {
      if (seq !== expected) {
        problems.add(
          'gap',
          eventKey(log, expected),
          `no events from ${expected} to ${seq - 1}, though ${seq} is there`,
        );
        prev = 'unknown';
      }
      expected = seq + 1;
      if (bytes === undefined) {
        problems.add('absent', key, 'it was listed, and is not there');
        prev = 'unknown';
        continue;
      }
      const parsed = log.parseEvent(bytes);
      if (parsed.kind === 'invalid') {
        problems.add('unreadable', key, parsed.problems.join('; '));
        prev = { digest: digestOfBytes(bytes) };
        continue;
      }
      const event = parsed.value;
      if (event.seq !== seq) problems.add('chain', key, `its "seq" is ${event.seq}`);
      if (prev !== 'unknown' && event.prev !== prev?.digest) {
        problems.add('chain', key, 'its "prev" is not the sha256 of the event before it');
      }
      prev = { digest: digestOfBytes(bytes) };
      if (ids.has(event.id)) problems.add('done-twice', key, 'an earlier event has the same id');
      ids.add(event.id);
      chained.push({ event, seq, key, before: state });
      state = log.apply(state, event);
    }
    await doTogether(chained, async ({ event, seq, key, before }) => {
      await verifyIntent({ event, seq, model, environment }, key, store, problems);
      await verifyState(event, seq, before, key, { problems, blobs });
      await check(event, before, key);
    });
  }
  return { state, ids };
}

/**
 * The numbers of the events that are there. A list that is taken while others write may hold an event and not the one
 * that was made just before it: POSIX says nothing of names that are made while a folder is read.
 */
async function withUnlisted(
  listed: readonly number[],
  log: { readonly folder: StoreFolder },
  store: RegistryStore,
): Promise<readonly number[]> {
  const known = new Set(listed);
  const found: number[] = [];
  for (let seq = (listed.at(-1) ?? 0) - 1; seq > 0; seq -= 1) {
    if (known.has(seq)) continue;
    // Numbers are made in order: once one is truly absent, so are the ones that a damaged log lacks before it.
    if ((await store.get(eventKey(log, seq))) === undefined) break;
    found.push(seq);
  }
  return [...listed, ...found].sort((a, b) => a - b);
}

interface PlacedEvent {
  readonly event: RegistryEvent;
  readonly seq: number;
  readonly model: ModelName;
  readonly environment: EnvironmentName | undefined;
}

async function verifyIntent(placed: PlacedEvent, key: string, store: RegistryStore, problems: Problems): Promise<void> {
  const bytes = await store.get(intentKey(placed.event.id));
  if (bytes === undefined) {
    problems.add('intent', key, `its intent ${intentKey(placed.event.id)} is not there`);
    return;
  }
  const parsed = parseIntent(bytes);
  if (parsed.kind === 'invalid') {
    problems.add('unreadable', intentKey(placed.event.id), parsed.problems.join('; '));
  } else if (!isIntentOf(parsed.value, placed)) {
    problems.add('intent', key, `its intent ${intentKey(placed.event.id)} asks for something else`);
  }
}

function isIntentOf(intent: Intent, { event, seq, model, environment }: PlacedEvent): boolean {
  return (
    intent.id === event.id &&
    intent.type === event.type &&
    intent.model === model &&
    intent.environment === environment &&
    intent.after < seq
  );
}

async function verifyState(
  event: RegistryEvent,
  seq: number,
  folded: object,
  key: string,
  { problems, blobs }: Pick<VerificationPorts, 'problems' | 'blobs'>,
): Promise<void> {
  if (event.state === undefined) {
    if (seq % STATE_INTERVAL === 0) problems.add('state', key, 'it names no folded state');
    return;
  }
  if (event.state !== digestOfBytes(formatDocument(folded))) {
    problems.add('state', key, 'the state that it names is not the fold of the events before it');
  }
  await blobs.proveNamed(event.state, key);
}
