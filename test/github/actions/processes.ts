import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

/** How long a process that is cancelled has: after SIGINT, and after SIGTERM. */
export type Grace = { readonly interruptMs: number; readonly terminateMs: number };

/** What the runner gives: docs.github.com, "Workflow cancellation reference". */
export const grace: Grace = { interruptMs: 7_500, terminateMs: 2_500 };

export type ProcessRequest = {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  readonly cancelled: AbortSignal;
  readonly grace: Grace;
};

/** Runs a process until it ends, or has ended for being cancelled. Its exit code; null where a signal ended it. */
export async function runProcess(request: ProcessRequest): Promise<number | null> {
  const { command, args, cwd, env, onLine, cancelled } = request;
  // In a group of its own, so that all of it can be killed at the end.
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
  const read = [child.stdout, child.stderr].map(
    (stream) =>
      new Promise<void>((resolve) => {
        createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine).on('close', resolve);
      }),
  );
  const timers: NodeJS.Timeout[] = [];
  const stop = (): void => {
    child.kill('SIGINT');
    timers.push(setTimeout(() => child.kill('SIGTERM'), request.grace.interruptMs));
    timers.push(setTimeout(() => killGroup(child.pid), request.grace.interruptMs + request.grace.terminateMs));
  };
  if (cancelled.aborted) stop();
  else cancelled.addEventListener('abort', stop);
  try {
    const code = await ended;
    // What the process left behind may hold its output open: the runner does not wait for that.
    await Promise.race([Promise.all(read), wait(500, undefined, { ref: false })]);
    return code;
  } finally {
    cancelled.removeEventListener('abort', stop);
    for (const timer of timers) clearTimeout(timer);
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
