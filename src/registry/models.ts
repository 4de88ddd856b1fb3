import { isEnvironmentName, isModelName, type EnvironmentName, type ModelName } from '../identity/names.ts';
import type { RegistryStore } from './store.ts';
import { parseStoreFolder, type StoreFolder, type StoreKey } from './storeKey.ts';

/** The models that a registry has a log of, sorted. Foreign folders are nobody's model. */
export async function listModels(store: RegistryStore): Promise<readonly ModelName[]> {
  return (await childFolders(store, parseStoreFolder('models/'))).filter(isModelName);
}

/** The environments that a registry has a log of, sorted; some model was promoted in each. */
export async function listEnvironments(store: RegistryStore): Promise<readonly EnvironmentName[]> {
  return (await childFolders(store, parseStoreFolder('environments/'))).filter(isEnvironmentName);
}

/** The models that were promoted in an environment, sorted. */
export async function listModelsIn(store: RegistryStore, environment: EnvironmentName): Promise<readonly ModelName[]> {
  return (await childFolders(store, parseStoreFolder(`environments/${environment}/`))).filter(isModelName);
}

/** The folders right below one, by one short list each, however much lies in them. */
async function childFolders(store: RegistryStore, folder: StoreFolder): Promise<readonly string[]> {
  const children: string[] = [];
  let after: StoreKey | undefined;
  for (;;) {
    const [child] = await firstBelow(store, folder, after);
    if (child === undefined) return children.sort();
    children.push(child);
    // "0" is the character after "/": this sorts after all that is in the folder, and before whatever follows.
    after = `${folder}${child}0` as StoreKey;
  }
}

async function firstBelow(store: RegistryStore, folder: StoreFolder, after?: StoreKey): Promise<readonly string[]> {
  for await (const name of store.list(folder, after)) {
    const [child, ...rest] = name.slice(folder.length).split('/');
    if (child !== undefined && rest.length > 0) return [child];
  }
  return [];
}
