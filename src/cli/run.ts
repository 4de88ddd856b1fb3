import type { ValidationReport } from '../commands/validate.ts';
import type { RunReport } from '../report/runReport.ts';
import { aloneIn } from '../workbench/aloneIn.ts';
import { EXIT, type ExitCode } from './exitCode.ts';
import { tellRuns } from './judgedRuns.ts';
import { runModel } from '../workbench/runModel.ts';
import type { Invocation } from './invocation.ts';
import { tellValidations } from './validate.ts';
import { openWorkbench, selectModels, type Workbench } from '../workbench/workbench.ts';

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
    const came = await runModel(workbench, model, process, terminal, options);
    if (came.kind === 'judged') runs.push(came.run);
    else broken.push(came.validation);
  }
  if (runs.length === 0) return tellValidations(broken, terminal);
  for (const { model } of broken) terminal.warn(`${model} was not run: see "touchstone validate ${model}".`);
  process.signal.throwIfAborted();
  const exitCode = await tellRuns(runs, workbench, process, terminal);
  return broken.length > 0 ? EXIT.blocked : exitCode;
}
