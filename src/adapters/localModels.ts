import type { ModelConfig } from '../config/config.ts';
import type { ModelFiles, ModelSource } from '../evaluation/modelFiles.ts';
import type { Predictor } from '../evaluation/predictor.ts';
import { isPredictionsFile } from '../training/outputs.ts';
import { openOnnxPredictor, readOnnxModel, type OnnxRuntime } from './onnx/openOnnxPredictor.ts';
import { openPredictionsFile } from './predictionsFile.ts';

/**
 * Model files on this machine: ONNX in a child process, anything else as its predictions.
 *
 * @param columns of the data, in its order.
 * @param labels that the data holds, for predictions that name no classes; empty for a regression.
 */
export function localModels(
  model: ModelConfig,
  columns: readonly string[],
  labels: readonly string[],
  runtime: OnnxRuntime,
): ModelFiles {
  const onFile = (source: ModelSource, ids: AsyncIterable<readonly string[]>): ReturnType<typeof openPredictionsFile> =>
    openPredictionsFile(source, model, ids, labels.length === 0 ? {} : { classes: labels });
  return {
    async read(source) {
      if (!isPredictionsFile(source.file)) return readOnnxModel(source, model, columns);
      const predictions = await onFile(source, nothing());
      await predictions.close();
      return predictions;
    },
    async open(source, holdoutIds): Promise<Predictor> {
      if (isPredictionsFile(source.file)) return onFile(source, holdoutIds());
      return openOnnxPredictor(source, model, columns, runtime);
    },
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- an empty stream awaits nothing
async function* nothing(): AsyncGenerator<readonly string[]> {
  yield* [];
}
