import type { RunReference } from '../pullRequest/headJudgement.ts';

/**
 * What a command has done, written into its reply before it is done: whoever goes on after a crash finds out from GitHub
 * whether it was. Each can be asked for twice and happens once: a run is run again only while it is in the attempt that is
 * named here, and an override is one event in the registry, whose cause is the comment.
 */
export type Effect =
  | { readonly kind: 'rerun'; readonly run: RunReference; readonly job?: number }
  | { readonly kind: 'approve'; readonly run: RunReference }
  | {
      readonly kind: 'override';
      readonly run: RunReference;
      readonly dispatches: number;
      readonly dispatchedAt?: string;
    };

/** GitHub took an order, did not and says why or that it was too much for now, or nobody knows: its answer was lost. */
export type Ordered =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly because: string }
  | { readonly kind: 'too-much' }
  | { readonly kind: 'unknown' };

/** Why something is not done, as words that do not change. */
export type ReasonCode =
  | 'permission_denied'
  | 'self_approval'
  | 'ref_changed'
  | 'order_not_met'
  | 'approval_missing'
  | 'already_done'
  | 'unknown_command'
  | 'bad_argument'
  | 'gate_not_passed'
  | 'service_failed';
