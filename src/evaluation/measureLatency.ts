import type { MetricName } from '../config/config.ts';
import { relativeContrast, valueOf } from '../statistics/contrast.ts';
import { median, medianDifference } from '../statistics/medianDifference.ts';
import type { Holdout } from './holdout.ts';
import { type Measured, type Measurement, notMeasured, value } from './measurement.ts';
import { type Contenders, pairBatches } from './pairBatches.ts';
import type { FeatureBatch, FeatureColumn } from './predictor.ts';
import { classesOf, holdoutRequest, type RowsRequest } from './readRows.ts';
import { OVERALL } from './rowSlices.ts';

const LATENCY: MetricName = { family: 'latencyMs' };

/** Six turns are the fewest that an interval of the median exists for; twenty make it worth reading. */
const LEAST_TURNS = { minimum: 20, unit: 'turns' } as const;

export interface LatencyRequest extends RowsRequest {
  /** Pairs of runs that are measured, each model once in every pair. */
  readonly turns: number;
  /** Pairs run before the first that counts. */
  readonly warmUp: number;
}

/**
 * Time that one run of each model takes on a single row, in ms. The models run by turns, A B A B, on one row after the
 * other, so that whatever else the machine does falls on both. The candidate's and the baseline's values are medians; the
 * difference is the median over the pairs, which is not the difference of the medians.
 *
 * @returns the one measurement, of `overall`; its rows are the turns.
 */
export async function measureLatency(
  holdout: Holdout,
  contenders: Contenders,
  request: LatencyRequest,
): Promise<Measurement> {
  const candidateMs: number[] = [];
  const baselineMs: number[] = [];
  const classes = classesOf(request.task, contenders);
  const read = holdoutRequest({ ...request, slices: [] }, contenders, classes);
  for await (const paired of pairBatches(holdout, contenders, read)) {
    if (paired.batch.rows === 0) continue;
    for (let turn = -request.warmUp; turn < request.turns; turn += 1) {
      const row = (turn + request.warmUp) % paired.batch.rows;
      const ofCandidate = await contenders.candidate.latencyMs(singleRow(paired.candidate, row));
      const ofBaseline = await contenders.baseline?.latencyMs(singleRow(paired.baseline, row));
      if (turn < 0) continue;
      if (ofCandidate !== undefined) candidateMs.push(ofCandidate);
      if (ofBaseline !== undefined) baselineMs.push(ofBaseline);
    }
    break;
  }
  return latencyOf(Float64Array.from(candidateMs), contenders.baseline && Float64Array.from(baselineMs));
}

/** The measurement that paired turns come to; empty where a model has no latency of its own (predictions on file). */
export function latencyOf(candidateMs: Float64Array, baselineMs: Float64Array | undefined): Measurement {
  const turns = candidateMs.length;
  const candidate = medianMs(candidateMs);
  const baseline = baselineMs && medianMs(baselineMs);
  const paired = baselineMs?.length === turns ? baselineMs : undefined;
  return {
    metric: LATENCY,
    slice: OVERALL,
    rows: turns,
    effectiveRows: turns,
    least: LEAST_TURNS,
    candidate,
    ...(baseline && { baseline }),
    ...(paired &&
      baseline?.kind === 'value' && {
        compare: (share: number) => {
          const contrast = relativeContrast(-1, share, baseline.value);
          return medianDifference(candidateMs.map((ms, turn) => valueOf(contrast, ms, paired[turn] ?? NaN)));
        },
      }),
  };
}

function medianMs(turns: Float64Array): Measured {
  return turns.length === 0 ? notMeasured('predictions on file have no latency') : value(median(turns));
}

function singleRow(batch: FeatureBatch, row: number): FeatureBatch {
  const columns = new Map<string, FeatureColumn>();
  for (const [name, column] of batch.columns) columns.set(name, cut(column, row));
  return { rows: 1, columns };
}

function cut(column: FeatureColumn, row: number): FeatureColumn {
  switch (column.kind) {
    case 'float':
      return { kind: 'float', values: column.values.slice(row, row + 1) };
    case 'integer':
      return { kind: 'integer', values: column.values.slice(row, row + 1) };
    case 'string':
      return { kind: 'string', values: column.values.slice(row, row + 1) };
  }
}
