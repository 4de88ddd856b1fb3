import type { OpenHoldout } from '../../dataset/dataEngine.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { DatabaseLimits } from './database.ts';
export async function openHoldout(_d: Dataset, _t: readonly Uint8Array[], _l: DatabaseLimits): Promise<OpenHoldout> {
  await Promise.resolve();
  throw new Error('x');
}
