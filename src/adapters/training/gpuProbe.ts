import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import type { HostEnvironment } from '../../training/commandEnvironment.ts';
import { GPU_PROCESS_QUERY, GPU_STATE_QUERY, parseGpuStates, type GpuAnswer } from '../../training/gpuState.ts';
import { gpuUseQuery, GpuUseGatherer, type GpuWatch } from '../../training/gpuUse.ts';
import { LineSplitter } from '../../training/outputLines.ts';

const ANSWER_MS = 20_000;
const SAMPLE_SECONDS = 5;

/** The GPUs of this machine, and who holds them. */
export async function askGpus(host: HostEnvironment, answerMs: number = ANSWER_MS): Promise<GpuAnswer> {
  const ask = async (query: readonly string[]): Promise<string> => {
    const { stdout } = await execa('nvidia-smi', query, {
      env: host,
      extendEnv: false,
      stdin: 'ignore',
      timeout: answerMs,
      killSignal: 'SIGKILL',
    });
    return stdout;
  };
  try {
    // Some drivers do not tell processes (MIG, containers); the GPUs are known all the same.
    const [states, processes] = await Promise.all([ask(GPU_STATE_QUERY), ask(GPU_PROCESS_QUERY).catch(() => '')]);
    return { kind: 'gpus', gpus: parseGpuStates(states, processes) };
  } catch (error) {
    return whyNot(error, answerMs);
  }
}

function whyNot(error: unknown, answerMs: number): GpuAnswer {
  const { code, timedOut, stdout, stderr, shortMessage } = error as {
    readonly [key in 'code' | 'stdout' | 'stderr' | 'shortMessage']?: string;
  } & { readonly timedOut?: boolean };
  if (code === 'ENOENT') return { kind: 'no-driver' };
  if (timedOut === true) return { kind: 'failed', said: `no answer in ${answerMs / 1000} s` };
  // It tells its failures on its standard output.
  const said = `${stdout ?? ''}\n${stderr ?? ''}`.split('\n').map((line) => line.trim());
  return { kind: 'failed', said: said.find((line) => line !== '')?.slice(0, 200) ?? shortMessage ?? 'it failed' };
}

/** Watches the GPUs by one `nvidia-smi` that goes on until it is stopped. */
export function watchGpus(host: HostEnvironment, everySeconds: number = SAMPLE_SECONDS): GpuWatch {
  const gathered = new GpuUseGatherer(everySeconds);
  const lines = new LineSplitter();
  // One process that goes on: starting it takes longer than what it measures.
  const child = execa('nvidia-smi', gpuUseQuery(everySeconds), {
    env: host,
    extendEnv: false,
    stdin: 'ignore',
    stderr: 'ignore',
    buffer: false,
    reject: false,
    encoding: 'buffer',
    killSignal: 'SIGKILL',
  });
  child.stdout.on('data', (chunk: Uint8Array) => {
    for (const { text } of lines.push(chunk)) gathered.add(text);
  });
  return {
    async stop() {
      child.kill('SIGKILL');
      await child.catch(() => undefined);
      return gathered.summary();
    },
  };
}

/** MiB that this user may still write; of the nearest folder that exists. */
export async function freeMiB(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return Math.floor((bavail * bsize) / 2 ** 20);
  } catch (error) {
    const above = path.dirname(folder);
    if (above === folder) throw error;
    return freeMiB(above);
  }
}
