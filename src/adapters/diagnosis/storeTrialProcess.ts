// One of the processes that race to create names in a store: see storeTrials.ts.
import { ServiceFailure } from '../../failure.ts';
import type { Creation, RegistryStore } from '../../registry/store.ts';
import { parseStoreKey } from '../../registry/storeKey.ts';
import { FolderStore } from '../folderStore/folderStore.ts';

export interface TrialAsk {
  readonly key: string;
}

export type TrialAnswer =
  /** What this process was told, and whose bytes it read then. */
  | { readonly kind: 'tried'; readonly told: Creation; readonly read: number | undefined }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

const [folder = '', number = ''] = process.argv.slice(2);
const store = new FolderStore(folder, () => new Date());

process.on('message', ({ key }: TrialAsk) => {
  tried(store, key).then(answer, (error: unknown) => {
    answer(failed(error));
  });
});
process.once('disconnect', () => process.exit());
process.send?.('ready');

async function tried(tested: RegistryStore, name: string): Promise<TrialAnswer> {
  const key = parseStoreKey(name);
  const told = await tested.create(key, Buffer.from(number));
  const bytes = await tested.get(key);
  return { kind: 'tried', told, read: bytes === undefined ? undefined : Number(Buffer.from(bytes).toString('utf8')) };
}

function failed(error: unknown): TrialAnswer {
  const code = error instanceof ServiceFailure ? error.code : 'trial-failed';
  return { kind: 'failed', code, message: error instanceof Error ? error.message : String(error) };
}

function answer(told: TrialAnswer): void {
  process.send?.(told);
}
