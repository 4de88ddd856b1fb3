import * as v from 'valibot';
import { ServiceFailure, UserMistake } from '../failure.ts';
import { damaged } from './damage.ts';
import { formatDocument, numberField, parseDocument } from './document.ts';
import type { RegistryStore } from './store.ts';
import { REGISTRY_KEY, WHOLE_STORE } from './storeKey.ts';

/** The layout that this Touchstone writes and reads: docs/registry.md. */
const LAYOUT = 1;

const registryDocument = v.strictObject({ schema: v.literal('touchstone/registry/v1'), layout: numberField });

/**
 * Makes sure that a store holds a registry of the layout that we know, or nothing yet. To `write`, an empty store is
 * made a registry; to `read`, it is one without models.
 *
 * @throws UserMistake `not_a_registry` where something else lies there.
 * @throws ServiceFailure `unknown_layout` where a newer Touchstone made it.
 */
export async function openRegistry(store: RegistryStore, purpose: 'read' | 'write'): Promise<void> {
  const bytes = await store.get(REGISTRY_KEY);
  if (bytes !== undefined) {
    checkLayout(store, bytes);
    return;
  }
  for await (const name of store.list(WHOLE_STORE)) {
    // Desktops and version control leave such in any folder.
    if (name.startsWith('.')) continue;
    // A registry may have been begun since we looked.
    const begun = await store.get(REGISTRY_KEY);
    if (begun === undefined) throw notARegistry(store, name);
    checkLayout(store, begun);
    return;
  }
  if (purpose === 'read') return;
  const created = await store.create(
    REGISTRY_KEY,
    formatDocument({ schema: 'touchstone/registry/v1', layout: LAYOUT }),
  );
  if (created === 'exists') await openRegistry(store, 'read');
}

function checkLayout(store: RegistryStore, bytes: Uint8Array): void {
  const parsed = parseDocument(registryDocument, bytes);
  if (parsed.kind === 'invalid') {
    throw damaged(
      store,
      REGISTRY_KEY,
      parsed.problems.join('; '),
      `{"layout":${LAYOUT},"schema":"touchstone/registry/v1"}`,
    );
  }
  if (parsed.value.layout === LAYOUT) return;
  throw new ServiceFailure('unknown_layout', {
    where: `${store.location}: ${REGISTRY_KEY}`,
    found: `the registry has layout ${parsed.value.layout}`,
    expected: `layout ${LAYOUT}, the one that this Touchstone knows`,
    remedy: 'Install the Touchstone that the others who use this registry have',
  });
}

function notARegistry(store: RegistryStore, name: string): UserMistake {
  return new UserMistake('not_a_registry', {
    where: store.location,
    found: `it holds "${name}" and no ${REGISTRY_KEY}, so it is no registry`,
    expected: 'a registry, or a place that is empty or does not exist yet',
    remedy: 'Name another place as "registry" in touchstone.yml',
  });
}
