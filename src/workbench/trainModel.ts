import { keptCandidates } from '../adapters/training/keptCandidates.ts';
import { tellingRefusals } from '../adapters/refusedWrites.ts';
import { keyOfTraining, reuseTraining } from '../commands/reuseTraining.ts';
import {
  applyTraining,
  type TrainingFiles,
  type TrainOutcome,
  type TrainPlan,
  type TrainPorts,
} from '../commands/train.ts';
import { digestOfCopy } from '../dataset/copy.ts';
import type { ModelDatasets } from '../dataset/dataset.ts';
import { digestOfJson, type Digest } from '../identity/digest.ts';
import { formatInstant } from '../report/stages.ts';
import type { StageSummary } from '../report/runReport.ts';
import { isPredictionsFile } from '../training/outputs.ts';
import { during } from './progress.ts';
import type { ReadData } from './readData.ts';
import type { Process, Terminal } from './terminal.ts';
import type { Workbench } from './workbench.ts';

export interface TrainedModel extends TrainOutcome {
  readonly stage: StageSummary;
}

/**
 * Trains a model on the data that were read for it, or finds the candidate of an earlier training of the same inputs.
 *
 * @param force train, even where there is such a candidate.
 */
export async function trainModel(
  plan: TrainPlan,
  { engine, validation: { datasets }, fileDigests, refuseChanged }: Omit<ReadData, 'stage'>,
  { config, workspace }: Workbench,
  ports: TrainPorts,
  { now, signal }: Process,
  terminal: Terminal,
  { force }: { readonly force: boolean },
): Promise<TrainedModel> {
  const startedMs = performance.now();
  const { model } = plan.request;
  await workspace.prepare();
  const keepRowKeys = async (): Promise<void> => {
    for (const dataset of [datasets.train, datasets.validation]) {
      if (dataset) await workspace.keepRowKeys(dataset.rowKeys);
    }
  };
  await keepRowKeys();
  const kept = keptCandidates(config.root);
  const key = await keyOfTraining(plan, digestOfTrainingFiles(plan, datasets, fileDigests), ports, kept);
  const summary = (reusedFrom?: string): StageSummary => ({
    stage: 'training',
    seconds: (performance.now() - startedMs) / 1000,
    reused: reusedFrom !== undefined,
    ...(reusedFrom !== undefined && { reusedFrom }),
  });
  if (key !== undefined && !force) {
    const earlier = await reuseTraining(plan, key, kept);
    if (earlier.kind === 'damaged') terminal.warn(earlier.warning);
    if (earlier.kind === 'found') {
      const { outcome, madeAt } = earlier;
      terminal.progress(
        `Training ${model.name} is spared: its inputs are those of the candidate trained ${formatInstant(madeAt)}`,
      );
      return { ...outcome, stage: summary(madeAt) };
    }
  }
  const files = await during(terminal, `Writing the training data of ${model.name}`, async () => {
    const prepared = await engine.materialise(datasets, model, workspace.dataFolder(model.name), {
      roles: ['train', 'validation'],
      holdoutFeatures: isPredictionsFile(plan.train.output),
      ...(fileDigests && { fileDigests }),
    });
    if (prepared.train === undefined) throw new TypeError('The rows to train on were asked for and not written.');
    return {
      train: prepared.train.file,
      ...(prepared.validation && { validation: prepared.validation.file }),
      ...(prepared.holdoutFeatures !== undefined && { holdoutFeatures: prepared.holdoutFeatures }),
      refuseChanged,
    };
  });
  signal.throwIfAborted();
  const outcome = await tellingRefusals(workspace.folder, () => watched(plan, files, ports, signal, terminal));
  // Again: until the candidate was there to name them, others could sweep them away.
  await keepRowKeys();
  for (const warning of outcome.warnings) terminal.warn(warning);
  if (key !== undefined) {
    // The candidate stands; that a copy of it could not be kept costs a training later, not this one.
    await kept.keep(key, outcome.candidate).catch((error: unknown) => {
      const because = error instanceof Error ? error.message : String(error);
      terminal.warn(`The candidate of ${model.name} is not kept for later runs: ${because}`);
    });
  }
  await workspace.sweep(now());
  return { ...outcome, stage: summary() };
}

function watched(
  plan: TrainPlan,
  files: TrainingFiles,
  ports: TrainPorts,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<TrainOutcome> {
  const { name } = plan.request.model;
  return during(terminal, `Preparing the training of ${name}`, (progress) =>
    applyTraining(plan, files, ports, {
      onPhase: (phase) => progress.become(phase === 'setup' ? 'Setting up the environment' : `Training ${name}`),
      onLine: ({ text, transient }) => {
        if (!NOTHING_NEW.test(text)) progress.said(text, transient);
      },
      signal,
    }),
  );
}

/** What pip says of each requirement that is meant for other versions of Python. */
const NOTHING_NEW = /^Ignoring \S+: markers /;

/** One digest for equal bytes of all files that the command gets; `undefined` where it is not known. */
function digestOfTrainingFiles(
  { train: { output }, request: { model } }: TrainPlan,
  { train, validation, holdout }: ModelDatasets,
  digests: ReadonlyMap<string, Digest> | undefined,
): Digest | undefined {
  if (digests === undefined) return undefined;
  const features = isPredictionsFile(output);
  const all = [
    ...[train, validation].flatMap((dataset) => (dataset ? [{ dataset, without: undefined }] : [])),
    ...(features ? [{ dataset: holdout, without: model.target }] : []),
  ];
  const known = all.map(({ dataset: { role, source }, without }) => {
    const columns = source.columns.map(({ name }) => name).filter((name) => name !== without);
    return { role, digest: digestOfCopy(source, columns, digests) };
  });
  return known.every(({ digest }) => digest !== undefined) ? digestOfJson(known) : undefined;
}
