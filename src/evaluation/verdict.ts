import type { Assurance } from '../config/config.ts';
import type { Method } from '../statistics/estimate.ts';
import type { EvidenceUnit } from './measurement.ts';

/** What happened to one gate. */
export type FindingKind =
  | 'met'
  | 'bound-missed'
  | 'regressed'
  | 'not-improved'
  | 'inconclusive'
  | 'identical'
  | 'no-baseline'
  | 'candidate-not-measured'
  | 'baseline-not-measured';

/** One gate, decided. Numbers are point values in the metric's unit; absent where nothing was measured. */
export interface Finding {
  /** `METRIC@SLICE`, such as `recall[9]@ink=light`. */
  readonly id: string;
  readonly metric: string;
  readonly slice: string;
  /** The worst of its bounds. */
  readonly kind: FindingKind;
  readonly blocks: boolean;
  readonly baseline?: number;
  readonly candidate?: number;
  /** Signed so that better is +. */
  readonly difference?: number;
  /** Two-sided 95 %, signed as the difference. */
  readonly interval?: readonly [lower: number, upper: number];
  readonly method?: Method;
  /** Rows of the slice that were measured. */
  readonly rows: number;
  /** The rows that the metric hangs on (recall: of that class; AUC: the smaller class), or groups where those are given. */
  readonly effectiveRows: number;
  /** What `effectiveRows` counts, and how many of them it takes to conclude anything. */
  readonly evidence?: { readonly unit: EvidenceUnit; readonly minimum: number };
  /** The interval's lower end if the rows lacked a loss as large as is possible: `met` is decided on it. */
  readonly lowerWithUnseen?: number;
  /** Of the difference, on its own scale: the variance that a later judgement on this holdout is planned with. */
  readonly standardError?: number;
  /** Each bound of the gate with what came of it, in the words of the config. */
  readonly bounds: readonly BoundFinding[];
  /** Holm-adjusted p of a `regressed` or `not-improved` finding. */
  readonly adjustedP?: number;
  /** For `inconclusive`: how many of what `effectiveRows` counts would settle it, where some number would. */
  readonly rowsNeeded?: number;
  /** A sentence for the reader where the kind alone does not say it. */
  readonly because?: string;
  /** What the gate allows, as the config says it: `maxRegression 0.01`. */
  readonly allowed: string;
}

export interface BoundFinding {
  readonly bound: 'min' | 'max' | 'maxRegression' | 'minImprovement';
  /** As configured, `0.01` or `"2%"`. */
  readonly allowed: string;
  /** The limit that the value, or the lower end of the interval, is held against, on the scale of what is compared. */
  readonly limit: number;
  readonly kind: FindingKind;
  /** Of c - (1 -+ r) b for a relative margin; otherwise the finding's own. */
  readonly interval?: readonly [lower: number, upper: number];
  /** Of that interval, as the finding's own. */
  readonly lowerWithUnseen?: number;
  /** Of what the interval is of. */
  readonly standardError?: number;
  /** A sentence for the reader where the kind alone does not say it. */
  readonly because?: string;
}

export type VerdictKind = 'accepted' | 'rejected' | 'inconclusive' | 'not-compared';

export interface Verdict {
  readonly kind: VerdictKind;
  /** Whether there was a baseline to compare with. */
  readonly compared: boolean;
  readonly assurance: Assurance;
  readonly blocks: boolean;
}

/** A metric in a slice that no gate speaks of: shown, never gating. */
export interface Observation {
  readonly metric: string;
  readonly slice: string;
  readonly baseline?: number;
  readonly candidate?: number;
  readonly difference?: number;
  readonly interval?: readonly [lower: number, upper: number];
  readonly rows: number;
  /** Why a value or the interval is missing. */
  readonly because?: string;
}

/** How likely an equal model is to have every gate met on this holdout. */
export interface Power {
  /** Lower bound 1 - sum(1 - power_i); absent where no variance is known yet. */
  readonly equalModelAccepted?: number;
  readonly gates: readonly {
    readonly id: string;
    readonly power: number;
    readonly rowsFor80?: number;
    readonly marginFor80?: number;
  }[];
}

/** Everything that judging one candidate found: the verdict and its evidence. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly observations: readonly Observation[];
  readonly power: Power;
}
