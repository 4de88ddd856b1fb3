import type { HostEnvironment } from './commandEnvironment.ts';

/** One GPU at this moment, as its driver tells it. */
export interface GpuState {
  readonly index: number;
  readonly uuid: string;
  readonly name: string;
  readonly driver: string;
  readonly memoryMiB: number;
  readonly freeMiB: number;
  /** Processes that hold memory of it. In a container the driver may hide those of others. */
  readonly heldBy: readonly { readonly pid: number; readonly program: string; readonly memoryMiB: number }[];
}

/** What `nvidia-smi` came to. */
export type GpuAnswer =
  | { readonly kind: 'gpus'; readonly gpus: readonly GpuState[] }
  /** There is no such program. */
  | { readonly kind: 'no-driver' }
  /** It failed, said so, or gave no answer in time. */
  | { readonly kind: 'failed'; readonly said: string };

/** Arguments that make `nvidia-smi` answer a line for each GPU. */
export const GPU_STATE_QUERY = [
  '--query-gpu=index,uuid,driver_version,memory.total,memory.free,name',
  '--format=csv,noheader,nounits',
];

/** Arguments that make it answer a line for each process that computes. */
export const GPU_PROCESS_QUERY = [
  '--query-compute-apps=gpu_uuid,pid,used_memory,process_name',
  '--format=csv,noheader,nounits',
];

/** Reads both answers. A memory that the driver does not tell (`[N/A]`) is 0. */
export function parseGpuStates(states: string, processes: string): readonly GpuState[] {
  const holders = rows(processes, 4).map(([uuid = '', pid = '', memory = '', program = '']) => ({
    uuid,
    holder: { pid: Number(pid) || 0, program, memoryMiB: Number(memory) || 0 },
  }));
  return rows(states, 6).flatMap(([index = '', uuid = '', driver = '', total = '', free = '', name = '']) => {
    if (!/^\d+$/.test(index)) return [];
    const heldBy = holders.filter((each) => each.uuid === uuid).map(({ holder }) => holder);
    const [memoryMiB, freeMiB] = [Number(total) || 0, Number(free) || 0];
    return [{ index: Number(index), uuid, name, driver, memoryMiB, freeMiB, heldBy }];
  });
}

/** The last field may hold commas. */
function rows(answer: string, fields: number): readonly (readonly string[])[] {
  return answer.split('\n').flatMap((line) => {
    const parts = line.split(',').map((part) => part.trim());
    if (parts.length < fields) return [];
    return [[...parts.slice(0, fields - 1), parts.slice(fields - 1).join(', ')]];
  });
}

/** Those that a command sees: CUDA_VISIBLE_DEVICES names them by number or by the start of their uuid. */
export function visibleStates(gpus: readonly GpuState[], host: HostEnvironment): readonly GpuState[] {
  const visible = host['CUDA_VISIBLE_DEVICES'];
  if (visible === undefined) return gpus;
  const seen: GpuState[] = [];
  for (const name of visible.split(',').map((each) => each.trim())) {
    const gpu = gpus.find(({ index, uuid }) => String(index) === name || (name !== '' && uuid.startsWith(name)));
    // What names none hides itself and all after it (CUDA C++ Programming Guide, environment variables).
    if (gpu === undefined || seen.includes(gpu)) break;
    seen.push(gpu);
  }
  return seen;
}
