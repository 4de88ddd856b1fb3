import type { Terminal } from './terminal.ts';

/** How far long work is: one line that changes on a terminal, a line at each quarter elsewhere. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #what: string;
  #told = -1;

  constructor(terminal: Terminal, what: string) {
    this.#terminal = terminal;
    this.#what = what;
  }

  at(done: number, all: number): void {
    const percent = all === 0 ? 100 : Math.floor((100 * done) / all);
    const step = this.#terminal.rewritable ? percent : Math.floor(percent / 25) * 25;
    if (step === this.#told) return;
    this.#told = step;
    const line = `${this.#what}: ${step} % of ${all} rows`;
    if (this.#terminal.rewritable) this.#terminal.rewrite(line);
    else this.#terminal.progress(line);
  }

  end(): void {
    if (this.#terminal.rewritable && this.#told >= 0) this.#terminal.rewrite('');
  }
}
