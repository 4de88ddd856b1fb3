import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeMachine } from '../../../src/adapters/training/machine.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';

async function withDriver(script: string, answerMs?: number): Promise<Awaited<ReturnType<typeof describeMachine>>> {
  const folder = await temporaryFolder({ 'nvidia-smi': `#!/bin/sh\n${script}\n` });
  await chmod(path.join(folder, 'nvidia-smi'), 0o755);
  return describeMachine({ PATH: `${folder}:${process.env['PATH'] ?? ''}` }, answerMs);
}

describe.skipIf(process.platform === 'win32')('this machine', () => {
  it('has the GPUs that the driver lists', async () => {
    const { gpus, cpus, platform } = await withDriver('echo "NVIDIA H200, 570.86.15, 143771"');
    expect(gpus).toEqual([{ name: 'NVIDIA H200', driver: '570.86.15', memoryMiB: 143771 }]);
    expect(cpus).toBeGreaterThan(0);
    expect(platform).toContain(process.platform);
  });

  it('has none where there is no driver, it fails, or it hangs', async () => {
    expect((await describeMachine({ PATH: '/nonexistent' })).gpus).toEqual([]);
    expect((await withDriver('echo "NVIDIA-SMI has failed"; exit 9')).gpus).toEqual([]);
    const startedMs = performance.now();
    expect((await withDriver('exec sleep 60', 200)).gpus).toEqual([]);
    expect(performance.now() - startedMs).toBeLessThan(20_000);
  });
});
