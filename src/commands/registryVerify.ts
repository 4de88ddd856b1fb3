import type { ModelName } from '../identity/names.ts';
import type { RegistryStore } from '../registry/store.ts';
import type { Verification } from '../registry/verification.ts';
import { verifyRegistry } from '../registry/verify.ts';
import { selectModels } from './registryList.ts';

/** Proves a registry, or one model's part in it. @throws UserMistake `not_registered` for an unknown model. */
export async function proveRegistry(store: RegistryStore, only?: ModelName): Promise<Verification> {
  if (only !== undefined) await selectModels(store, only);
  return verifyRegistry(store, only);
}
