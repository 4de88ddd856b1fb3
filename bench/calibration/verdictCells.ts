import type { GateConfig } from '../../src/config/config.ts';
import { judge } from '../../src/evaluation/judge.ts';
import { type Measurement, value } from '../../src/evaluation/measurement.ts';
import { parseMetricName } from '../../src/evaluation/metricName.ts';
import type { VerdictKind } from '../../src/evaluation/verdict.ts';
import { relativeContrast } from '../../src/statistics/contrast.ts';
import { type CountMetric, countDifference, countValues } from '../../src/statistics/countMetrics.ts';
import { type JointTable, jointTable } from '../../src/statistics/jointTable.ts';
import { MINIMUM_ROWS } from '../../src/statistics/minimumRows.ts';
import type { RandomSource } from './random.ts';

/** Two models under twenty gates: accuracy, macro F1 and the recall of eight classes overall, accuracy in ten slices. */
export interface VerdictCell {
  readonly name: string;
  /** Of every gate. */
  readonly margin: number;
  /** The baseline's right answers that the candidate loses, and its wrong ones that the candidate mends, by slice. */
  readonly lost: (slice: number) => number;
  readonly mended: number;
}

const CLASSES = 8;
const SLICES = 10;
const ROWS_PER_SLICE = 800;
const RIGHT = 0.9;
/** Of all rows: right answers that an equal candidate loses, and as many wrong ones that it mends. */
const CHANGED = 0.03;

const EQUAL: Pick<VerdictCell, 'lost' | 'mended'> = {
  lost: () => CHANGED / RIGHT,
  mended: CHANGED / (1 - RIGHT),
};

/** Lost answers at which a gate on `rows` rows is worse than its margin by `errors` standard errors. */
function lostAt(errors: number, margin: number, rows: number): number {
  let worse = margin;
  for (let round = 0; round < 100; round++) {
    const changed = 2 * CHANGED + worse;
    worse = margin + errors * Math.sqrt((changed - worse ** 2) / rows);
  }
  return (CHANGED + worse) / RIGHT;
}

export function verdictCells(): readonly VerdictCell[] {
  const { mended } = EQUAL;
  return [
    { name: 'equal models, margin 0', margin: 0, ...EQUAL },
    { name: 'equal models, margin 1 pp', margin: 0.01, ...EQUAL },
    { name: 'every gate worse than 1 pp by 3 sd', margin: 0.01, lost: () => lostAt(3, 0.01, ROWS_PER_SLICE), mended },
    {
      name: 'one slice of ten worse than 1 pp by 5 sd, the rest equal',
      margin: 0.01,
      lost: (slice) => (slice === 0 ? lostAt(5, 0.01, ROWS_PER_SLICE) : EQUAL.lost(slice)),
      mended,
    },
  ];
}

/** Shares of the verdicts over `samples` samples. */
export function simulateVerdicts(
  cell: VerdictCell,
  samples: number,
  random: RandomSource,
): { readonly [kind in VerdictKind]: number } {
  const seen = { accepted: 0, rejected: 0, inconclusive: 0, 'not-compared': 0 };
  for (let i = 0; i < samples; i++) seen[judgeOnce(cell, random)] += 1 / samples;
  return seen;
}

function judgeOnce(cell: VerdictCell, random: RandomSource): VerdictKind {
  const overall = new Float64Array(CLASSES ** 3);
  const slices = Array.from({ length: SLICES }, (_, slice) => {
    const counts = drawSlice(cell.lost(slice), cell.mended, random);
    for (const [i, count] of counts.entries()) overall[i] = (overall[i] ?? 0) + count;
    return jointTable(CLASSES, counts);
  });
  const whole = jointTable(CLASSES, overall);
  const measurements = [
    measure('accuracy', { family: 'accuracy' }, whole, 'overall'),
    measure('f1[macro]', { family: 'f1', of: 'macro' }, whole, 'overall'),
    ...Array.from({ length: CLASSES }, (_, k) =>
      measure(`recall[${k}]`, { family: 'recall', of: k }, whole, 'overall'),
    ),
    ...slices.map((table, slice) => measure('accuracy', { family: 'accuracy' }, table, `slice ${slice}`)),
  ];
  const gates = measurements.map(({ metric, slice }): GateConfig => ({
    metric,
    slice,
    maxRegression: { kind: 'absolute', value: cell.margin },
    whenInconclusive: 'pass',
  }));
  return judge({ measurements, gates, baseline: 'other', assurance: 'judged' }).verdict.kind;
}

function drawSlice(lost: number, mended: number, random: RandomSource): Float64Array {
  const counts = new Float64Array(CLASSES ** 3);
  for (let row = 0; row < ROWS_PER_SLICE; row++) {
    const truth = row % CLASSES;
    const other = (truth + 1 + Math.floor(random.uniform() * (CLASSES - 1))) % CLASSES;
    const baseline = random.uniform() < RIGHT ? truth : other;
    const changes = random.uniform() < (baseline === truth ? lost : mended);
    const candidate = changes ? (baseline === truth ? other : truth) : baseline;
    const cell = (truth * CLASSES + candidate) * CLASSES + baseline;
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return counts;
}

function measure(name: string, metric: CountMetric, table: JointTable, slice: string): Measurement {
  const { candidate = NaN, baseline = NaN, effectiveRows } = countValues(table, metric);
  return {
    metric: parseMetricName(name),
    slice,
    rows: table.rows,
    effectiveRows,
    least: MINIMUM_ROWS[metric.family],
    candidate: value(candidate),
    baseline: value(baseline),
    compare: (share) => countDifference(table, metric, relativeContrast(1, share, baseline)),
  };
}
