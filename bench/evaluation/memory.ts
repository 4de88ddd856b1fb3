// Memory of the evaluation alone, on rows made up in place: node --expose-gc memory.ts ROWS -> peak bytes on stdout
// Garbage is collected after each batch, so that what is counted is what is needed.
import { evaluate } from '../../src/evaluation/evaluate.ts';
import type { Holdout } from '../../src/evaluation/holdout.ts';
import { judge } from '../../src/evaluation/judge.ts';
import { parseMetricName } from '../../src/evaluation/metricName.ts';
import type { Predictor } from '../../src/evaluation/predictor.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { BATCH_ROWS } from './contest.ts';

const rows = Number(process.argv[2]);
const noise = (row: number, seed: number): number => {
  const x = Math.sin(row * 12.9898 + seed * 78.233) * 43758.5453;
  return x - Math.floor(x);
};

const holdout: Holdout = {
  digest: digestOfBytes('memory'),
  rows,
  dropped: 0,
  async *batches() {
    for (let from = 0; from < rows; from += BATCH_ROWS) {
      await Promise.resolve();
      const numbers = Array.from({ length: BATCH_ROWS }, (_, i) => from + i);
      yield {
        rows: BATCH_ROWS,
        features: {
          rows: BATCH_ROWS,
          columns: new Map([['row', { kind: 'float', values: Float64Array.from(numbers) }]]),
        },
        truth: Uint16Array.from(numbers, (row) => (noise(row, 1) < 0.4 ? 1 : 0)),
        // Six slices that divide the rows, and four that overlap.
        slices: Uint32Array.from(numbers, (row) => (1 << (row % 6)) | (Math.floor(noise(row, 2) * 16) << 6)),
      };
    }
  },
  rowsAt: (numbers) => Promise.resolve({ columns: ['row'], rows: numbers.map((row) => [String(row)]) }),
};

const model = (seed: number): Predictor => ({
  signature: {
    inputs: [{ kind: 'column', name: 'row', type: 'float32', feature: 'row' }],
    output: { kind: 'classes', classes: ['0', '1'], probabilities: true },
  },
  busyMs: 0,
  predict(batch) {
    const numbers = [...(batch.columns.get('row')?.values ?? [])].map(Number);
    const scores = numbers.map((row) => (noise(row, 1) < 0.4 ? 0.3 : 0) + 0.7 * noise(row, seed));
    const probabilities = Float32Array.from(scores.flatMap((score) => [1 - score, score]));
    return Promise.resolve({
      kind: 'classes',
      predicted: Uint16Array.from(scores, (score) => (score >= 0.5 ? 1 : 0)),
      probabilities,
    });
  },
  latencyMs: () => Promise.resolve(undefined),
  close: () => Promise.resolve(),
});

const request = {
  task: { kind: 'binary' },
  target: 'label',
  slices: Array.from({ length: 10 }, (_, s) => ({ name: `s${s}`, where: '' })),
  metrics: ['accuracy', 'recall', 'auc', 'logLoss', 'brier'].map(parseMetricName),
  gates: [],
  access: 'open',
} as const;
const { measurements } = await evaluate(holdout, { candidate: model(3), baseline: model(4) }, request, () => gc?.());
judge({ measurements, gates: [], baseline: 'other', assurance: 'advisory' });
console.log(process.resourceUsage().maxRSS * 1024);
