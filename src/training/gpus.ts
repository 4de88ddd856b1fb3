import type { TrainingEnvironment } from './candidate.ts';
import type { HostEnvironment } from './commandEnvironment.ts';

type Gpu = TrainingEnvironment['gpus'][number];

/** Arguments that make `nvidia-smi` answer one line `name, driver, MiB` for each GPU. */
export const GPU_QUERY = ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader,nounits'];

/** Reads that answer. A memory that the driver does not tell (`[N/A]`) is 0. */
export function parseGpus(answer: string): readonly Gpu[] {
  return answer.split('\n').flatMap((line) => {
    // From the right: a name may hold a comma.
    const [, name, driver, memory] = /^(.+),\s*([\d.]+),\s*(\d+|\[.*\])\s*$/.exec(line) ?? [];
    if (name === undefined || driver === undefined) return [];
    return [{ name: name.trim(), driver, memoryMiB: Number(memory) || 0 }];
  });
}

/** How many of them a command sees: CUDA_VISIBLE_DEVICES hides the others; -1 hides itself and all after it. */
export function visibleGpus(gpus: readonly Gpu[], host: HostEnvironment): number {
  const visible = host['CUDA_VISIBLE_DEVICES'];
  if (visible === undefined) return gpus.length;
  const named = visible.split(',').map((name) => name.trim());
  const end = named.findIndex((name) => name === '' || name === '-1' || name === 'NoDevFiles');
  return Math.min(gpus.length, end === -1 ? named.length : end);
}
