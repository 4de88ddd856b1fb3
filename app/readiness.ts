/** Whether the App is of use to GitHub now; `why` is said to whoever asks. */
export type State = { readonly kind: 'ready' } | { readonly kind: 'not-ready'; readonly why: string };

export class Readiness {
  #state: State = { kind: 'not-ready', why: 'starting: GitHub was not asked yet whether it knows this App' };
  #isStopping = false;

  get state(): State {
    return this.#state;
  }

  /** Nothing is said of a process that stops but that it does. */
  become(state: State): void {
    if (!this.#isStopping) this.#state = state;
  }

  stop(): void {
    this.become({ kind: 'not-ready', why: 'stopping' });
    this.#isStopping = true;
  }
}
