import { closest, distance } from 'fastest-levenshtein';
import { UserMistake } from '../failure.ts';
import type { EnvironmentName, ModelName } from '../identity/names.ts';
import { readChampion, type Champion } from '../registry/champions.ts';
import { readLog } from '../registry/log.ts';
import { listEnvironments, listModels } from '../registry/models.ts';
import type { RegistryStore } from '../registry/store.ts';
import { modelLog, type ModelVersion } from '../registry/versions.ts';

export interface ListedModel {
  readonly model: ModelName;
  /** By number. */
  readonly versions: readonly ModelVersion[];
  /** Where one serves. */
  readonly champions: readonly ServingChampion[];
}

export interface ServingChampion {
  readonly environment: EnvironmentName;
  readonly champion: Extract<Champion, { kind: 'version' }>;
  readonly since: string;
}

/** Models, their versions and who serves where. @throws UserMistake `not_registered` for an unknown model. */
export async function listRegistry(store: RegistryStore, only?: ModelName): Promise<readonly ListedModel[]> {
  const models = await selectModels(store, only);
  return Promise.all(
    models.map(async (model) => {
      const { state } = await readLog(store, modelLog(model));
      return { model, versions: state.versions, champions: await championsOf(store, model) };
    }),
  );
}

/** All models of a registry, or the one that is meant. @throws UserMistake `not_registered` */
export async function selectModels(store: RegistryStore, only?: ModelName): Promise<readonly ModelName[]> {
  const models = await listModels(store);
  if (only === undefined) return models;
  if (models.includes(only)) return [only];
  const meant = models.length === 0 ? undefined : closest(only, [...models]);
  throw new UserMistake('not_registered', {
    where: store.location,
    found: `no version of "${only}" is registered`,
    ...(models.length > 0 && { expected: `one of ${models.join(', ')}` }),
    remedy:
      meant !== undefined && distance(meant, only) <= 2
        ? `If you mean "${meant}", say so`
        : `Register one with "touchstone register ${only}"`,
  });
}

/** In each environment that serves one. */
export async function championsOf(store: RegistryStore, model: ModelName): Promise<readonly ServingChampion[]> {
  const environments = await listEnvironments(store);
  const all = await Promise.all(
    environments.map(async (environment) => ({ environment, ...(await readChampion(store, environment, model)) })),
  );
  return all.flatMap(({ environment, champion, stored }) =>
    champion.kind === 'none' || stored === undefined ? [] : [{ environment, champion, since: stored.event.at }],
  );
}
