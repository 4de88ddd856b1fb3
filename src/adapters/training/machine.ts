import { availableParallelism, release } from 'node:os';
import { execa } from 'execa';
import type { TrainingEnvironment } from '../../training/candidate.ts';
import type { HostEnvironment } from '../../training/commandEnvironment.ts';
import { GPU_QUERY, parseGpus } from '../../training/gpus.ts';

const ANSWER_MS = 5000;

/** What this machine is: platform, processors, GPUs. */
export async function describeMachine(
  host: HostEnvironment,
  answerMs: number = ANSWER_MS,
): Promise<Pick<TrainingEnvironment, 'platform' | 'cpus' | 'gpus'>> {
  return {
    platform: `${process.platform} ${process.arch} ${release()}`,
    cpus: availableParallelism(),
    gpus: await gpus(host, answerMs),
  };
}

// A driver that hangs is as good as none: a training is not held up for a description.
async function gpus(host: HostEnvironment, answerMs: number): Promise<TrainingEnvironment['gpus']> {
  try {
    const { stdout } = await execa('nvidia-smi', GPU_QUERY, {
      env: host,
      extendEnv: false,
      stdin: 'ignore',
      timeout: answerMs,
      killSignal: 'SIGKILL',
    });
    return parseGpus(stdout);
  } catch {
    return [];
  }
}
