import type { Digest } from '../identity/digest.ts';
import type { ModelName } from '../identity/names.ts';
import type { Candidate } from './candidate.ts';

/** What earlier trainings of a project left, each under the digest of all that decides what a training comes to. */
export interface KeptCandidates {
  /**
   * A digest that is one for equal texts within this project and tells nobody else anything: it is salted by a secret
   * that stays on this machine. For what must not be written down, such as the values of secrets.
   */
  fingerprint(text: string): Promise<Digest>;
  /** Every file is digested again; what is damaged is removed. */
  find(model: ModelName, key: Digest): Promise<FoundCandidate>;
  /** Keeps a copy of the candidate that was published last. */
  keep(key: Digest, candidate: Candidate): Promise<void>;
  /** Makes a found candidate the one that was published last; returns its folder. */
  publish(key: Digest, candidate: Candidate): Promise<string>;
}

export type FoundCandidate =
  | { readonly kind: 'none' }
  /** Why what is kept cannot be taken, as a clause. */
  | { readonly kind: 'damaged'; readonly because: string }
  | { readonly kind: 'found'; readonly candidate: Candidate };
