import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a group of processes is left to end by itself after each signal, before the next one. */
export interface Grace {
  readonly interruptMs: number;
  readonly terminateMs: number;
}

// The Actions runner kills a cancelled job 10 s after its first signal; by then nothing may be left.
export const GRACE: Grace = { interruptMs: 5000, terminateMs: 2000 };
const POLL_MS = 20;
const AFTER_KILL_MS = 1000;

/** Set in every command's environment; by it those of its descendants are found that left its group. */
export const MARK = 'TOUCHSTONE_PROCESS_MARK';

/**
 * A command and all that it started: on Linux and macOS a process group of its own, on Windows a process tree.
 * It outlives neither this process nor its own leader.
 */
export class ProcessGroup {
  readonly #leader: number;
  readonly #mark: string;
  readonly #watchdog: { release(): void };

  constructor(leader: number, mark: string, grace: Grace = GRACE) {
    this.#leader = leader;
    this.#mark = mark;
    this.#watchdog = process.platform === 'win32' ? { release: () => undefined } : watchdog(leader, grace);
  }

  /** SIGINT, SIGTERM, SIGKILL, each only if the one before did not end the group in time. */
  async stop(grace: Grace): Promise<void> {
    if (process.platform === 'win32') return killTree(this.#leader);
    if (!this.#signal('SIGINT') || (await this.#gone(grace.interruptMs))) return;
    await this.#terminate(grace);
  }

  /** To be called once the leader has ended: ends what it left running, and stops watching. */
  async close(grace: Grace): Promise<void> {
    if (process.platform !== 'win32') await this.#terminate(grace);
    this.#watchdog.release();
    await killMarked(this.#mark);
  }

  async #terminate(grace: Grace): Promise<void> {
    if (!this.#signal('SIGTERM') || (await this.#gone(grace.terminateMs))) return;
    this.#signal('SIGKILL');
    await this.#gone(AFTER_KILL_MS);
  }

  async #gone(withinMs: number): Promise<boolean> {
    const deadline = performance.now() + withinMs;
    while (this.#signal(0) && (await hasLivingMembers(this.#leader))) {
      if (performance.now() >= deadline) return false;
      await sleep(POLL_MS);
    }
    return true;
  }

  /** False where no such group is left. */
  #signal(signal: NodeJS.Signals | 0): boolean {
    try {
      return process.kill(-this.#leader, signal);
    } catch {
      return false;
    }
  }
}

/**
 * A shell that waits for the end of its input, which comes however this process ends, SIGKILL included, and then ends
 * the group. Its input is a pipe that nobody else inherits and nothing is ever written to.
 */
function watchdog(leader: number, grace: Grace): { release(): void } {
  const [interrupt, terminate] = [grace.interruptMs, grace.terminateMs].map((ms) => (ms / 1000).toFixed(3));
  const script =
    `read -r _; kill -s INT -- -${leader} 2>/dev/null || exit 0; sleep ${interrupt}; ` +
    `kill -s TERM -- -${leader} 2>/dev/null || exit 0; sleep ${terminate}; kill -s KILL -- -${leader} 2>/dev/null`;
  const shell = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: {} });
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  shell.unref();
  return { release: () => void shell.kill('SIGKILL') };
}

/**
 * Whether the group holds more than zombies. A container whose first process reaps none keeps them for ever, and
 * to signals they look alive; what they are is told by Linux alone (proc(5), stat: pid (name) state ppid pgrp).
 */
async function hasLivingMembers(group: number): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  for (const id of await processIds()) {
    const stat = await readFile(`/proc/${id}/stat`, 'latin1').catch(() => '');
    const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(pgrp) === group && state !== 'Z' && state !== 'X') return true;
  }
  return false;
}

async function processIds(): Promise<string[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
}

/** Ends the processes that carry the mark, whatever group or session they moved to. Linux alone tells their environment. */
async function killMarked(mark: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const wanted = `${MARK}=${mark}`;
  for (const id of await processIds()) {
    const environment = await readFile(`/proc/${id}/environ`, 'latin1').catch(() => '');
    if (!environment.split('\0').includes(wanted)) continue;
    try {
      process.kill(Number(id), 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

function killTree(leader: number): Promise<void> {
  return new Promise((resolve) => {
    const taskkill = spawn('taskkill', ['/PID', String(leader), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
    taskkill.on('error', () => resolve());
    taskkill.on('exit', () => resolve());
  });
}
