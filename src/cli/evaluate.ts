import { stat } from 'node:fs/promises';
import path from 'node:path';
import { describeRun } from '../commands/describeRun.ts';
import type { Contender } from '../commands/evaluate.ts';
import { UserMistake } from '../failure.ts';
import { parseModelVersion } from '../identity/names.ts';
import { openRegistry } from '../registry/layout.ts';
import { readLog } from '../registry/log.ts';
import { selectVersion } from '../registry/selectVersion.ts';
import { modelLog } from '../registry/versions.ts';
import type { ExitCode } from './exitCode.ts';
import { tellRuns } from './judgedRuns.ts';
import { ModelBench } from '../workbench/modelBench.ts';
import type { Invocation } from './invocation.ts';
import { openWorkbench, productionOf, selectModel, type Workbench } from '../workbench/workbench.ts';

interface EvaluateOptions {
  readonly candidate?: string;
  readonly baseline?: string;
  /** False by `--no-record`. */
  readonly record: boolean;
  readonly force?: boolean;
}

/** Candidate and baseline side by side on the rows put aside, and the verdict. */
export async function evaluate(
  { process, terminal, options }: Invocation<EvaluateOptions>,
  name?: string,
): Promise<ExitCode> {
  const workbench = await openWorkbench(process, options);
  const model = selectModel(workbench.config, name);
  const bench = await ModelBench.open(workbench, model, process, terminal, options);
  const trained = options.candidate === undefined ? await bench.lastCandidate() : undefined;
  const candidate = trained?.contender ?? (await bench.file(options.candidate ?? ''));
  const baseline = await baselineOf(bench, workbench, process.cwd, options.baseline);
  const evaluation = await bench.evaluate(candidate, baseline, { record: options.record });
  const run = describeRun({
    model,
    datasets: bench.datasets,
    anomalies: bench.validation.report.anomalies,
    candidate,
    ...(baseline && { baseline }),
    evaluation,
    ...(trained && { training: trained.candidate }),
    stages: [bench.dataStage, evaluation.stage],
  });
  process.signal.throwIfAborted();
  return tellRuns([run], workbench, process, terminal);
}

/** A registered version, a file, or without either production's champion. */
async function baselineOf(
  bench: ModelBench,
  { store }: Workbench,
  cwd: string,
  named: string | undefined,
): Promise<Contender | undefined> {
  const { model } = bench;
  if (named === undefined) return bench.champion(productionOf(model));
  if (await isFile(path.resolve(cwd, named))) return bench.file(named);
  const reference = versionNamed(named, model.name);
  if (reference === undefined) {
    throw new UserMistake('bad_argument', {
      where: `--baseline ${named}`,
      found: 'there is no such file, and it is no version',
      expected: `a model file, or a registered version such as "${model.name}@v1"`,
    });
  }
  if (reference.model !== model.name) {
    throw new UserMistake('bad_argument', {
      where: `--baseline ${named}`,
      found: `it is a version of another model than ${model.name}`,
    });
  }
  await openRegistry(store, 'read');
  const { state } = await readLog(store, modelLog(model.name));
  const { number, manifest } = selectVersion(model.name, state, reference.version);
  return bench.version({ version: number, manifest });
}

/** `churn@v3`, or within one model just `v3`. */
function versionNamed(text: string, model: string): ReturnType<typeof parseModelVersion> | undefined {
  for (const form of [text, `${model}@${text}`]) {
    try {
      return parseModelVersion(form);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return undefined;
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (status) => status.isFile(),
    () => false,
  );
}
