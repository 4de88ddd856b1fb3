import type { DataEngine } from '../../dataset/dataEngine.ts';
import type { DatabaseLimits } from './database.ts';
import { inspectDatasets, type ReadingWatch } from './inspectDatasets.ts';
import { materialiseDatasets } from './materialiseDatasets.ts';
import { openHoldout } from './openHoldout.ts';

const DEFAULT_MEMORY_MIB = 2048;

/**
 * The data engine over DuckDB, inside of this process. Each call opens a database that reaches its own files alone.
 *
 * @param watch told how far reading is.
 */
export function openDataEngine(limits: Partial<DatabaseLimits> = {}, watch: ReadingWatch = {}): DataEngine {
  const bounded: DatabaseLimits = { memoryMiB: DEFAULT_MEMORY_MIB, ...limits };
  return {
    inspect: (root, model) => inspectDatasets(root, model, bounded, watch),
    materialise: (datasets, model, folder, wanted = {}) =>
      materialiseDatasets(datasets, model, folder, wanted, bounded),
    openHoldout: (dataset, trainedOn) => openHoldout(dataset, trainedOn, bounded),
  };
}
