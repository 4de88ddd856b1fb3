import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { deferred } from './deferred.ts';

/** A runner that a test registers. */
export type RunnerOptions = {
  readonly name: string;
  readonly labels: readonly string[];
  /** Hosted: a fresh machine for each job, as many as are asked for. Self-hosted: one job at a time, its folders stay. */
  readonly kind: 'hosted' | 'self-hosted';
  readonly group?: string;
  /** What its machine has in the environment, such as a PATH with Python on it. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folders in front of PATH. */
  readonly path?: readonly string[];
  /** A tool cache that is filled already. */
  readonly toolCache?: string;
};

/** What a job asks for in `runs-on`. */
export type Demand = { readonly labels: readonly string[]; readonly group: string | undefined };

/** The folders of a machine while it runs a job. */
export type Machine = {
  readonly id: number;
  readonly options: RunnerOptions;
  readonly home: string;
  readonly work: string;
  readonly temp: string;
  readonly toolCache: string;
};

type Waiting = { readonly demand: Demand; readonly take: (machine: Promise<Machine>) => void };

/** The runners of a stand-in, and the jobs that wait for one. */
export class Runners {
  readonly #folder: string;
  readonly #runners: { readonly id: number; readonly options: RunnerOptions; busy: boolean }[];
  readonly #waiting: Waiting[] = [];

  constructor(folder: string, runners: readonly RunnerOptions[]) {
    this.#folder = folder;
    this.#runners = runners.map((options, at) => ({ id: at + 1, options, busy: false }));
  }

  /** Adds a runner; jobs that waited for one like it start. */
  register(options: RunnerOptions): void {
    this.#runners.push({ id: this.#runners.length + 1, options, busy: false });
    this.#assign();
  }

  /** Whether any runner, busy or not, could take such a job. */
  canServe(demand: Demand): boolean {
    return this.#runners.some(({ options }) => fits(options, demand));
  }

  /** What is registered, in words for a report. */
  describe(): string {
    return this.#runners.map(({ options }) => `${options.name} [${options.labels.join(', ')}]`).join('; ') || 'none';
  }

  /** A machine for a job, once one is free; undefined where the job is cancelled before. */
  async acquire(demand: Demand, cancelled: AbortSignal): Promise<Machine | undefined> {
    if (cancelled.aborted) return undefined;
    const { promise, resolve } = deferred<Promise<Machine> | undefined>();
    const waiting: Waiting = { demand, take: resolve };
    this.#waiting.push(waiting);
    const giveUp = (): void => {
      const at = this.#waiting.indexOf(waiting);
      if (at < 0) return;
      this.#waiting.splice(at, 1);
      resolve(undefined);
    };
    cancelled.addEventListener('abort', giveUp);
    this.#assign();
    try {
      return await promise;
    } finally {
      cancelled.removeEventListener('abort', giveUp);
    }
  }

  /** Takes a machine back. A hosted one is thrown away. */
  async release(machine: Machine): Promise<void> {
    if (machine.options.kind === 'hosted')
      await rm(join(machine.home, '..'), { recursive: true, force: true, maxRetries: 3 });
    const runner = this.#runners.find(({ id }) => id === machine.id);
    if (runner !== undefined) runner.busy = false;
    this.#assign();
  }

  #assign(): void {
    for (const waiting of [...this.#waiting]) {
      const runner = this.#runners.find(({ options, busy }) => !busy && fits(options, waiting.demand));
      if (runner === undefined) continue;
      runner.busy = runner.options.kind === 'self-hosted';
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      waiting.take(this.#machine(runner.id, runner.options));
    }
  }

  async #machine(id: number, options: RunnerOptions): Promise<Machine> {
    const own = join(this.#folder, options.name.replace(/[^\w.-]/g, '_'));
    await mkdir(own, { recursive: true });
    const root = options.kind === 'hosted' ? await mkdtemp(join(own, 'machine-')) : own;
    const machine: Machine = {
      id,
      options,
      home: join(root, 'home'),
      work: join(root, '_work'),
      temp: join(root, '_work', '_temp'),
      toolCache: options.toolCache ?? join(root, '_work', '_tool'),
    };
    // The runner empties its folder for temporary files before each job.
    await rm(machine.temp, { recursive: true, force: true });
    for (const folder of [machine.home, machine.temp, machine.toolCache]) await mkdir(folder, { recursive: true });
    return machine;
  }
}

function fits(options: RunnerOptions, demand: Demand): boolean {
  const own = new Set(options.labels.map((label) => label.toLowerCase()));
  const inGroup = demand.group === undefined || demand.group.toLowerCase() === options.group?.toLowerCase();
  return inGroup && demand.labels.every((label) => own.has(label.toLowerCase()));
}
