import { UserMistake, type Problem } from '../failure.ts';
import type { ModelSignature } from '../evaluation/predictor.ts';
import type { Digest } from '../identity/digest.ts';
import type { EnvironmentName } from '../identity/names.ts';
import { appendEvent, beginOperation } from '../registry/append.ts';
import { putBlob, putDocument } from '../registry/blobs.ts';
import { readChampion, type Champion } from '../registry/champions.ts';
import { formatDocument } from '../registry/document.ts';
import type { ModelEvent } from '../registry/event.ts';
import { putEvidence, type Evidence } from '../registry/evidence.ts';
import { readLog, type StoredEvent } from '../registry/log.ts';
import { blobsOfManifest, buildManifest, digestOfManifest, type Manifest } from '../registry/manifest.ts';
import { parseManifest } from '../registry/manifestDocument.ts';
import type { Occasion, Operation } from '../registry/operation.ts';
import type { ByteSource, RegistryStore } from '../registry/store.ts';
import { modelLog, versionOfManifest, type ModelVersion, type ModelVersions } from '../registry/versions.ts';
import type { Candidate } from '../training/candidate.ts';
import { evidenceOfVerdict, type JudgedAgainst, type VerdictAgainst } from './verdictAgainst.ts';

export interface RegisterRequest {
  readonly candidate: Candidate;
  readonly signature: ModelSignature;
  /** The bytes of every blob that the manifest names: the candidate's files and the row keys of its data. */
  readonly sources: readonly ByteSource[];
  /** Whose champion it is judged against: production. */
  readonly environment: EnvironmentName;
  readonly occasion: Occasion;
}

export interface RegisterPorts {
  /** Opened with `openRegistry`. */
  readonly store: RegistryStore;
  readonly verdictAgainst: VerdictAgainst;
  readonly now: () => Date;
}

export type RegistrationPlan =
  | {
      readonly kind: 'register';
      readonly operation: Operation;
      readonly manifest: Manifest;
      readonly digest: Digest;
      /** In the order in which they are stored. */
      readonly blobs: readonly ByteSource[];
      readonly champion: Champion;
      readonly judged: JudgedAgainst;
    }
  | AlreadyRegistered;

/** The manifest is known: equal inputs and equal bytes are one version. */
interface AlreadyRegistered {
  readonly kind: 'already-registered';
  readonly version: ModelVersion;
}

export type RegistrationOutcome =
  | {
      readonly kind: 'registered';
      readonly version: ModelVersion;
      readonly stored: StoredEvent<ModelEvent>;
      readonly judged: JudgedAgainst;
    }
  | AlreadyRegistered;

/** Makes a candidate a model version, whatever its verdict: that is put on record with it, and gates promotion. */
export async function register(request: RegisterRequest, ports: RegisterPorts): Promise<RegistrationOutcome> {
  const plan = await planRegistration(request, ports);
  return plan.kind === 'register' ? applyRegistration(request, plan, ports) : plan;
}

/**
 * Finds out what registering would do. A plan judges where no verdict is on record yet, which is a look at the holdout
 * and is counted; otherwise it writes nothing.
 *
 * @throws UserMistake `candidate_invalid` where no manifest can be made of the candidate, `candidate_incomplete` where the
 * bytes of a blob are not at hand.
 */
export async function planRegistration(
  { candidate, signature, sources, environment, occasion }: RegisterRequest,
  { store, verdictAgainst }: RegisterPorts,
): Promise<RegistrationPlan> {
  const { model } = candidate;
  const manifest = buildManifest(candidate, signature);
  assertReadable(candidate, manifest);
  const digest = digestOfManifest(manifest);
  const { state } = await readLog(store, modelLog(model));
  const known = versionOfManifest(state, digest);
  if (known !== undefined) return { kind: 'already-registered', version: known };
  const blobs = sourcesOf(candidate, manifest, sources);
  const { champion } = await readChampion(store, environment, model);
  const judged = await verdictAgainst(digest, champion);
  const operation: Operation = { type: 'register', model, asked: { manifest: digest }, cause: occasion.cause };
  return { kind: 'register', operation, manifest, digest, blobs, champion, judged };
}

/** Stores blobs, manifest and evidence, and then the event: until that stands, there is no version. */
export async function applyRegistration(
  { candidate, occasion }: RegisterRequest,
  { operation, manifest, digest, blobs, champion, judged }: Extract<RegistrationPlan, { kind: 'register' }>,
  { store, now }: RegisterPorts,
): Promise<RegistrationOutcome> {
  const log = modelLog(candidate.model);
  const intent = await beginOperation(store, log, operation);
  for (const blob of blobs) await putBlob(store, blob);
  await putDocument(store, manifest);
  const evidence = await putEvidence(store, evidenceOfRegistration(candidate, occasion, champion, judged));
  const appended = await appendEvent(store, log, intent, (state: ModelVersions) => {
    const known = versionOfManifest(state, digest);
    if (known !== undefined) return { kind: 'stop', because: known };
    return {
      kind: 'append',
      draft: {
        type: 'register',
        at: now().toISOString(),
        version: state.versions.length + 1,
        manifest: digest,
        actor: occasion.actor,
        evidence,
        reason: occasion.reason,
      },
    };
  });
  if (appended.kind === 'stopped') return { kind: 'already-registered', version: appended.because };
  const version = versionOfManifest(log.apply(log.empty, appended.stored.event), digest);
  if (version === undefined) throw new TypeError('A registration that registers another manifest.');
  if (appended.kind === 'found') return { kind: 'already-registered', version };
  return { kind: 'registered', version, stored: appended.stored, judged };
}

/** What a reader would refuse is never written. */
function assertReadable({ model }: Candidate, manifest: Manifest): void {
  const parsed = parseManifest(formatDocument(manifest));
  if (parsed.kind === 'parsed') return;
  const [first = '', ...others] = parsed.problems;
  const problem = (found: string): Problem => ({ where: `candidate of ${model}`, found });
  throw new UserMistake('candidate_invalid', problem(first), ...others.map(problem));
}

function sourcesOf(candidate: Candidate, manifest: Manifest, sources: readonly ByteSource[]): readonly ByteSource[] {
  const blobs = blobsOfManifest(manifest).map(({ what, digest }) => ({
    what,
    source: sources.find((source) => source.digest === digest),
  }));
  const missing = blobs.flatMap(({ what, source }): Problem[] =>
    source === undefined
      ? [{ where: `candidate of ${candidate.model}`, found: `${what} is not at hand`, remedy: 'Train again' }]
      : [],
  );
  const [first, ...others] = missing;
  if (first !== undefined) throw new UserMistake('candidate_incomplete', first, ...others);
  return blobs.flatMap(({ source }) => source ?? []);
}

function evidenceOfRegistration(
  { startedAt, seconds, environment, claimed }: Candidate,
  { trigger, cause }: Occasion,
  champion: Champion,
  judged: JudgedAgainst,
): Evidence {
  return {
    schema: 'touchstone/evidence/v1',
    trigger,
    cause,
    verdict: evidenceOfVerdict(judged),
    ...(champion.kind === 'version' && { parent: { version: champion.version, manifest: champion.manifest } }),
    training: { startedAt, seconds, environment, claimed },
  };
}
