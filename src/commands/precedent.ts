import type { EnvironmentName, ModelName } from '../identity/names.ts';
import type { Judgement } from '../evaluation/verdict.ts';
import type { Digest } from '../identity/digest.ts';
import { getDocument } from '../registry/blobs.ts';
import { readChampion } from '../registry/champions.ts';
import { parseEvidence } from '../registry/evidence.ts';
import { openRegistry } from '../registry/layout.ts';
import type { RegistryStore } from '../registry/store.ts';
import { readVerdict } from '../registry/verdictRecord.ts';

/** The judgement on which an environment's champion was promoted, where it was on this holdout. */
export async function precedentOf(
  store: RegistryStore,
  environment: EnvironmentName,
  model: ModelName,
  holdout: Digest,
): Promise<Judgement | undefined> {
  await openRegistry(store, 'read');
  const { stored } = await readChampion(store, environment, model);
  if (stored === undefined) return undefined;
  const { verdict } = await getDocument(store, stored.event.evidence, parseEvidence);
  if (verdict?.holdout !== holdout) return undefined;
  return (await readVerdict(store, holdout, verdict.name))?.record.judgement;
}
