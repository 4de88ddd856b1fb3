import type { Surveyor } from '../../proposal/surveyor.ts';
import type { DatabaseLimits } from './database.ts';

/** The surveyor over DuckDB, inside of this process. */
export function openSurveyor(limits: Partial<DatabaseLimits> = {}): Surveyor {
  return { open: () => Promise.reject(new Error(`Not there yet: ${limits.memoryMiB}`)) };
}
