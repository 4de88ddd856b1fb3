import type { Judgement } from '../evaluation/verdict.ts';
import type { Digest } from '../identity/digest.ts';
import type { Champion } from '../registry/champions.ts';
import type { VerdictEvidence } from '../registry/evidence.ts';

/**
 * The verdict on a candidate (digest of its manifest) against a champion: the one on record, or one made now and put on
 * record. Either way latency is measured in this run.
 */
export type VerdictAgainst = (candidate: Digest, champion: Champion) => Promise<JudgedAgainst>;

export interface JudgedAgainst {
  /** Where the record lies: `verdicts/<holdout>/<name>.json`, and the sha256 of its bytes. */
  readonly record: { readonly holdout: Digest; readonly name: Digest; readonly digest: Digest };
  /** As the record's, with the latency of this run: its verdict is the one that counts. */
  readonly judgement: Judgement;
}

export function evidenceOfVerdict({ record, judgement }: JudgedAgainst): VerdictEvidence {
  const { holdout, name, digest } = record;
  const latency = judgement.findings.filter(({ metric }) => metric === 'latencyMs');
  return { ...judgement.verdict, holdout, name, digest, latency };
}
