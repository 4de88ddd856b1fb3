import { describe, expect, it } from 'vitest';
import { parseGpus, visibleGpus } from '../../src/training/gpus.ts';

describe('the GPUs of a machine', () => {
  // Lines in the form of nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader,nounits.
  it('are what nvidia-smi lists', () => {
    expect(parseGpus('NVIDIA H200, 570.86.15, 143771\nOdd, Name, 535.1, [N/A]\r\n')).toEqual([
      { name: 'NVIDIA H200', driver: '570.86.15', memoryMiB: 143771 },
      { name: 'Odd, Name', driver: '535.1', memoryMiB: 0 },
    ]);
  });

  it('are none where it complains', () => {
    expect(parseGpus("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.")).toEqual([]);
  });

  const gpu = { name: 'NVIDIA H200', driver: '570', memoryMiB: 1 };
  it.each([
    [undefined, 4],
    ['', 0],
    ['-1', 0],
    ['0,2', 2],
    ['0,-1,2', 1],
    ['GPU-8932f937', 1],
    ['0,1,2,3,4,5', 4],
  ])('that CUDA_VISIBLE_DEVICES=%s shows are %d of four', (value, expected) => {
    expect(visibleGpus([gpu, gpu, gpu, gpu], { CUDA_VISIBLE_DEVICES: value })).toBe(expected);
  });
});
