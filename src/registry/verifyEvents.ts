import { digestOfBytes } from '../identity/digest.ts';
import type { EnvironmentName, ModelName } from '../identity/names.ts';
import { championOf, championsBefore, tellChampion, type ChampionHistory, type ChampionVersion } from './champions.ts';
import type { EnvironmentEvent, ModelEvent, RegistryEvent } from './event.ts';
import { parseEvidence, type VerdictEvidence } from './evidence.ts';
import { blobsOfManifest } from './manifest.ts';
import { parseManifest } from './manifestDocument.ts';
import { parseVerdictRecord, verdictKey } from './verdictRecord.ts';
import type { VerificationPorts } from './verifyLog.ts';
import { versionOfManifest, type ModelVersions } from './versions.ts';

/** What an event of a model's log must bear out. */
export async function verifyModelEvent(
  event: ModelEvent,
  before: ModelVersions,
  key: string,
  ports: VerificationPorts,
): Promise<void> {
  await verifyEvidence(event, key, ports);
  const known = versionOfManifest(before, event.manifest);
  switch (event.type) {
    case 'register': {
      const next = before.versions.length + 1;
      if (event.version !== next)
        ports.problems.add('contradiction', key, `it registers v${event.version}, not v${next}`);
      if (known !== undefined) ports.problems.add('contradiction', key, `v${known.number} has the same manifest`);
      return verifyManifest(event, key, ports);
    }
    case 'deprecate':
    case 'yank':
    case 'annotate':
      if (known?.number !== event.version) {
        ports.problems.add('contradiction', key, `v${event.version} is not registered with this manifest`);
      }
      return;
    case 'override':
      // A person's word on a candidate, which need not be registered.
      return;
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

async function verifyManifest(event: RegistryEvent, key: string, { blobs }: VerificationPorts): Promise<void> {
  const manifest = await blobs.document(event.manifest, key, parseManifest);
  if (manifest === undefined) return;
  for (const { digest } of blobsOfManifest(manifest)) await blobs.proveNamed(digest, `manifest ${event.manifest}`);
}

async function verifyEvidence(event: RegistryEvent, key: string, ports: VerificationPorts): Promise<void> {
  const evidence = await ports.blobs.document(event.evidence, key, parseEvidence);
  if (evidence === undefined) return;
  const isJudged = event.type === 'register' || event.type === 'promote';
  if (evidence.verdict !== undefined) await verifyVerdictOf(event, evidence.verdict, evidence.parent, key, ports);
  else if (isJudged) ports.problems.add('contradiction', key, 'its evidence names no verdict');
  if (event.type === 'promote' && evidence.parent?.manifest !== event.expect) {
    ports.problems.add('contradiction', key, 'its evidence compares with another champion than the event expects');
  }
}

async function verifyVerdictOf(
  event: RegistryEvent,
  verdict: VerdictEvidence,
  parent: ChampionVersion | undefined,
  key: string,
  { store, problems }: VerificationPorts,
): Promise<void> {
  const record = verdictKey(verdict.holdout, verdict.name);
  const bytes = await store.get(record);
  if (bytes === undefined) {
    problems.add('absent', record, `it is not there (named by the evidence of ${key})`);
    return;
  }
  if (digestOfBytes(bytes) !== verdict.digest) {
    problems.add('altered', record, `its bytes have another sha256 than the evidence of ${key} says`);
  }
  // What cannot be read is told of where all verdicts are gone through.
  const parsed = parseVerdictRecord(bytes, verdict.name);
  if (parsed.kind === 'invalid') return;
  if (parsed.value.candidate !== event.manifest || parsed.value.baseline !== parent?.manifest) {
    problems.add('contradiction', key, `its verdict ${record} compares something else`);
  }
}
