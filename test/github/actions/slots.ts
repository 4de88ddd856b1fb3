import { deferred } from './deferred.ts';

/** How many jobs of a matrix run at once. */
export class Slots {
  #free: number;
  readonly #waiting: ((taken: boolean) => void)[] = [];

  constructor(free: number) {
    this.#free = free;
  }

  /** Waits for a turn, to be followed by `free`; false where the job is cancelled before it comes. */
  async take(cancelled: AbortSignal): Promise<boolean> {
    if (cancelled.aborted) return false;
    if (this.#free > 0) {
      this.#free -= 1;
      return true;
    }
    const { promise, resolve } = deferred<boolean>();
    this.#waiting.push(resolve);
    const giveUp = (): void => {
      const at = this.#waiting.indexOf(resolve);
      if (at >= 0) this.#waiting.splice(at, 1);
      resolve(false);
    };
    cancelled.addEventListener('abort', giveUp, { once: true });
    return promise;
  }

  free(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next(true);
  }
}
