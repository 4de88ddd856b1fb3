import type { Judgement } from '../evaluation/verdict.ts';
import type { Problem } from '../failure.ts';
import type { Digest } from '../identity/digest.ts';
import type { CommitSha, RepositoryName } from '../identity/git.ts';
import type { ModelName } from '../identity/names.ts';
import type { Comparison } from '../registry/verdictRecord.ts';
import type { ReportedAnomaly, RunReport } from '../report/runReport.ts';
import type { Override } from './override.ts';

/**
 * What judging the head of a pull request came to. The job that judges writes it and can write nothing else; the job
 * that records and publishes reads it as data, and takes from its own event alone whose head it is.
 */
export interface HeadJudgement {
  readonly repository: RepositoryName;
  /** The commit that was judged. */
  readonly head: CommitSha;
  /** The commit of the default branch whose configuration ruled. */
  readonly policyCommit: CommitSha;
  /** The run of `touchstone-pr.yml` that trained. */
  readonly trained: RunReference;
  readonly outcome: HeadOutcome;
}

export interface RunReference {
  readonly id: number;
  readonly attempt: number;
}

export type HeadOutcome =
  /** The default branch has no configuration yet, and the proposed one is valid: judging starts with the merge. */
  | { readonly kind: 'begins'; readonly models: readonly ModelName[] }
  /** The configuration that the pull request proposes could not be read. */
  | { readonly kind: 'invalid-config'; readonly problems: readonly Problem[] }
  /** Nothing that a model is made of, or judged by, is changed. */
  | { readonly kind: 'untouched' }
  /** The run that was to train waits for somebody to approve it. */
  | { readonly kind: 'waits-for-approval' }
  | { readonly kind: 'models'; readonly sections: readonly [ModelSection, ...ModelSection[]] };

/** One model that the pull request touches. */
export type ModelSection = JudgedSection | NewSection | RemovedSection | NotJudgedSection;

export interface JudgedSection {
  readonly kind: 'judged';
  readonly model: ModelName;
  /** By the default branch's policy, data schema included. */
  readonly run: RunReport;
  /** What goes on record: the judgement without what belongs to this run alone (latency). */
  readonly verdict: { readonly comparison: Comparison; readonly judgement: Judgement };
  /** One digest for equal code, data, configuration and workflow: what a merge may reuse the candidate by. */
  readonly contentKey: Digest;
  /** Ids of anomalies that the schema of the pull request accepts: they do not block, and the title counts them. */
  readonly acceptedAnomalies: readonly string[];
  /** Where the pull request edits the policy: what the new one would have said. */
  readonly proposed?: ProposedOutlook;
  /** What somebody let pass on this head. The judge says nothing of it: it is in the registry's log. */
  readonly overridden?: readonly Override[];
}

export type ProposedOutlook =
  | { readonly kind: 'judged'; readonly run: RunReport }
  | { readonly kind: 'not-judged'; readonly problems: readonly Problem[] };

/** A model that only the pull request has: reported, not gated. */
export interface NewSection {
  readonly kind: 'new';
  readonly model: ModelName;
  readonly outlook: ProposedOutlook;
}

/** A model that the pull request takes out of the configuration, or calls otherwise. */
interface RemovedSection {
  readonly kind: 'removed';
  readonly model: ModelName;
  /** A model of the pull request with the same target and training, where there is one. */
  readonly renamedTo?: ModelName;
  /** Who let it go, as above. */
  readonly overridden?: readonly Override[];
}

export interface NotJudgedSection {
  readonly kind: 'not-judged';
  readonly model: ModelName;
  readonly because: NotJudged;
  readonly problems: readonly Problem[];
  readonly anomalies: readonly ReportedAnomaly[];
}

export type NotJudged =
  | 'training-failed'
  | 'training-cancelled'
  | 'training-timed-out'
  /** The run ended well and left no candidate of this model. */
  | 'not-trained'
  /** Its artifact or its model cannot be taken: too large, a link, other inputs than the head's, not ONNX, ... */
  | 'candidate-refused'
  /** The data break the schema of the default branch, or cannot be read. */
  | 'data-broken';
