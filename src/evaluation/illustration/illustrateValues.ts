import { binOf, quantile, quantileEdges } from '../../statistics/quantiles.ts';
import type { Floats, ValueRows } from '../evaluationRows.ts';
import { evenRows } from './evenRows.ts';
import type { Illustration, Point, ValueBin } from './illustration.ts';

type ValueIllustration = Extract<Illustration, { kind: 'values' }>;

const MOST_RESIDUAL_BINS = 40;
const SCATTERED_ROWS = 400;
const CALIBRATION_BINS = 10;

/** A regression's residuals, scatter and calibration. */
export function illustrateValues(rows: ValueRows): Omit<ValueIllustration, 'kind' | 'flips'> {
  const edges = residualEdges(rows);
  const scattered = evenRows(rows.count, SCATTERED_ROWS);
  const sample = Float64Array.from(evenRows(rows.count), (row) => rows.truth[row] ?? NaN);
  const truthEdges = quantileEdges(sample, CALIBRATION_BINS);
  const both = <T>(of: (values: Floats) => T): { readonly candidate: T; readonly baseline?: T } => ({
    candidate: of(rows.candidate.values),
    ...(rows.baseline && { baseline: of(rows.baseline.values) }),
  });
  return {
    residuals: { edges, ...both((values) => countResiduals(rows.truth, values, edges)) },
    scatter: both((values) => scattered.map((row): Point => [rows.truth[row] ?? NaN, values[row] ?? NaN])),
    calibration: both((values) => valueBins(rows.truth, values, truthEdges)),
  };
}

/**
 * Edges of a round width around multiples of it, so that 0 lies in the middle of its bin. They span all but the outermost
 * 0.5 % of residuals on either side: one wild prediction must not squeeze all others into a single bin.
 */
function residualEdges({ truth, count, candidate, baseline }: ValueRows): readonly number[] {
  const models = [candidate.values, ...(baseline ? [baseline.values] : [])];
  const residuals = evenRows(count).flatMap((row) =>
    models.map((values) => (values[row] ?? NaN) - (truth[row] ?? NaN)),
  );
  // Those near the ends of what can be written are further apart than that, and lie in the end bins all the same.
  const sorted = Float64Array.from(residuals.filter((residual) => Math.abs(residual) < Number.MAX_VALUE / 4)).sort();
  const [lowest, highest] = sorted.length === 0 ? [0, 0] : [quantile(sorted, 1, 200), quantile(sorted, 199, 200)];
  const width = roundWidth(highest - lowest, Math.max(Math.abs(lowest), Math.abs(highest)));
  const [first, last] = [Math.round(lowest / width), Math.round(highest / width)];
  return Array.from({ length: last - first + 2 }, (_, index) => (first + index - 0.5) * width);
}

/** 1, 2 or 5 times a power of ten, such that the span has at most 39 of them: one more bin reaches both its ends. */
function roundWidth(span: number, size: number): number {
  // Where residuals are all alike, a bin is still wide enough to tell its edges apart.
  const needed = Math.max(span / (MOST_RESIDUAL_BINS - 1), size * 1e-9);
  // Nothing to tell apart, or too little for a power of ten.
  const least = needed < 1e-300 ? 1 : needed;
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5].find((each) => each * power >= least) ?? 10;
  return factor * power;
}

function countResiduals(truth: Float64Array, values: Floats, edges: readonly number[]): readonly number[] {
  const inner = Float64Array.from(edges.slice(1, -1));
  const counts = new Float64Array(edges.length - 1);
  for (let row = 0; row < truth.length; row += 1) {
    const bin = binOf(inner, (values[row] ?? NaN) - (truth[row] ?? NaN));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return [...counts];
}

function valueBins(truth: Float64Array, values: Floats, edges: Float64Array): readonly ValueBin[] {
  const bins = Array.from({ length: edges.length + 1 }, () => ({ rows: 0, truth: 0, predicted: 0 }));
  for (let row = 0; row < truth.length; row += 1) {
    const bin = bins[binOf(edges, truth[row] ?? NaN)];
    if (bin === undefined) continue;
    bin.rows += 1;
    bin.truth += truth[row] ?? NaN;
    bin.predicted += values[row] ?? NaN;
  }
  return bins
    .filter((bin) => bin.rows > 0)
    .map((bin) => ({ rows: bin.rows, truth: bin.truth / bin.rows, predicted: bin.predicted / bin.rows }));
}
