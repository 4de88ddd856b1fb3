import { describe, expect, it } from 'vitest';
import { ServiceFailure } from '../../src/failure.ts';
import { parseGpuStates, visibleStates, type GpuAnswer } from '../../src/training/gpuState.ts';
import { preflight, refuseUnready, type MachineNeeds } from '../../src/training/preflight.ts';

// As `nvidia-smi --query-gpu=index,uuid,driver_version,memory.total,memory.free,name --format=csv,noheader,nounits`
// writes it on a machine with two GPUs, and --query-compute-apps of the same.
const STATES = `0, GPU-8f1c, 570.86.15, 143771, 143000, NVIDIA H200
1, GPU-77aa, 570.86.15, 143771, 60000, NVIDIA H200, PCIe
`;
const PROCESSES = 'GPU-77aa, 4711, 83000, /usr/bin/python3, -m train\n';

const gpus = parseGpuStates(STATES, PROCESSES);
const answer: GpuAnswer = { kind: 'gpus', gpus };
const disks = [{ folder: '/work', freeMiB: 50_000 }];
const needs = (of: Partial<MachineNeeds> = {}): MachineNeeds => ({
  gpu: 'required',
  gpuMemoryMiB: 0,
  diskMiB: 1024,
  ...of,
});

describe('what the driver tells', () => {
  it('is read a GPU a line, names and programs with commas in them', () => {
    expect(gpus).toEqual([
      {
        index: 0,
        uuid: 'GPU-8f1c',
        driver: '570.86.15',
        memoryMiB: 143771,
        freeMiB: 143000,
        name: 'NVIDIA H200',
        heldBy: [],
      },
      {
        index: 1,
        uuid: 'GPU-77aa',
        driver: '570.86.15',
        memoryMiB: 143771,
        freeMiB: 60000,
        name: 'NVIDIA H200, PCIe',
        heldBy: [{ pid: 4711, memoryMiB: 83000, program: '/usr/bin/python3, -m train' }],
      },
    ]);
  });

  it('takes what is not told for nothing', () => {
    expect(parseGpuStates('0, GPU-1, 570, [N/A], [N/A], H200', '')).toMatchObject([{ memoryMiB: 0, freeMiB: 0 }]);
    expect(parseGpuStates('No devices were found', 'No running processes found')).toEqual([]);
  });

  it.each([
    [undefined, [0, 1]],
    ['1', [1]],
    ['1,0', [1, 0]],
    ['GPU-77', [1]],
    ['0,-1,1', [0]],
    ['', []],
    ['7,0', []],
    ['0,0', [0]],
  ])('is seen through CUDA_VISIBLE_DEVICES=%s as GPUs %j', (visible, expected) => {
    const host = visible === undefined ? {} : { CUDA_VISIBLE_DEVICES: visible };
    expect(visibleStates(gpus, host).map(({ index }) => index)).toEqual(expected);
  });
});

describe('a machine that is to train', () => {
  it('is fit with one GPU that nobody holds', () => {
    const { problems, found } = preflight(needs(), { gpu: answer, disks }, {});
    expect(problems).toEqual([]);
    expect(found.join('\n')).toContain(
      'GPU 0 NVIDIA H200, driver 570.86.15: 139 GiB of 140 GiB free, held by no process',
    );
  });

  it.each<[string, Partial<MachineNeeds>, GpuAnswer, { readonly [name: string]: string }, RegExp]>([
    ['without a driver', {}, { kind: 'no-driver' }, {}, /no nvidia-smi on PATH/],
    ['with a driver that fails', {}, { kind: 'failed', said: 'no devices' }, {}, /nvidia-smi: no devices/],
    ['without a GPU', {}, { kind: 'gpus', gpus: [] }, {}, /tells of no GPU$/],
    ['whose GPUs are hidden', {}, answer, { CUDA_VISIBLE_DEVICES: '' }, /hides 2/],
    ['whose GPU is held', {}, answer, { CUDA_VISIBLE_DEVICES: '1' }, /held by .*python3.* \(process 4711/],
    ['with too little free memory', { gpuMemoryMiB: 143_001 }, answer, {}, /GPU 0 .*GPU 1 /],
  ])('is not fit %s', (_name, of, gpu, host, said) => {
    const { problems } = preflight(needs(of), { gpu, disks }, host);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.found).toMatch(said);
    expect(problems[0]?.expected).toContain('inputs "gpu" and "gpu-memory"');
  });

  it('is fit with exactly the memory and the disk that are asked for', () => {
    const exactly = needs({ gpuMemoryMiB: 143_000, diskMiB: 50_000 });
    expect(preflight(exactly, { gpu: answer, disks }, {}).problems).toEqual([]);
    const more = needs({ gpu: 'none', diskMiB: 50_001 });
    expect(preflight(more, { disks }, {}).problems[0]?.found).toContain('of the disk are free');
  });

  it('is fit without a GPU where one only may be there, and says so', () => {
    const { problems, warnings } = preflight(needs({ gpu: 'optional' }), { gpu: { kind: 'no-driver' }, disks }, {});
    expect(problems).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('Training goes on without')]);
  });

  it('is refused with all that is missing', () => {
    const checked = preflight(needs({ diskMiB: 60_000 }), { gpu: { kind: 'no-driver' }, disks }, {});
    expect(() => refuseUnready(checked)).toThrow(ServiceFailure);
    expect(() => refuseUnready(checked)).toThrow(/of the disk[^]*nvidia-smi/);
  });
});
