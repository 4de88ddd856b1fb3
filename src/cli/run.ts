import { describeRun } from '../commands/describeRun.ts';
import type { ValidationReport } from '../commands/validate.ts';
import type { RunReport } from '../report/runReport.ts';
import { aloneIn } from '../workbench/aloneIn.ts';
import { EXIT, type ExitCode } from './exitCode.ts';
import { tellRuns } from './judgedRuns.ts';
import { ModelBench } from '../workbench/modelBench.ts';
import type { Invocation } from './invocation.ts';
import { tellValidations } from './validate.ts';
import { openWorkbench, productionOf, selectModels, type Workbench } from '../workbench/workbench.ts';

interface RunOptions {
  /** False by `--no-record`. */
  readonly record: boolean;
  readonly force?: boolean;
}

/** Validate, train, evaluate, report: what the pull request would show. */
export async function run(invocation: Invocation<RunOptions>, name?: string): Promise<ExitCode> {
  const { process, terminal, options } = invocation;
  const workbench = await openWorkbench(process, options);
  return aloneIn(workbench, process, terminal, () => runModels(invocation, workbench, name));
}

async function runModels(
  invocation: Invocation<RunOptions>,
  workbench: Workbench,
  name: string | undefined,
): Promise<ExitCode> {
  const { process, terminal, options } = invocation;
  const runs: RunReport[] = [];
  const broken: ValidationReport[] = [];
  for (const model of selectModels(workbench.config, name)) {
    const bench = await ModelBench.open(workbench, model, process, terminal, options);
    const { report } = bench.validation;
    // Data that are broken are neither trained on nor judged by.
    if (report.blocks) broken.push(report);
    else runs.push(await runModel(bench, invocation));
  }
  if (runs.length === 0) return tellValidations(broken, terminal);
  for (const { model } of broken) terminal.warn(`${model} was not run: see "touchstone validate ${model}".`);
  process.signal.throwIfAborted();
  const exitCode = await tellRuns(runs, workbench, process, terminal);
  return broken.length > 0 ? EXIT.blocked : exitCode;
}

async function runModel(bench: ModelBench, { options }: Invocation<RunOptions>): Promise<RunReport> {
  const { model } = bench;
  const trained = await bench.train(await bench.planTraining());
  const { contender: candidate } = await bench.identify(trained);
  const baseline = await bench.champion(productionOf(model));
  const evaluation = await bench.evaluate(candidate, baseline, { record: options.record });
  return describeRun({
    model,
    datasets: bench.datasets,
    anomalies: bench.validation.report.anomalies,
    candidate,
    ...(baseline && { baseline }),
    evaluation,
    training: trained.candidate,
    stages: [bench.dataStage, trained.stage, evaluation.stage],
  });
}
