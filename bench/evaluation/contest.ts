import path from 'node:path';
import { openDataEngine } from '../../src/adapters/duckdb/openDataEngine.ts';
import { openOnnxPredictor } from '../../src/adapters/onnx/openOnnxPredictor.ts';
import type { SliceConfig } from '../../src/config/config.ts';
import { evaluate } from '../../src/evaluation/evaluate.ts';
import { judge } from '../../src/evaluation/judge.ts';
import { parseMetricName } from '../../src/evaluation/metricName.ts';
import { parseModelName } from '../../src/identity/names.ts';

export const FEATURES = Array.from({ length: 20 }, (_, i) => `x${i}`);
export const BATCH_ROWS = 50_000;

const SLICES: readonly SliceConfig[] = [
  { kind: 'column', column: 'region' },
  { kind: 'where', name: 'high', where: 'x0 > 1' },
  { kind: 'where', name: 'low', where: 'x1 < 0' },
  { kind: 'where', name: 'middle', where: 'abs(x2) <= 0.5' },
  { kind: 'where', name: 'ordered', where: 'x3 > x4' },
];
const METRICS = ['accuracy', 'recall', 'auc', 'logLoss', 'brier'].map(parseMetricName);

/** One evaluation as the commands make it, apart from the datasets' inspection, and what it took. */
export interface Measured {
  /** From opening the holdout to the judgement. */
  readonly seconds: number;
  /** Inside of `session.run`, for each model; they run at the same time. */
  readonly running: readonly number[];
  /** Until the last row was answered, and from there to the judgement. */
  readonly reading: number;
  readonly judging: number;
  /** By `METRIC@SLICE`: candidate, baseline, difference, lower end, upper end. */
  readonly found: Readonly<Record<string, readonly number[]>>;
}

/** Evaluates the two models of a folder that `make.py` filled. */
export async function evaluateFolder(folder: string): Promise<Measured> {
  const model = {
    name: parseModelName('bench'),
    task: { kind: 'binary' },
    target: 'label',
    features: FEATURES,
    data: { train: ['train.parquet'], validation: [], holdout: ['holdout.parquet'] },
  } as const;
  const engine = openDataEngine();
  const { holdout: dataset } = await engine.inspect(folder, model);
  const columns = dataset.columns.map(({ name }) => name);
  const runtime = { node: process.execPath, child: path.join(import.meta.dirname, '../../src/adapters/onnx/child.ts') };
  const open = (file: string): ReturnType<typeof openOnnxPredictor> =>
    openOnnxPredictor({ file: path.join(folder, file) }, model, columns, runtime);
  const [candidate, baseline] = await Promise.all([open('network.onnx'), open('linear.onnx')]);

  const start = performance.now();
  let read = start;
  const holdout = await engine.openHoldout(dataset, []);
  try {
    const request = {
      ...model,
      slices: await holdout.slices(SLICES),
      metrics: METRICS,
      gates: [],
      access: 'open',
    } as const;
    const { measurements } = await evaluate(
      holdout,
      { candidate, baseline },
      request,
      () => (read = performance.now()),
    );
    const { observations } = judge({ measurements, gates: [], baseline: 'other', assurance: 'advisory' });
    const end = performance.now();
    return {
      seconds: (end - start) / 1000,
      running: [candidate.busyMs / 1000, baseline.busyMs / 1000],
      reading: (read - start) / 1000,
      judging: (end - read) / 1000,
      found: Object.fromEntries(
        observations.map((seen) => [
          `${seen.metric}@${seen.slice}`,
          [seen.candidate, seen.baseline, seen.difference, ...(seen.interval ?? [])].map((value) => value ?? NaN),
        ]),
      ),
    };
  } finally {
    holdout.close();
    await Promise.all([candidate.close(), baseline.close()]);
  }
}
