import type { Assurance } from '../config/config.ts';
import { ALPHA_TWO_SIDED } from '../statistics/estimate.ts';
import type { Finding, Verdict, VerdictKind } from './verdict.ts';

/** A finding against the candidate stands where its Holm-adjusted p lies below this. */
export const STANDS_BELOW = ALPHA_TWO_SIDED / 2;

/**
 * The verdict that findings come to. `accepted` says that every gate is met: an intersection-union test, whose level is
 * that of each part (Berger, Technometrics 24 (1982), 295). `rejected` says that a bound is missed, or that a comparison
 * speaks against the candidate after Holm's correction. All between is `inconclusive`.
 *
 * Where nothing was compared and no bound was set, nothing was judged: `not-compared`, which does not block.
 */
export function concludeVerdict(findings: readonly Finding[], compared: boolean, assurance: Assurance): Verdict {
  const kind = conclude(findings);
  return { kind, compared, assurance, blocks: kind === 'rejected' || findings.some((finding) => finding.blocks) };
}

function conclude(findings: readonly Finding[]): VerdictKind {
  const bounds = findings.flatMap((finding) => finding.bounds);
  if (bounds.every(({ kind }) => kind === 'no-baseline')) return 'not-compared';
  if (findings.some(speaksAgainst)) return 'rejected';
  return bounds.every(({ kind }) => kind === 'met' || kind === 'identical' || kind === 'no-baseline')
    ? 'accepted'
    : 'inconclusive';
}

function speaksAgainst({ kind, adjustedP }: Finding): boolean {
  if (kind === 'bound-missed') return true;
  return (kind === 'regressed' || kind === 'not-improved') && adjustedP !== undefined && adjustedP < STANDS_BELOW;
}
