import * as v from 'valibot';
import type { ModelConfig } from '../config/config.ts';
import type { Precedent } from '../diagnosis/gates.ts';
import { getDocument } from '../registry/blobs.ts';
import { readChampion } from '../registry/champions.ts';
import { parseEvidence } from '../registry/evidence.ts';
import { judgement } from '../registry/judgementDocument.ts';
import { openRegistry } from '../registry/layout.ts';
import type { RegistryStore } from '../registry/store.ts';
import { readVerdict } from '../registry/verdictRecord.ts';

/** The reports that runs left in the workspace. */
export interface KeptRuns {
  /** Oldest first; each id ends with the model's name. */
  listRuns(): Promise<readonly string[]>;
  readRun(file: string, id: string): Promise<string | undefined>;
}

/**
 * What the last judgement of a model found, without reading data: of the last run that compared it with a champion, else
 * of the verdict that made the champion. The rows put aside may have changed since.
 */
export async function lastFindings(
  model: ModelConfig,
  runs: KeptRuns,
  store: RegistryStore,
): Promise<Precedent | undefined> {
  return (await ofLastRun(model, runs)) ?? (await ofChampion(model, store));
}

const RUNS_LOOKED_AT = 10;

async function ofLastRun({ name }: ModelConfig, runs: KeptRuns): Promise<Precedent | undefined> {
  const own = (await runs.listRuns()).filter((id) => id.replace(/^[^-]*-/, '') === name);
  for (const id of own.slice(-RUNS_LOOKED_AT).toReversed()) {
    const parsed = v.safeParse(judgement, asJson(await runs.readRun('run.json', id)));
    if (parsed.success && parsed.output.verdict.compared) {
      return { source: `by the run ${id}`, findings: parsed.output.findings };
    }
  }
  return undefined;
}

async function ofChampion({ name, deploy }: ModelConfig, store: RegistryStore): Promise<Precedent | undefined> {
  await openRegistry(store, 'read');
  const environment = deploy.environments.at(-1) ?? deploy.environments[0];
  const { stored } = await readChampion(store, environment, name);
  if (stored === undefined) return undefined;
  const { verdict } = await getDocument(store, stored.event.evidence, parseEvidence);
  const record = verdict && (await readVerdict(store, verdict.holdout, verdict.name))?.record;
  if (record?.judgement.verdict.compared !== true) return undefined;
  return { source: `by the verdict that made the champion of ${environment}`, findings: record.judgement.findings };
}

/** A report may be cut off or edited: then it tells nothing. */
function asJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
}
