import type { ColumnType } from '../dataset/columnType.ts';
import type { Isolation } from '../evaluation/predictor.ts';
import type { Illustration } from '../evaluation/illustration/illustration.ts';
import type { Judgement } from '../evaluation/verdict.ts';
import type { Digest } from '../identity/digest.ts';
import type { ModelName } from '../identity/names.ts';
import type { Candidate } from '../training/candidate.ts';

/** Everything that one run found, told to nobody yet. Terminal, Markdown and JSON are renderings of this value. */
export interface RunReport {
  readonly model: ModelName;
  readonly candidate: Contestant;
  /** Absent for a first version. */
  readonly baseline?: Contestant;
  readonly judgement: Judgement;
  readonly holdout: JudgedRows;
  /** Of the part of the configuration that judging depends on. */
  readonly policy: Digest;
  /** Whether the verdict was on record already, so that no row was looked at again. */
  readonly recalled: boolean;
  readonly datasets: readonly DatasetSummary[];
  readonly anomalies: readonly ReportedAnomaly[];
  /** Absent where the candidate was not trained in this run. */
  readonly training?: Candidate;
  /** What held while the models ran; absent where none ran. */
  readonly isolation?: Isolation;
  /** What had to be assumed, as sentences. */
  readonly notes: readonly string[];
  /** Commands that make this report again, one a line. */
  readonly reproduce: readonly string[];
  /** What the stages of this run did, in their order; empty where only the judging was asked for. */
  readonly stages: readonly StageSummary[];
  /** What the verdict is explained with; absent where it was recalled and nothing is kept of it here. */
  readonly illustration?: Illustration;
}

/** A stage ran, or found what it would have come to already made. */
export interface StageSummary {
  readonly stage: 'data' | 'training' | 'evaluation';
  /** What the stage took in this run, finding included. */
  readonly seconds: number;
  /** Whether its inputs were those of an earlier run, whose result was taken. */
  readonly reused: boolean;
  /** ISO 8601: when that result was made, where it is known. */
  readonly reusedFrom?: string;
}

/** One of the two models that are compared. */
interface Contestant {
  /** As a person calls it: `digits@v3`, `candidate`, `model.onnx`. */
  readonly label: string;
  /** What verdicts on it are filed under: the digest of its manifest, or of its file where it has none. */
  readonly digest: Digest;
}

interface JudgedRows {
  readonly digest: Digest;
  readonly rows: number;
  /** Rows left out because a model's declared training data holds them. */
  readonly dropped: number;
  /** How many different candidates have been judged on these rows, this one included. */
  readonly looks: number;
  /** In the repository, so that training can have seen it; a sealed one is readable by the judge alone. */
  readonly open: boolean;
}

export interface DatasetSummary {
  readonly role: 'train' | 'validation' | 'holdout';
  readonly files: readonly string[];
  readonly rows: number;
  readonly columns: number;
  readonly digest: Digest;
  /** The first 100 columns, in the file's order; `columns` counts all of them. Not part of the JSON. */
  readonly listed: readonly ColumnSummary[];
  /** Not part of the JSON. */
  readonly target: TargetOutline;
}

export interface ColumnSummary {
  readonly name: string;
  readonly type: ColumnType;
  /** Rows in which it holds nothing. */
  readonly missing: number;
}

export type TargetOutline =
  | { readonly kind: 'absent' }
  /** The 20 most frequent labels, most frequent first, and how many labels and rows there are beyond. */
  | {
      readonly kind: 'labels';
      readonly counts: readonly { readonly label: string; readonly rows: number }[];
      readonly beyond: { readonly labels: number; readonly rows: number };
    }
  /** The ends are absent where no value is a finite number. */
  | { readonly kind: 'values'; readonly minimum?: number; readonly maximum?: number };

/** One departure of a dataset from what it should look like. */
export interface ReportedAnomaly {
  readonly id: string;
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly column?: string;
  /** A sentence without its full stop. */
  readonly message: string;
}

/** Whether the run as a whole blocks: by its verdict, or by data that are broken. */
export function blocks(report: Pick<RunReport, 'judgement' | 'anomalies'>): boolean {
  return report.judgement.verdict.blocks || report.anomalies.some(({ severity }) => severity === 'error');
}
