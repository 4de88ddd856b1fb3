import type { Judgement } from '../evaluation/verdict.ts';
import type { Digest } from '../identity/digest.ts';
import { countLooks, findVerdict, type Comparison } from '../registry/verdictRecord.ts';
import type { RegistryStore } from '../registry/store.ts';
import type { Verdicts } from './evaluate.ts';

/** Verdicts that can be looked up and not written: what would be recorded is kept for somebody who may write it. */
export class VerdictToRecord implements Verdicts {
  readonly #store: RegistryStore;
  #candidate: Digest | undefined;
  #reached: { readonly comparison: Comparison; readonly judgement: Judgement } | undefined;

  constructor(store: RegistryStore) {
    this.#store = store;
  }

  async find(comparison: Comparison): ReturnType<Verdicts['find']> {
    this.#candidate = comparison.candidate;
    const stored = await findVerdict(this.#store, comparison);
    if (stored === undefined) return undefined;
    const { name, digest, record } = stored;
    this.#reached = { comparison, judgement: record.judgement };
    return { name, digest, judgement: record.judgement };
  }

  record(comparison: Comparison, judgement: Judgement): ReturnType<Verdicts['record']> {
    this.#reached = { comparison, judgement };
    return Promise.resolve(undefined);
  }

  /** The look that is being taken counts: it is recorded with the verdict. */
  countLooks(holdout: Digest): Promise<number> {
    return countLooks(this.#store, holdout, this.#candidate);
  }

  /** What goes on record, or stands there: without what belongs to this run alone. */
  reached(): { readonly comparison: Comparison; readonly judgement: Judgement } {
    if (this.#reached === undefined) throw new TypeError('No verdict was reached yet.');
    return this.#reached;
  }
}
