import type { GateConfig, MetricName } from '../config/config.ts';
import type { Digest } from '../identity/digest.ts';
import type { Holdout } from './holdout.ts';
import { illustrate } from './illustration/illustrate.ts';
import type { ShowRows } from './illustration/illustrateFlips.ts';
import type { Illustration } from './illustration/illustration.ts';
import type { Measurement } from './measurement.ts';
import { measureRows } from './measureRows.ts';
import { formatMetricName } from './metricName.ts';
import type { Contenders } from './pairBatches.ts';
import { Ranking } from './ranking.ts';
import { classesOf, readRows, type RowsRequest } from './readRows.ts';
import { resolveMetric } from './resolveMetric.ts';

export interface EvaluationRequest extends RowsRequest {
  /** Shown in every slice, whether a gate speaks of them or not. */
  readonly metrics: readonly MetricName[];
  readonly gates: readonly GateConfig[];
  /** Of an `open` holdout rows may be shown; of a `sealed` one the illustration holds aggregates alone, and no flips. */
  readonly access: 'open' | 'sealed';
  /** Shown early in rows that are. */
  readonly time?: string;
}

/** What models did on the evaluation rows; `judge` makes a judgement of it. */
export interface Evaluation {
  readonly holdout: Digest;
  readonly rows: number;
  /** Rows dropped because a model's declared training data holds them. */
  readonly dropped: number;
  /** Every metric in every slice; latency is measured apart. */
  readonly measurements: readonly Measurement[];
  readonly illustration: Illustration;
}

/**
 * Runs the candidate and, where there is one, the baseline over the same rows, measures both, and illustrates.
 *
 * @param onRows told how many rows are done, after each batch.
 * @throws UserMistake where models, metrics and data do not fit each other, or a model answers NaN.
 */
export async function evaluate(
  holdout: Holdout,
  contenders: Contenders,
  request: EvaluationRequest,
  onRows: (done: number) => void,
): Promise<Evaluation> {
  const { task } = request;
  const classes = classesOf(task, contenders);
  const metrics = askedMetrics(request);
  // Before the first row is read, so that a metric that cannot be is told at once.
  const resolved = metrics.map((metric) => resolveMetric(metric, task, classes));
  const rows = await readRows(holdout, contenders, request, resolved, classes, onRows);
  const ranking = rows.kind === 'classes' ? new Ranking(rows) : undefined;
  const measurements = measureRows(rows, task, metrics, ranking);
  return {
    holdout: holdout.digest,
    rows: holdout.rows,
    dropped: holdout.dropped,
    measurements,
    illustration: await illustrate(rows, ranking, request.access === 'open' ? showFrom(holdout, request) : undefined),
  };
}

/** What identifies a row comes first, and its answer is told apart. */
function showFrom(holdout: Holdout, { id, time, group, target }: EvaluationRequest): ShowRows {
  const first = [id, time, group].filter((column) => column !== undefined);
  return (rows) => holdout.rowsAt(rows, { first, without: [target] });
}

/** The metrics of the list and of the gates, each once; latency is no metric of rows. */
function askedMetrics({ metrics, gates }: EvaluationRequest): readonly MetricName[] {
  const asked = [...metrics, ...gates.map(({ metric }) => metric)].filter(({ family }) => family !== 'latencyMs');
  return [...new Map(asked.map((metric) => [formatMetricName(metric), metric])).values()];
}
