/** What recomputing a registry found. Without problems, every event, version and champion is what was once written. */
export interface Verification {
  readonly problems: readonly RegistryProblem[];
  readonly checked: {
    readonly logs: number;
    readonly events: number;
    readonly versions: number;
    readonly verdicts: number;
    readonly blobs: number;
  };
  /** Left by writers that were stopped, or foreign. Harmless: nothing names it. */
  readonly unused: { readonly blobs: number; readonly intents: number; readonly foreign: number };
}

export interface RegistryProblem {
  readonly kind:
    | 'absent'
    /** Other bytes than the name says. */
    | 'altered'
    /** Not a document of its kind. */
    | 'unreadable'
    | 'gap'
    /** `prev`, `seq` or the path do not fit the event's place. */
    | 'chain'
    | 'done-twice'
    /** No intent, or another one than the event's. */
    | 'intent'
    /** A folded state that is not the fold. */
    | 'state'
    /** A version, manifest or champion that the logs do not bear out. */
    | 'contradiction';
  /** In the store. */
  readonly key: string;
  readonly found: string;
}

/** Gathers problems while the parts of a registry are gone through, several at a time. */
export class Problems {
  readonly #found: RegistryProblem[] = [];

  /** By key; those of one key as they were found. */
  get all(): readonly RegistryProblem[] {
    return this.#found.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  }

  add(kind: RegistryProblem['kind'], key: string, found: string): void {
    this.#found.push({ kind, key, found });
  }
}
