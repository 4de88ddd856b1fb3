import { readdir, readFile } from 'node:fs/promises';

/**
 * Kills what the steps of a job left running, which the runner knows by the RUNNER_TRACKING_ID in their environments.
 * Their ids. Where there is no /proc it finds none.
 */
export async function killOrphans(trackingId: string): Promise<readonly number[]> {
  const entries = await readdir('/proc').catch(() => []);
  const found: number[] = [];
  for (const pid of entries.map(Number).filter((each) => each > 1 && each !== process.pid)) {
    // Processes come and go while one looks, and some are not ours to read.
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (!environment.split('\0').includes(`RUNNER_TRACKING_ID=${trackingId}`)) continue;
    try {
      process.kill(pid, 'SIGKILL');
      found.push(pid);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
  return found;
}
