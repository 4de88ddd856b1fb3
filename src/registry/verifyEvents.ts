import { digestOfBytes, type Digest } from '../identity/digest.ts';
import type { EnvironmentName, ModelName } from '../identity/names.ts';
import { championOf, championsBefore, tellChampion, type ChampionHistory } from './champions.ts';
import type { EnvironmentEvent, ModelEvent, OverrideEvent, RegistryEvent, VersionEvent } from './event.ts';
import { parseEvidence, type Evidence, type VerdictEvidence } from './evidence.ts';
import { blobsOfManifest } from './manifest.ts';
import { parseManifest } from './manifestDocument.ts';
import { parseVerdictRecord, verdictKey, type VerdictRecord } from './verdictRecord.ts';
import type { VerificationPorts } from './verifyLog.ts';
import { versionOfManifest, type ModelVersions } from './versions.ts';

/** What an event of a model's log must bear out. */
export async function verifyModelEvent(
  event: ModelEvent,
  before: ModelVersions,
  key: string,
  ports: VerificationPorts,
): Promise<void> {
  const known = await verifyEvidence(event, key, ports);
  switch (event.type) {
    case 'register': {
      const same = versionOfManifest(before, event.manifest);
      const next = before.versions.length + 1;
      if (event.version !== next)
        ports.problems.add('contradiction', key, `it registers v${event.version}, not v${next}`);
      if (same !== undefined) ports.problems.add('contradiction', key, `v${same.number} has the same manifest`);
      return verifyManifest(event, key, ports);
    }
    case 'deprecate':
    case 'yank':
    case 'annotate':
      if (versionOfManifest(before, event.manifest)?.number !== event.version) {
        ports.problems.add('contradiction', key, `v${event.version} is not registered with this manifest`);
      }
      return;
    case 'override':
      if (known !== undefined) verifyOverride(event, known, key, ports);
      return;
  }
}

/** A person's word, on a finding that blocks in a verdict on just this candidate and baseline. */
function verifyOverride(
  event: OverrideEvent,
  { evidence, record }: VerifiedEvidence,
  key: string,
  { problems }: VerificationPorts,
): void {
  const contradiction = (found: string): void => problems.add('contradiction', key, found);
  if (event.actor.kind !== 'person') contradiction('it is not the word of a person');
  if (event.reason.trim() === '') contradiction('it gives no reason');
  if (evidence.override === undefined) contradiction('its evidence names no comment');
  if (event.overrides === 'model' || record === undefined) return;
  const findings = [...record.judgement.findings, ...(evidence.verdict?.latency ?? [])];
  if (!findings.some(({ id, blocks }) => id === event.finding && blocks)) {
    contradiction(`${event.finding} blocks nothing in the verdict that its evidence names`);
  }
}

/** What an event of an environment's log must bear out. */
export async function verifyEnvironmentEvent(
  event: EnvironmentEvent,
  before: ChampionHistory,
  key: string,
  place: { readonly environment: EnvironmentName; readonly model: ModelName; readonly versions: ModelVersions },
  ports: VerificationPorts,
): Promise<void> {
  const { problems } = ports;
  await verifyEvidence(event, key, ports);
  if (event.environment !== place.environment) {
    problems.add('contradiction', key, `it is of the environment "${event.environment}"`);
  }
  if (event.champion !== event.manifest) problems.add('contradiction', key, 'its champion is not its manifest');
  if (versionOfManifest(place.versions, event.champion)?.number !== event.version) {
    problems.add('contradiction', key, `its champion is not registered as v${event.version}`);
  }
  const champion = championOf(before);
  if (event.expect !== (champion.kind === 'none' ? undefined : champion.manifest)) {
    problems.add(
      'contradiction',
      key,
      `it was decided against another champion than ${tellChampion(place.model, champion)}`,
    );
  }
  if (event.type === 'rollback' && !championsBefore(before).some(({ manifest }) => manifest === event.champion)) {
    problems.add('contradiction', key, 'it rolls back to a version that was not champion before');
  }
}

async function verifyManifest(event: VersionEvent, key: string, { blobs }: VerificationPorts): Promise<void> {
  const manifest = await blobs.document(event.manifest, key, parseManifest);
  if (manifest === undefined) return;
  for (const { digest } of blobsOfManifest(manifest)) await blobs.proveNamed(digest, `manifest ${event.manifest}`);
}

interface VerifiedEvidence {
  readonly evidence: Evidence;
  /** The verdict that it names; absent where that cannot be read, which is told of. */
  readonly record?: VerdictRecord;
}

async function verifyEvidence(
  event: RegistryEvent,
  key: string,
  ports: VerificationPorts,
): Promise<VerifiedEvidence | undefined> {
  const evidence = await ports.blobs.document(event.evidence, key, parseEvidence);
  if (evidence === undefined) return undefined;
  if (event.type === 'promote' && evidence.parent?.manifest !== event.expect) {
    ports.problems.add('contradiction', key, 'its evidence compares with another champion than the event expects');
  }
  if (evidence.verdict === undefined) {
    if (isJudged(event)) ports.problems.add('contradiction', key, 'its evidence names no verdict');
    return { evidence };
  }
  const record = await verifyVerdictOf(comparedBy(event, evidence), evidence.verdict, key, ports);
  return { evidence, ...(record && { record }) };
}

function isJudged(event: RegistryEvent): boolean {
  switch (event.type) {
    case 'register':
    case 'promote':
      return true;
    case 'override':
      return event.overrides === 'finding';
    case 'rollback':
    case 'deprecate':
    case 'yank':
    case 'annotate':
      return false;
  }
}

interface Compared {
  readonly candidate: Digest | undefined;
  readonly baseline: Digest | undefined;
}

/** What the verdict of an event's evidence must be about. An override says itself against what it was. */
function comparedBy(event: RegistryEvent, { parent }: Evidence): Compared {
  if (event.type !== 'override') return { candidate: event.manifest, baseline: parent?.manifest };
  if (event.overrides === 'model') return { candidate: undefined, baseline: undefined };
  return { candidate: event.manifest, baseline: event.expect };
}

async function verifyVerdictOf(
  { candidate, baseline }: Compared,
  verdict: VerdictEvidence,
  key: string,
  { store, problems }: VerificationPorts,
): Promise<VerdictRecord | undefined> {
  const record = verdictKey(verdict.holdout, verdict.name);
  const bytes = await store.get(record);
  if (bytes === undefined) {
    problems.add('absent', record, `it is not there (named by the evidence of ${key})`);
    return undefined;
  }
  if (digestOfBytes(bytes) !== verdict.digest) {
    problems.add('altered', record, `its bytes have another sha256 than the evidence of ${key} says`);
  }
  // What cannot be read is told of where all verdicts are gone through.
  const parsed = parseVerdictRecord(bytes, verdict.name);
  if (parsed.kind === 'invalid') return undefined;
  if (parsed.value.candidate !== candidate || parsed.value.baseline !== baseline) {
    problems.add('contradiction', key, `its verdict ${record} compares something else`);
  }
  return parsed.value;
}
