/** What an App reaches GitHub by. Cut, it is as if the App had been killed: nothing that it asks comes through any more. */
export class Wire {
  #isCut = false;
  #cut: { callsLeft: number; readonly when: 'before' | 'after'; readonly onCut: () => void } | undefined;

  readonly fetch: typeof fetch = async (input, init) => {
    this.#demandWhole();
    const cut = this.#cut;
    if (cut !== undefined) cut.callsLeft -= 1;
    const isLast = cut !== undefined && cut.callsLeft === 0;
    if (isLast && cut.when === 'before') this.#cutBy(cut.onCut);
    this.#demandWhole();
    const answer = await fetch(input, init);
    if (isLast) this.#cutBy(cut.onCut);
    this.#demandWhole();
    return answer;
  };

  cut(): void {
    this.#isCut = true;
  }

  /** Cuts it at one of the calls to come, before it reaches GitHub or after. */
  cutAt(calls: number, when: 'before' | 'after', onCut: () => void): void {
    this.#cut = { callsLeft: calls, when, onCut };
  }

  /** Nothing cuts it any more. */
  spare(): void {
    this.#cut = undefined;
  }

  #cutBy(onCut: () => void): void {
    this.#isCut = true;
    onCut();
  }

  #demandWhole(): void {
    if (this.#isCut) throw new TypeError('The wire is cut');
  }
}
