import type { GateConfig, Margin } from '../config/config.ts';
import { relativeContrast, valueOf } from '../statistics/contrast.ts';
import type { DifferenceEstimate } from '../statistics/estimate.ts';
import { rowsToSettle } from '../statistics/power.ts';
import type { Measured, Measurement } from './measurement.ts';
import { signOf } from './metric.ts';
import type { BoundFinding } from './verdict.ts';

/** What the candidate is compared with: nothing, itself (the same bytes), or another model. */
export type BaselineKind = 'none' | 'identical' | 'other';

/** One bound of a gate, decided, with what the gate as a whole still needs to know of it. */
export interface DecidedBound extends BoundFinding {
  /** Whether the point values alone lie on the wrong side of the limit. */
  readonly observedBeyond: boolean;
  /** One-sided p of "the truth keeps the limit"; absent where the bound is no comparison. */
  readonly p?: number;
  readonly rowsNeeded?: number;
}

type PointBound = 'min' | 'max';
type ComparisonBound = 'maxRegression' | 'minImprovement';

/** Every bound of a gate, in the order in which gates list them. */
export function decideBounds(
  gate: GateConfig,
  measurement: Measurement,
  baseline: BaselineKind,
): readonly DecidedBound[] {
  return [
    ...(gate.min === undefined ? [] : [decidePoint('min', gate.min, measurement)]),
    ...(gate.max === undefined ? [] : [decidePoint('max', gate.max, measurement)]),
    ...(gate.maxRegression === undefined
      ? []
      : [decideComparison('maxRegression', gate.maxRegression, measurement, baseline)]),
    ...(gate.minImprovement === undefined
      ? []
      : [decideComparison('minImprovement', gate.minImprovement, measurement, baseline)]),
  ];
}

export function formatMargin(margin: Margin): string {
  return margin.kind === 'absolute' ? String(margin.value) : `${Number((margin.fraction * 100).toPrecision(12))}%`;
}

/** The point value decides, and the limit itself holds. Too few rows never make it `met`. */
function decidePoint(bound: PointBound, limit: number, measurement: Measurement): DecidedBound {
  const common = { bound, allowed: String(limit), limit };
  const { candidate } = measurement;
  if (candidate.kind === 'not-measured') {
    return { ...common, kind: 'candidate-not-measured', observedBeyond: true, because: candidate.because };
  }
  const holds = bound === 'min' ? candidate.value >= limit : candidate.value <= limit;
  if (!holds) return { ...common, kind: 'bound-missed', observedBeyond: true };
  if (!hasEnough(measurement)) return { ...common, ...tooFew(measurement), observedBeyond: false };
  return { ...common, kind: 'met', observedBeyond: false };
}

function decideComparison(
  bound: ComparisonBound,
  margin: Margin,
  measurement: Measurement,
  baselineKind: BaselineKind,
): DecidedBound {
  const common = { bound, allowed: formatMargin(margin), limit: limitOf(bound, margin) };
  const { candidate } = measurement;
  if (candidate.kind === 'not-measured') {
    return { ...common, kind: 'candidate-not-measured', observedBeyond: true, because: candidate.because };
  }
  if (baselineKind === 'none') return { ...common, kind: 'no-baseline', observedBeyond: false };
  if (baselineKind === 'identical') return decideIdentical(common, margin, candidate.value);
  const baseline: Measured = measurement.baseline ?? { kind: 'not-measured', because: 'the baseline was not measured' };
  if (baseline.kind === 'not-measured') {
    return { ...common, kind: 'baseline-not-measured', observedBeyond: true, because: baseline.because };
  }
  if (margin.kind === 'relative' && baseline.value === 0) {
    const because = 'the baseline is 0, and a share of 0 is no margin';
    return { ...common, kind: 'baseline-not-measured', observedBeyond: true, because };
  }
  const share = shareOf(bound, margin);
  const estimate = measurement.compare?.(share);
  const contrast = relativeContrast(signOf(measurement.metric), share, baseline.value);
  const observed = estimate?.difference ?? valueOf(contrast, candidate.value, baseline.value);
  return { ...common, ...decideByInterval(bound, common.limit, observed, measurement, estimate) };
}

/** The same bytes do neither worse nor better, whatever the rows. */
function decideIdentical(
  common: Pick<DecidedBound, 'bound' | 'allowed' | 'limit'>,
  margin: Margin,
  value: number,
): DecidedBound {
  const asked = margin.kind === 'absolute' ? margin.value : margin.fraction * Math.abs(value);
  return common.bound === 'minImprovement' && asked > 0
    ? { ...common, kind: 'not-improved', observedBeyond: true, p: 0 }
    : { ...common, kind: 'identical', observedBeyond: false };
}

/**
 * `maxRegression`: met where the lower end lies above the limit, regressed where the upper end lies below it.
 * `minImprovement`: met where the lower end reaches the limit, not improved where the upper end lies below it.
 */
function decideByInterval(
  bound: ComparisonBound,
  limit: number,
  observed: number,
  measurement: Measurement,
  estimate: DifferenceEstimate | undefined,
): Omit<DecidedBound, 'bound' | 'allowed' | 'limit'> {
  const observedBeyond = !(observed >= limit);
  if (estimate === undefined || !estimate.interval.every(Number.isFinite)) {
    const needed = hasEnough(measurement) ? {} : { rowsNeeded: measurement.least.minimum };
    return { kind: 'inconclusive', observedBeyond, because: 'no interval can be made of these rows', ...needed };
  }
  const [lower, upper] = estimate.interval;
  const { interval, standardError, lowerWithUnseen } = estimate;
  const reckoned = Number.isFinite(lowerWithUnseen) ? { lowerWithUnseen } : {};
  const evidence = { observedBeyond, interval, standardError, ...reckoned };
  if (!hasEnough(measurement)) return { ...evidence, ...tooFew(measurement, limit, estimate) };
  if (!(upper > lower)) {
    return {
      ...evidence,
      kind: 'inconclusive',
      because: 'the models do not differ on any row that counts, and an interval of width zero is no evidence',
    };
  }
  const p = estimate.pAtLeast(limit);
  if (upper < limit) return { ...evidence, kind: bound === 'maxRegression' ? 'regressed' : 'not-improved', p };
  const keeps = (end: number): boolean => (bound === 'maxRegression' ? end > limit : end >= limit);
  if (keeps(lowerWithUnseen)) return { ...evidence, kind: 'met', p };
  return {
    ...evidence,
    kind: 'inconclusive',
    p,
    ...settledBy(measurement, limit, estimate),
    ...(keeps(lower) && {
      because: `a large loss that these rows happen to lack would take the lower end to ${lowerWithUnseen.toPrecision(3).replace(/^-/, '−')}`,
    }),
  };
}

function limitOf(bound: ComparisonBound, margin: Margin): number {
  if (margin.kind === 'relative') return 0;
  return bound === 'maxRegression' && margin.value !== 0 ? -margin.value : margin.value;
}

/** The share of |baseline| that a comparison asks for: see `Compare`. */
export function shareOf(bound: ComparisonBound, margin: Margin): number {
  if (margin.kind === 'absolute') return 0;
  return bound === 'maxRegression' ? -margin.fraction : margin.fraction;
}

function hasEnough({ effectiveRows, least }: Measurement): boolean {
  return effectiveRows >= least.minimum;
}

function tooFew(
  measurement: Measurement,
  limit?: number,
  estimate?: DifferenceEstimate,
): { kind: 'inconclusive'; because: string; rowsNeeded: number } {
  const { effectiveRows, least } = measurement;
  const settled = limit === undefined || estimate === undefined ? {} : settledBy(measurement, limit, estimate);
  return {
    kind: 'inconclusive',
    because: `${effectiveRows} ${least.unit}; at least ${least.minimum} are needed`,
    rowsNeeded: Math.max(least.minimum, settled.rowsNeeded ?? 0),
  };
}

function settledBy(
  { effectiveRows }: Measurement,
  limit: number,
  estimate: DifferenceEstimate,
): { rowsNeeded?: number } {
  // What decides whether a gate is met is the end that reckons with rows not seen.
  const [, upper] = estimate.interval;
  const decisive = { ...estimate, interval: [estimate.lowerWithUnseen, upper] as const };
  const rowsNeeded = rowsToSettle(decisive, limit, effectiveRows);
  return rowsNeeded === undefined || !Number.isFinite(rowsNeeded) ? {} : { rowsNeeded };
}
