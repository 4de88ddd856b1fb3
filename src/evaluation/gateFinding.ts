import type { GateConfig } from '../config/config.ts';
import { type BaselineKind, decideBounds, type DecidedBound, formatMargin } from './boundFinding.ts';
import type { Measurement } from './measurement.ts';
import { signOf } from './metric.ts';
import { formatMetricName } from './metricName.ts';
import type { BoundFinding, Finding, FindingKind } from './verdict.ts';

/** A gate with its bounds decided one by one; what Holm makes of them together comes after. */
export interface DecidedGate {
  readonly gate: GateConfig;
  readonly measurement: Measurement;
  readonly bounds: readonly DecidedBound[];
}

/** What a gate with several bounds is told as: the first of these that one of them came to. */
const WORST_FIRST: readonly FindingKind[] = [
  'bound-missed',
  'regressed',
  'not-improved',
  'candidate-not-measured',
  'baseline-not-measured',
  'inconclusive',
  'identical',
  'met',
  // Last: where a bound was held too, that is what happened to the gate.
  'no-baseline',
];

/** `recall[9]@ink=light`. */
export function findingId(gate: Pick<GateConfig, 'metric' | 'slice'>): string {
  return `${formatMetricName(gate.metric)}@${gate.slice}`;
}

export function decideGate(
  gate: GateConfig,
  measurement: Measurement | undefined,
  baseline: BaselineKind,
): DecidedGate {
  const measured = measurement ?? missing(gate);
  return { gate, measurement: measured, bounds: decideBounds(gate, measured, baseline) };
}

/** A metric or a slice that nobody measured is listed, never skipped. */
function missing({ metric, slice }: GateConfig): Measurement {
  return {
    metric,
    slice,
    rows: 0,
    effectiveRows: 0,
    least: { minimum: 0, unit: 'rows' },
    candidate: { kind: 'not-measured', because: `no row of the holdout lies in the slice ${slice}` },
  };
}

/**
 * The finding of a gate.
 *
 * @param adjustedP Holm's, of the worst bound that speaks against the candidate.
 * @param stands whether that bound still speaks against it then.
 */
export function findingOf(
  { gate, measurement, bounds }: DecidedGate,
  baseline: BaselineKind,
  adjustedP: number | undefined,
  stands: boolean,
  family: number,
): Finding {
  const worst = WORST_FIRST.find((kind) => bounds.some((bound) => bound.kind === kind)) ?? 'met';
  const against = worst === 'regressed' || worst === 'not-improved';
  const rowsNeeded = bounds.flatMap((bound) => bound.rowsNeeded ?? []);
  const because =
    against && !stands
      ? `${worst === 'regressed' ? 'worse' : 'not better'} by its own interval, but not after Holm's correction for ${family} comparisons`
      : bounds.find((bound) => bound.kind === worst && bound.because !== undefined)?.because;
  return {
    id: findingId(gate),
    metric: formatMetricName(gate.metric),
    slice: gate.slice,
    kind: worst,
    blocks: blocks(gate, worst, stands, bounds),
    ...values(measurement, baseline),
    rows: measurement.rows,
    effectiveRows: measurement.effectiveRows,
    evidence: { unit: measurement.least.unit, minimum: measurement.least.minimum },
    bounds: bounds.map(published),
    ...(against && adjustedP !== undefined && { adjustedP }),
    ...(worst === 'inconclusive' && rowsNeeded.length > 0 && { rowsNeeded: Math.max(...rowsNeeded) }),
    ...(because !== undefined && { because }),
    allowed: allowedBy(gate),
  };
}

/** Fails closed: what was not measured blocks; what is not concluded blocks as the gate says. */
function blocks(gate: GateConfig, worst: FindingKind, stands: boolean, bounds: readonly DecidedBound[]): boolean {
  switch (worst) {
    case 'bound-missed':
    case 'candidate-not-measured':
    case 'baseline-not-measured':
      return true;
    case 'regressed':
    case 'not-improved':
      return stands || whenInconclusive(gate, bounds);
    case 'inconclusive':
      return whenInconclusive(gate, bounds);
    case 'no-baseline':
    case 'identical':
    case 'met':
      return false;
  }
}

function whenInconclusive(gate: GateConfig, bounds: readonly DecidedBound[]): boolean {
  switch (gate.whenInconclusive) {
    case 'block':
      return true;
    case 'pass':
      return false;
    case 'observed':
      return bounds.some((bound) => bound.observedBeyond);
  }
}

/** Both values, and their difference with its interval where there is one. */
export function values(
  measurement: Measurement,
  baselineKind: BaselineKind,
): Pick<
  Finding,
  'baseline' | 'candidate' | 'difference' | 'interval' | 'lowerWithUnseen' | 'method' | 'standardError'
> {
  const candidate = measurement.candidate.kind === 'value' ? measurement.candidate.value : undefined;
  if (baselineKind === 'none') return { ...(candidate !== undefined && { candidate }) };
  if (baselineKind === 'identical') {
    return { ...(candidate !== undefined && { candidate, baseline: candidate, difference: 0 }) };
  }
  const baseline = measurement.baseline?.kind === 'value' ? measurement.baseline.value : undefined;
  const estimate = candidate === undefined || baseline === undefined ? undefined : measurement.compare?.(0);
  const usable = estimate?.interval.every(Number.isFinite) === true ? estimate : undefined;
  return {
    ...(baseline !== undefined && { baseline }),
    ...(candidate !== undefined && { candidate }),
    ...(candidate !== undefined &&
      baseline !== undefined && {
        difference: usable?.difference ?? signOf(measurement.metric) * (candidate - baseline),
      }),
    ...(usable && { interval: usable.interval, method: usable.method, standardError: usable.standardError }),
    ...(usable && Number.isFinite(usable.lowerWithUnseen) && { lowerWithUnseen: usable.lowerWithUnseen }),
  };
}

function published(bound: DecidedBound): BoundFinding {
  const { kind, allowed, limit, interval, lowerWithUnseen, standardError, because } = bound;
  return {
    bound: bound.bound,
    allowed,
    limit,
    kind,
    ...(interval && { interval }),
    ...(lowerWithUnseen !== undefined && { lowerWithUnseen }),
    ...(standardError !== undefined && { standardError }),
    ...(because !== undefined && { because }),
  };
}

/** The gate in the words of the config: `min 0.9, maxRegression 2%`. */
function allowedBy(gate: GateConfig): string {
  return [
    gate.min === undefined ? undefined : `min ${gate.min}`,
    gate.max === undefined ? undefined : `max ${gate.max}`,
    gate.maxRegression && `maxRegression ${formatMargin(gate.maxRegression)}`,
    gate.minImprovement && `minImprovement ${formatMargin(gate.minImprovement)}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}
