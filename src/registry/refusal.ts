import type { Problem } from '../failure.ts';

/** A command understood what is asked, and may not do it. Nothing was written. */
export interface Refusal {
  readonly kind: 'refused';
  readonly reasonCode: RefusalCode;
  readonly problem: Problem;
}

/** Stable: workflows and replies are built on them. */
export type RefusalCode =
  | 'gate_not_passed'
  | 'assurance_too_low'
  | 'approval_missing'
  | 'baseline_moved'
  | 'version_yanked'
  | 'nothing_to_roll_back_to';

export function refused(reasonCode: RefusalCode, problem: Problem): Refusal {
  return { kind: 'refused', reasonCode, problem };
}
