import type { Assurance, GateConfig } from '../config/config.ts';
import { holm } from '../statistics/holm.ts';
import type { BaselineKind, DecidedBound } from './boundFinding.ts';
import { concludeVerdict, STANDS_BELOW } from './concludeVerdict.ts';
import { decideGate, type DecidedGate, findingId, findingOf, values } from './gateFinding.ts';
import type { Measurement } from './measurement.ts';
import { formatMetricName } from './metricName.ts';
import { powerOfGates } from './gatePower.ts';
import type { Finding, Judgement, Observation } from './verdict.ts';

export interface JudgeRequest {
  readonly measurements: readonly Measurement[];
  /** Gates on latency are left to the run: see {@link judgeRun}. */
  readonly gates: readonly GateConfig[];
  /** `identical`: the candidate's bytes are the baseline's, and only the candidate was measured. */
  readonly baseline: BaselineKind;
  readonly assurance: Assurance;
}

/**
 * What measurements come to under the gates, latency apart: a value that depends on nothing but the models' bytes, the
 * rows, the gates and this code, so that it can be stored and looked up.
 */
export function judge(request: JudgeRequest): Judgement {
  const gates = request.gates.filter(({ metric }) => metric.family !== 'latencyMs');
  const findings = decideGates(gates, request.measurements, request.baseline);
  return {
    verdict: concludeVerdict(findings, request.baseline !== 'none', request.assurance),
    findings,
    observations: observe(request.measurements, gates, request.baseline),
    power: powerOfGates(gates, findings),
  };
}

/**
 * A judgement, found or made, joined by what this run measured of latency. Latency is another experiment on other
 * turns, so its comparisons are a Holm family of their own and leave the stored findings as they are.
 */
export function judgeRun(
  judgement: Judgement,
  request: {
    readonly latency: readonly Measurement[];
    readonly gates: readonly GateConfig[];
    readonly baseline: BaselineKind;
  },
): Judgement {
  const gates = request.gates.filter(({ metric }) => metric.family === 'latencyMs');
  const findings = [...judgement.findings, ...decideGates(gates, request.latency, request.baseline)];
  return {
    ...judgement,
    verdict: concludeVerdict(findings, judgement.verdict.compared, judgement.verdict.assurance),
    findings,
    observations: [...judgement.observations, ...observe(request.latency, gates, request.baseline)],
  };
}

function decideGates(
  gates: readonly GateConfig[],
  measurements: readonly Measurement[],
  baseline: BaselineKind,
): readonly Finding[] {
  const byId = new Map(measurements.map((measurement) => [findingId(measurement), measurement]));
  const decided = gates.map((gate) => decideGate(gate, byId.get(findingId(gate)), baseline));
  const adjusted = adjust(decided);
  const family = adjusted.size;
  return decided.map((gate) => {
    const against = gate.bounds.flatMap((bound) =>
      bound.kind === 'regressed' || bound.kind === 'not-improved' ? (adjusted.get(bound) ?? []) : [],
    );
    const adjustedP = against.length === 0 ? undefined : Math.min(...against);
    return findingOf(gate, baseline, adjustedP, adjustedP !== undefined && adjustedP < STANDS_BELOW, family);
  });
}

/** Holm over every gated comparison. One that could not be decided takes its place in the family all the same. */
function adjust(decided: readonly DecidedGate[]): ReadonlyMap<DecidedBound, number> {
  const comparisons = decided.flatMap(({ bounds }) =>
    bounds.filter(({ bound }) => bound === 'maxRegression' || bound === 'minImprovement'),
  );
  const adjusted = holm(comparisons.map(({ p }) => p ?? 1));
  return new Map(comparisons.map((bound, i) => [bound, adjusted[i] ?? 1]));
}

function observe(
  measurements: readonly Measurement[],
  gates: readonly GateConfig[],
  baseline: BaselineKind,
): readonly Observation[] {
  const gated = new Set(gates.map(findingId));
  return measurements
    .filter((measurement) => !gated.has(findingId(measurement)))
    .map((measurement) => {
      const { candidate, baseline: other, difference, interval } = values(measurement, baseline);
      const because = [measurement.candidate, measurement.baseline].find((side) => side?.kind === 'not-measured');
      return {
        metric: formatMetricName(measurement.metric),
        slice: measurement.slice,
        ...(other !== undefined && { baseline: other }),
        ...(candidate !== undefined && { candidate }),
        ...(difference !== undefined && { difference }),
        ...(interval && { interval }),
        rows: measurement.rows,
        ...(because?.kind === 'not-measured' && { because: because.because }),
      };
    });
}
