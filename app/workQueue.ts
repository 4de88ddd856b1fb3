import { later, type Later, type Waiting } from './later.ts';

/** One thing to be made right, and how. */
export interface Work {
  /** Equal for what is the same thing: while it waits it is noted once, and while it is at work it is done once more after. */
  readonly key: string;
  /** What is done for one lane does not keep others waiting. */
  readonly lane: string;
  /** Its outcome says when to do it again, if at all. */
  readonly run: () => Promise<{ readonly againMs?: number | undefined }>;
}

export interface WorkQueueOptions {
  /** At work at a time in one lane. */
  readonly width: number;
  /** Told of what failed; it is tried again by itself. */
  readonly onFailure: (key: string, error: unknown, retryMs: number | undefined) => void;
  readonly onDone: (key: string, tookMs: number) => void;
  readonly now: () => Date;
  /** What a second of waiting lasts; a test hands in less. */
  readonly msPerSecond?: number;
  readonly later?: Later;
}

const FIRST_RETRY_SECONDS = 15;
const MOST_RETRIES = 7;

interface Item {
  work: Work;
  state: 'waiting' | 'at-work' | 'at-work-and-wanted' | 'later';
  failures: number;
  timer?: Waiting;
}

/** Does each thing that is noted once for any number of notes, one at a time for each, several side by side. */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #later: Later;
  readonly #items = new Map<string, Item>();
  readonly #waiting = new Map<string, Item[]>();
  readonly #working = new Map<string, number>();
  #isStopped = false;
  #idle: (() => void)[] = [];

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    this.#later = options.later ?? later;
  }

  /** What waits and what is at work. */
  get length(): number {
    return [...this.#items.values()].filter(({ state }) => state !== 'later').length;
  }

  note(work: Work): void {
    if (this.#isStopped) return;
    const item = this.#items.get(work.key);
    if (item === undefined) {
      this.#wait({ work, state: 'waiting', failures: 0 });
      return;
    }
    item.work = work;
    if (item.state === 'at-work') item.state = 'at-work-and-wanted';
    if (item.state === 'later') {
      item.timer?.cancel();
      this.#wait(item);
    }
  }

  /** Begins nothing more. */
  stop(): void {
    this.#isStopped = true;
    for (const item of this.#items.values()) item.timer?.cancel();
    for (const items of this.#waiting.values()) items.length = 0;
  }

  /** Resolves once nothing is at work or waits to be. */
  async idle(): Promise<void> {
    const isBusy = (): boolean =>
      [...this.#working.values()].some((count) => count > 0) || (!this.#isStopped && this.length > 0);
    while (isBusy()) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #wait(item: Item): void {
    item.state = 'waiting';
    this.#items.set(item.work.key, item);
    const { lane } = item.work;
    this.#waiting.set(lane, [...(this.#waiting.get(lane) ?? []), item]);
    this.#take(lane);
  }

  #take(lane: string): void {
    const waiting = this.#waiting.get(lane) ?? [];
    while ((this.#working.get(lane) ?? 0) < this.#options.width) {
      const item = waiting.shift();
      if (item === undefined) break;
      this.#working.set(lane, (this.#working.get(lane) ?? 0) + 1);
      void this.#do(item).finally(() => {
        this.#working.set(lane, (this.#working.get(lane) ?? 1) - 1);
        this.#take(lane);
        for (const resolve of this.#idle.splice(0)) resolve();
      });
    }
    if (waiting.length === 0) this.#waiting.delete(lane);
  }

  async #do(item: Item): Promise<void> {
    const { key } = item.work;
    item.state = 'at-work';
    const began = this.#options.now().getTime();
    const again = await this.#attempt(item);
    this.#options.onDone(key, this.#options.now().getTime() - began);
    // It may have been noted again while it was at work.
    const isWanted = (item as Pick<Item, 'state'>).state === 'at-work-and-wanted';
    if (this.#isStopped) this.#items.delete(key);
    else if (isWanted) this.#wait(item);
    else if (again === undefined) this.#items.delete(key);
    else {
      item.state = 'later';
      item.timer = this.#later(again, () => this.#wait(item));
    }
  }

  /** In how many ms to do it again; `undefined` where there is no need to. */
  async #attempt(item: Item): Promise<number | undefined> {
    try {
      const { againMs } = await item.work.run();
      item.failures = 0;
      return againMs;
    } catch (error) {
      item.failures += 1;
      const seconds = FIRST_RETRY_SECONDS * 2 ** (item.failures - 1);
      const retryMs = item.failures > MOST_RETRIES ? undefined : seconds * (this.#options.msPerSecond ?? 1000);
      this.#options.onFailure(item.work.key, error, retryMs);
      return retryMs;
    }
  }
}
