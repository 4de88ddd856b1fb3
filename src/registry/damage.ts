import { ServiceFailure } from '../failure.ts';
import type { RegistryStore } from './store.ts';

/** What stands in the store is not what Touchstone can have written there. Nothing is mended by itself. */
export function damaged(
  store: Pick<RegistryStore, 'location'>,
  key: string,
  found: string,
  expected?: string,
): ServiceFailure {
  return new ServiceFailure('registry_damaged', {
    where: `${store.location}: ${key}`,
    found,
    ...(expected !== undefined && { expected }),
    remedy: 'Run "touchstone registry verify" for all that is wrong, and restore the file from a backup',
  });
}
