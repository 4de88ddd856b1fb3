import * as v from 'valibot';
import type { Assurance } from '../config/config.ts';
import type { Judgement } from '../evaluation/verdict.ts';
import { digestOfBytes, digestOfJson, type Digest } from '../identity/digest.ts';
import { damaged } from './damage.ts';
import { digestField, formatDocument, parseDocument, type Parsed } from './document.ts';
import { assurance, judgement, withInfinitiesInWords } from './judgementDocument.ts';
import { listAll, type RegistryStore } from './store.ts';
import { parseStoreFolder, parseStoreKey, type StoreFolder, type StoreKey } from './storeKey.ts';

/** What a verdict is a function of, and by whom it was reached; nothing else may change it. */
export interface Comparison {
  /** Digest of the candidate's manifest. */
  readonly candidate: Digest;
  /** Of the champion's; absent where there was none. */
  readonly baseline?: Digest;
  readonly holdout: Digest;
  readonly policy: Digest;
  /** Name and version of what judged: `touchstone 0.1.0`. */
  readonly evaluator: string;
  readonly assurance: Assurance;
}

/** Created once, under the digest of what was compared. */
export interface VerdictRecord extends Comparison {
  readonly schema: 'touchstone/verdict/v1';
  /** Without anything on latency, which belongs to a run. */
  readonly judgement: Judgement;
}

export interface StoredVerdict {
  readonly record: VerdictRecord;
  /** Digest of the comparison: the file's name. */
  readonly name: Digest;
  /** sha256 of the file's bytes. */
  readonly digest: Digest;
}

const verdictRecord: v.GenericSchema<unknown, VerdictRecord> = v.strictObject({
  schema: v.literal('touchstone/verdict/v1'),
  candidate: digestField,
  baseline: v.exactOptional(digestField),
  holdout: digestField,
  policy: digestField,
  evaluator: v.string(),
  assurance,
  judgement,
});

export function nameOfComparison({ candidate, baseline, holdout, policy, evaluator, assurance }: Comparison): Digest {
  return digestOfJson({ candidate, baseline, holdout, policy, evaluator, assurance });
}

/** Where the verdicts on a holdout lie. */
export function verdictsFolder(holdout: Digest): StoreFolder {
  return parseStoreFolder(`verdicts/${holdout}/`);
}

export function verdictKey(holdout: Digest, name: Digest): StoreKey {
  return parseStoreKey(`${verdictsFolder(holdout)}${name}.json`);
}

/** The verdict on exactly this comparison, if one has been reached: looked for before anything is computed. */
export function findVerdict(store: RegistryStore, comparison: Comparison): Promise<StoredVerdict | undefined> {
  return readVerdict(store, comparison.holdout, nameOfComparison(comparison));
}

/** The verdict that evidence names; `undefined` where there is none of that name. */
export async function readVerdict(
  store: RegistryStore,
  holdout: Digest,
  name: Digest,
): Promise<StoredVerdict | undefined> {
  const key = verdictKey(holdout, name);
  const bytes = await store.get(key);
  if (bytes === undefined) return undefined;
  const parsed = parseVerdictRecord(bytes, name);
  if (parsed.kind === 'invalid') throw damaged(store, key, parsed.problems.join('; '));
  return { record: parsed.value, name, digest: digestOfBytes(bytes) };
}

/** Narrows a record, which must be of the comparison that its file is named by. */
export function parseVerdictRecord(bytes: Uint8Array, name: Digest): Parsed<VerdictRecord> {
  const parsed = parseDocument(verdictRecord, bytes);
  if (parsed.kind === 'parsed' && nameOfComparison(parsed.value) !== name) {
    return { kind: 'invalid', problems: ['its name is not the digest of what was compared'] };
  }
  return parsed;
}

/**
 * Stores what judging found and returns what stands: where two judged at once, the first one's. The look is counted
 * before the verdict can be read.
 */
export async function recordVerdict(
  store: RegistryStore,
  comparison: Comparison,
  found: Judgement,
): Promise<StoredVerdict> {
  assertWithoutLatency(found);
  const { candidate, baseline, holdout, policy, evaluator, assurance } = comparison;
  const name = nameOfComparison(comparison);
  const bytes = formatDocument({
    schema: 'touchstone/verdict/v1',
    candidate,
    baseline,
    holdout,
    policy,
    evaluator,
    assurance,
    judgement: withInfinitiesInWords(found),
  });
  await store.create(lookKey(holdout, candidate), formatDocument({ schema: 'touchstone/look/v1', candidate, holdout }));
  const created = await store.create(verdictKey(holdout, name), bytes);
  const stored = await findVerdict(store, comparison);
  if (stored === undefined)
    throw damaged(store, verdictKey(holdout, name), `it is not there, though the store says "${created}"`);
  return stored;
}

/** The same candidate may be found faster or slower tomorrow: what is stored once must not depend on it. */
function assertWithoutLatency({ findings, observations }: Judgement): void {
  if ([...findings, ...observations].some(({ metric }) => metric === 'latencyMs')) {
    throw new TypeError('Latency belongs to a run: a verdict is recorded without it.');
  }
}

function looksFolder(holdout: Digest): StoreFolder {
  return parseStoreFolder(`${verdictsFolder(holdout)}looks/`);
}

function lookKey(holdout: Digest, candidate: Digest): StoreKey {
  return parseStoreKey(`${looksFolder(holdout)}${candidate}.json`);
}

/**
 * How many different candidates have been judged on a holdout. One list.
 *
 * @param about one that is being judged, and counts whether or not it is on record already.
 */
export async function countLooks(store: RegistryStore, holdout: Digest, about?: Digest): Promise<number> {
  const looks = new Set(await listAll(store, looksFolder(holdout)));
  if (about !== undefined) looks.add(lookKey(holdout, about));
  return looks.size;
}
