import { localModels } from '../adapters/localModels.ts';
import type { ModelConfig } from '../config/config.ts';
import type { ModelDatasets } from '../dataset/dataset.ts';
import type { ModelFiles } from '../evaluation/modelFiles.ts';
import type { Process } from './terminal.ts';

/** What reads and runs the model files of one model on these data. */
export function modelFilesOf(
  model: ModelConfig,
  datasets: Pick<ModelDatasets, 'train' | 'holdout'>,
  { modelRuntime, signal }: Pick<Process, 'modelRuntime' | 'signal'>,
): ModelFiles {
  const columns = datasets.holdout.columns.map(({ name }) => name);
  return localModels(model, columns, labelsOf(datasets), { ...modelRuntime, signal });
}

/** The labels that the data hold, in the order of their text; none for a regression. */
function labelsOf({ train, holdout }: Pick<ModelDatasets, 'train' | 'holdout'>): readonly string[] {
  const labels = [train?.target, holdout.target].flatMap((target) =>
    target?.kind === 'labels' ? target.counts.map(({ label }) => label) : [],
  );
  return [...new Set(labels)].toSorted();
}
