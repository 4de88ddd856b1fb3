import { describeRun } from '../commands/describeRun.ts';
import type { ValidationReport } from '../commands/validate.ts';
import type { ModelConfig } from '../config/config.ts';
import type { RunReport } from '../report/runReport.ts';
import { ModelBench, type BenchOptions } from './modelBench.ts';
import type { Process, Terminal } from './terminal.ts';
import { productionOf, type Workbench } from './workbench.ts';

/** What running one model came to. */
export type ModelRun =
  | { readonly kind: 'judged'; readonly run: RunReport }
  /** Data that are broken are neither trained on nor judged by. */
  | { readonly kind: 'broken-data'; readonly validation: ValidationReport };

export interface RunOptions extends BenchOptions {
  /** Whether this look at the holdout is put on record. */
  readonly record: boolean;
}

/** Validates, trains and evaluates one model against the champion of production. */
export async function runModel(
  workbench: Workbench,
  model: ModelConfig,
  process: Process,
  terminal: Terminal,
  { record, ...options }: RunOptions,
): Promise<ModelRun> {
  const bench = await ModelBench.open(workbench, model, process, terminal, options);
  const { report } = bench.validation;
  if (report.blocks) return { kind: 'broken-data', validation: report };
  const trained = await bench.train(await bench.planTraining());
  const { contender: candidate } = await bench.identify(trained);
  const baseline = await bench.champion(productionOf(model));
  const evaluation = await bench.evaluate(candidate, baseline, { record });
  const run = describeRun({
    model,
    datasets: bench.datasets,
    anomalies: report.anomalies,
    candidate,
    ...(baseline && { baseline }),
    evaluation,
    training: trained.candidate,
    stages: [bench.dataStage, trained.stage, evaluation.stage],
  });
  return { kind: 'judged', run };
}
