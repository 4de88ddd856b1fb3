/** One run or job that asks for its turn in a group. */
export type Turn = {
  readonly cancelInProgress: boolean;
  /** `single`: one may wait, a newer one takes its place. `max`: up to 100 wait in order. */
  readonly queue: 'single' | 'max';
  /** It may go on. */
  readonly start: () => void;
  /** A newer one took its place, or its right to run on. */
  readonly supersede: () => void;
};

const longestQueue = 100;

/** The concurrency groups of one repository; names differ in more than case. */
export class ConcurrencyGroups {
  readonly #groups = new Map<string, { running: Turn | undefined; waiting: Turn[] }>();

  enter(name: string, turn: Turn): void {
    const key = name.toLowerCase();
    const group = this.#groups.get(key) ?? { running: undefined, waiting: [] };
    this.#groups.set(key, group);
    if (group.running === undefined) {
      group.running = turn;
      turn.start();
      return;
    }
    const superseded = turn.queue === 'single' ? group.waiting.splice(0) : group.waiting.splice(longestQueue - 1);
    group.waiting.push(turn);
    for (const each of superseded) each.supersede();
    if (turn.cancelInProgress) group.running.supersede();
  }

  /** Ends a turn, or gives up waiting for it; the next one starts. */
  leave(name: string, turn: Turn): void {
    const group = this.#groups.get(name.toLowerCase());
    if (group === undefined) return;
    group.waiting = group.waiting.filter((each) => each !== turn);
    if (group.running !== turn) return;
    group.running = group.waiting.shift();
    group.running?.start();
  }
}
