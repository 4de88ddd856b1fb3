import { describeAdvance, duration, fractionOf, plainLine, type Advance } from './progressText.ts';
import type { Terminal } from './terminal.ts';

const REDRAW_MS = 250;
const REMIND_MS = 30_000;

/**
 * How long work goes: on a terminal one line that changes and is gone in the end; elsewhere a line when it begins, and
 * one at each quarter, or every 30 s where nobody knows how long it takes.
 */
export class Progress {
  readonly #terminal: Terminal;
  readonly #clock: () => number;
  readonly #timer: NodeJS.Timeout;
  #what: string;
  #begunMs: number;
  #step = '';
  #advance: Advance = { kind: 'elapsed' };
  #said = '';
  #quarter = 0;

  /**
   * @param what as a sentence begins: `Training churn`.
   * @param clock milliseconds that only grow.
   */
  constructor(terminal: Terminal, what: string, clock: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#what = what;
    this.#clock = clock;
    this.#begunMs = clock();
    if (!terminal.rewritable) terminal.progress(what);
    this.#timer = setInterval(
      () => {
        if (terminal.rewritable) this.#draw();
        else if (this.#advance.kind === 'elapsed')
          terminal.progress(`${this.#what}: ${duration(this.#seconds())} so far`);
      },
      terminal.rewritable ? REDRAW_MS : REMIND_MS,
    );
    // What is watched keeps the process alive; watching it does not.
    this.#timer.unref();
    this.#draw();
  }

  /** The work goes on as something else. */
  become(what: string): void {
    this.#what = what;
    this.#begunMs = this.#clock();
    this.#said = '';
    if (!this.#terminal.rewritable) this.#terminal.progress(what);
  }

  /** @param step of several, named where each goes from nothing to all. */
  at(advance: Advance, step = ''): void {
    if (step !== this.#step) {
      this.#step = step;
      this.#begunMs = this.#clock();
      this.#quarter = 0;
    }
    this.#advance = advance;
    if (this.#terminal.rewritable || advance.kind === 'elapsed') return;
    const quarter = Math.floor(4 * fractionOf(advance));
    if (quarter <= this.#quarter) return;
    this.#quarter = quarter;
    const of = advance.kind === 'count' ? ` of ${advance.all} ${advance.unit}` : '';
    this.#terminal.progress(`${this.#named()}: ${25 * quarter} %${of}`);
  }

  /** A line that the work itself wrote: the last one is shown, elsewhere each but those that the next is written over. */
  said(text: string, transient = false): void {
    if (this.#terminal.rewritable) this.#said = plainLine(text).trim() || this.#said;
    else if (!transient) this.#terminal.progress(`  ${text}`);
  }

  /** To be called however the work ends. */
  end(): void {
    clearInterval(this.#timer);
    this.#terminal.clear();
  }

  #draw(): void {
    if (!this.#terminal.rewritable) return;
    const line = [this.#named(), describeAdvance(this.#advance, this.#seconds())].filter((part) => part !== '');
    this.#terminal.rewrite(line.join('  '), this.#said);
  }

  #named(): string {
    return this.#step === '' ? this.#what : `${this.#what}: ${this.#step}`;
  }

  #seconds(): number {
    return (this.#clock() - this.#begunMs) / 1000;
  }
}

/** Does some work and shows how it goes; the line is gone however it ends. */
export async function during<T>(
  terminal: Terminal,
  what: string,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const progress = new Progress(terminal, what);
  try {
    return await work(progress);
  } finally {
    progress.end();
  }
}
