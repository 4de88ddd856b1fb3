import { describeRun } from '../commands/describeRun.ts';
import type { ModelConfig } from '../config/config.ts';
import type { RunReport } from '../report/runReport.ts';
import type { ExitCode } from './exitCode.ts';
import { tellRuns } from './judgedRuns.ts';
import { ModelBench } from './modelBench.ts';
import type { Invocation } from './program.ts';
import { openWorkbench, productionOf, selectModels, type Workbench } from './workbench.ts';

interface RunOptions {
  /** False by `--no-record`. */
  readonly record: boolean;
}

/** Validate, train, evaluate, report: what the pull request would show. */
export async function run(invocation: Invocation<RunOptions>, name?: string): Promise<ExitCode> {
  const { process, terminal, options } = invocation;
  const workbench = await openWorkbench(process, options);
  const runs: RunReport[] = [];
  for (const model of selectModels(workbench.config, name)) runs.push(await runModel(model, workbench, invocation));
  return tellRuns(runs, workbench, process, terminal);
}

async function runModel(
  model: ModelConfig,
  workbench: Workbench,
  { process, terminal, options }: Invocation<RunOptions>,
): Promise<RunReport> {
  terminal.progress(`Reading the data of ${model.name}`);
  const bench = await ModelBench.open(workbench, model, process, terminal);
  const trained = await bench.train(await bench.planTraining());
  const { contender: candidate } = await bench.identify(trained);
  const baseline = await bench.champion(productionOf(model));
  const evaluation = await bench.evaluate(candidate, baseline, { record: options.record });
  return describeRun({
    model,
    datasets: bench.datasets,
    anomalies: [],
    candidate,
    ...(baseline && { baseline }),
    evaluation,
    training: trained.candidate,
  });
}
