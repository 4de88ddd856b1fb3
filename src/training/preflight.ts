import { ServiceFailure, type Problem } from '../failure.ts';
import { visibleStates, type GpuAnswer, type GpuState } from './gpuState.ts';
import type { HostEnvironment } from './commandEnvironment.ts';

/** How a machine must be equipped for a training. */
export interface MachineNeeds {
  /** `required`: no training without one that is free; `optional`: what is found is told; `none`: not looked for. */
  readonly gpu: 'required' | 'optional' | 'none';
  /** Least free memory of one GPU; 0 where the model asks for none in particular. */
  readonly gpuMemoryMiB: number;
  /** Least free disk. */
  readonly diskMiB: number;
}

/** What was found before a training. */
export interface MachineSurvey {
  /** Absent where no GPU is asked for. */
  readonly gpu?: GpuAnswer;
  readonly disks: readonly { readonly folder: string; readonly freeMiB: number }[];
}

/** Whether a training may begin, and what a person should know of the machine. */
export interface Preflight {
  /** Sentences on what was found. */
  readonly found: readonly string[];
  /** What a model that only may have a GPU will do without. */
  readonly warnings: readonly string[];
  readonly problems: readonly Problem[];
}

/** Holds a machine to what is asked of it. */
export function preflight(needs: MachineNeeds, survey: MachineSurvey, host: HostEnvironment): Preflight {
  const found: string[] = [];
  const problems: Problem[] = [];
  for (const { folder, freeMiB } of survey.disks) {
    found.push(`${folder}: ${size(freeMiB)} free`);
    if (freeMiB >= needs.diskMiB) continue;
    problems.push({
      where: folder,
      found: `${size(freeMiB)} of the disk are free`,
      expected: `at least ${size(needs.diskMiB)} (input "disk")`,
      remedy: 'Free some space on the runner, or ask for less',
    });
  }
  if (needs.gpu === 'none' || survey.gpu === undefined) return { found, warnings: [], problems };
  const gpu = checkGpu(needs, survey.gpu, host);
  found.push(...gpu.found);
  if (gpu.problem === undefined) return { found, warnings: [], problems };
  if (needs.gpu === 'required') return { found, warnings: [], problems: [...problems, gpu.problem] };
  return { found, warnings: [`${gpu.problem.where}: ${gpu.problem.found}. Training goes on without`], problems };
}

/** @throws ServiceFailure `machine-not-ready` with everything that is missing. */
export function refuseUnready({ problems }: Preflight): void {
  const [first, ...rest] = problems;
  if (first === undefined) return;
  const others = rest.map(({ where, found, expected = '' }) => `${where}: ${found}; expected ${expected}`);
  throw new ServiceFailure('machine-not-ready', { ...first, ...(others.length > 0 && { excerpt: others }) });
}

function checkGpu(
  { gpuMemoryMiB }: MachineNeeds,
  answer: GpuAnswer,
  host: HostEnvironment,
): { readonly found: readonly string[]; readonly problem?: Problem } {
  const where = 'GPU';
  const asked = gpuMemoryMiB > 0 ? `a GPU with ${size(gpuMemoryMiB)} of free memory` : 'a GPU that no process holds';
  const expected = `${asked} (inputs "gpu" and "gpu-memory")`;
  const remedy = 'Name a runner that has one in runs-on, or set the input "gpu" to optional or none';
  if (answer.kind === 'no-driver') {
    return { found: [], problem: { where, found: 'there is no nvidia-smi on PATH, so no driver', expected, remedy } };
  }
  if (answer.kind === 'failed') {
    const found = `the driver does not answer (nvidia-smi: ${answer.said})`;
    return { found: [], problem: { where, found, expected, remedy: 'Mend the driver of the runner, or restart it' } };
  }
  const seen = visibleStates(answer.gpus, host);
  const found = seen.map(describe);
  if (seen.length === 0) {
    const hidden = answer.gpus.length > 0 ? `; CUDA_VISIBLE_DEVICES hides ${answer.gpus.length}` : '';
    return { found, problem: { where, found: `the driver tells of no GPU${hidden}`, expected, remedy } };
  }
  // With an amount asked for, what others hold does no harm as long as that much is left.
  const fits = ({ freeMiB, heldBy }: GpuState): boolean =>
    gpuMemoryMiB > 0 ? freeMiB >= gpuMemoryMiB : heldBy.length === 0;
  if (seen.some(fits)) return { found };
  const busy = 'Wait for what holds it, end it, or let the runner take one job at a time';
  return { found, problem: { where, found: found.join('; '), expected, remedy: busy } };
}

function describe({ index, name, driver, memoryMiB, freeMiB, heldBy }: GpuState): string {
  const holders = heldBy.map(({ pid, program, memoryMiB: held }) => `${program} (process ${pid}, ${size(held)})`);
  const by = holders.length === 0 ? 'held by no process' : `held by ${holders.join(', ')}`;
  return `GPU ${index} ${name}, driver ${driver}: ${size(freeMiB)} of ${size(memoryMiB)} free, ${by}`;
}

/** `512 MiB`, `140 GiB`. */
function size(mib: number): string {
  return mib < 10_240 ? `${mib} MiB` : `${Math.floor(mib / 1024)} GiB`;
}
