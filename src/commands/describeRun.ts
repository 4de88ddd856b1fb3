import type { ModelConfig } from '../config/config.ts';
import type { ModelDatasets } from '../dataset/dataset.ts';
import { summariseDataset } from '../report/datasetSummary.ts';
import type { ReportedAnomaly, RunReport, StageSummary } from '../report/runReport.ts';
import type { Candidate } from '../training/candidate.ts';
import type { Contender, ModelEvaluation } from './evaluate.ts';

/** What there is to tell of one model once it is judged. */
export interface JudgedRun {
  readonly model: ModelConfig;
  readonly datasets: ModelDatasets;
  readonly anomalies: readonly ReportedAnomaly[];
  readonly candidate: Contender;
  readonly baseline?: Contender;
  readonly evaluation: ModelEvaluation;
  /** Absent where the candidate was not trained in this run. */
  readonly training?: Candidate;
  readonly stages?: readonly StageSummary[];
}

/** Gathers a run into the one value that every report is made of. */
export function describeRun(run: JudgedRun): RunReport {
  const { model, datasets, candidate, baseline, evaluation, training } = run;
  const { holdout, comparison } = evaluation;
  return {
    model: model.name,
    candidate: { label: candidate.label, digest: candidate.identity },
    ...(baseline && { baseline: { label: baseline.label, digest: baseline.identity } }),
    judgement: evaluation.judgement,
    holdout,
    policy: comparison.policy,
    recalled: evaluation.recalled,
    datasets: [datasets.train, datasets.validation, datasets.holdout].flatMap((dataset) =>
      dataset === undefined ? [] : [summariseDataset(dataset)],
    ),
    anomalies: run.anomalies,
    ...(training && { training }),
    ...(evaluation.isolation && { isolation: evaluation.isolation }),
    notes: evaluation.notes,
    reproduce: reproduce(model, training),
    stages: run.stages ?? [],
    ...(evaluation.illustration && { illustration: evaluation.illustration }),
  };
}

function reproduce(model: ModelConfig, training: Candidate | undefined): readonly string[] {
  if (training === undefined) return [];
  const { commit } = training.environment;
  return [...(commit === undefined ? [] : [`git checkout ${commit}`]), `touchstone run ${model.name}`];
}
