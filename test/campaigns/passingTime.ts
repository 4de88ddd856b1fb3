import type { Later, Waiting } from '../../app/later.ts';

interface Alarm {
  readonly at: number;
  readonly act: () => void;
}

/** Time that passes when it is told to, and what was put off with it. */
export class PassingTime {
  #ms: number;
  readonly #alarms = new Set<Alarm>();

  constructor(begins: Date) {
    this.#ms = Math.floor(begins.getTime() / 1000) * 1000;
  }

  readonly now = (): Date => new Date(this.#ms);

  /** For one App: `silence` makes that nothing which it put off is ever done. */
  alarms(): { readonly later: Later; readonly silence: () => void } {
    const own = new Set<Alarm>();
    const later: Later = (ms, act): Waiting => {
      const alarm = { at: this.#ms + ms, act };
      own.add(alarm);
      this.#alarms.add(alarm);
      return { cancel: () => this.#alarms.delete(alarm) };
    };
    return { later, silence: () => own.forEach((alarm) => this.#alarms.delete(alarm)) };
  }

  /** Lets so much pass, and does on the way what comes due. */
  pass(ms: number): void {
    const until = this.#ms + ms;
    for (;;) {
      const [next] = [...this.#alarms].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#alarms.delete(next);
      this.#ms = Math.max(this.#ms, next.at);
      next.act();
    }
    this.#ms = until;
  }
}
