import type { GateConfig, Margin } from '../config/config.ts';
import { relativeContrast, valueOf } from '../statistics/contrast.ts';
import { marginFor80, powerOf, powerOfAll, type Precision, rowsFor80 } from '../statistics/power.ts';
import { formatMargin, shareOf } from './boundFinding.ts';
import { findingId } from './gateFinding.ts';
import { signOf } from './metric.ts';
import type { Finding, Power } from './verdict.ts';

type ComparisonBound = 'maxRegression' | 'minImprovement';

/**
 * How likely a model that is equal to the baseline is to have every comparison met on this holdout.
 *
 * What the intervals are like is known from `findings`: those of the last judgement on this holdout when asked beforehand,
 * the judgement's own afterwards. Bounds on the value are no matter of chance between equal models, and are left out.
 */
export function powerOfGates(gates: readonly GateConfig[], findings: readonly Finding[]): Power {
  const byId = new Map(findings.map((finding) => [finding.id, finding]));
  const comparisons = gates.flatMap((gate) =>
    (['maxRegression', 'minImprovement'] as const).flatMap((bound) => {
      const margin = gate[bound];
      return margin === undefined ? [] : [powerOfBound(gate, bound, margin, byId.get(findingId(gate)))];
    }),
  );
  const powers = comparisons.filter((power) => power !== undefined);
  return {
    ...(powers.length > 0 &&
      powers.length === comparisons.length && { equalModelAccepted: powerOfAll(powers.map(({ power }) => power)) }),
    gates: powers,
  };
}

function powerOfBound(
  gate: GateConfig,
  bound: ComparisonBound,
  margin: Margin,
  finding: Finding | undefined,
): Power['gates'][number] | undefined {
  const precision = finding && precisionOfFinding(gate, bound, margin, finding);
  if (precision === undefined || finding?.baseline === undefined) return undefined;
  const size = margin.kind === 'absolute' ? margin.value : margin.fraction * Math.abs(finding.baseline);
  const allowed = bound === 'maxRegression' ? size : -size;
  const minimum = finding.evidence?.minimum ?? 0;
  const rows = rowsFor80(precision, allowed);
  const enough = finding.effectiveRows >= minimum;
  return {
    id: finding.id,
    power: enough ? powerOf(precision, allowed) : 0,
    ...(rows !== undefined && { rowsFor80: Math.max(rows, minimum) }),
    ...(enough && bound === 'maxRegression' && { marginFor80: marginFor80(precision) }),
  };
}

/** Of c - (1 -+ r) b where the finding's gate had the same margin; of the difference, which comes close, otherwise. */
function precisionOfFinding(
  gate: GateConfig,
  bound: ComparisonBound,
  margin: Margin,
  finding: Finding,
): Precision | undefined {
  const { candidate, baseline, effectiveRows: rows } = finding;
  const part = finding.bounds.find((other) => other.bound === bound && other.allowed === formatMargin(margin));
  const own = margin.kind === 'relative' && part?.interval !== undefined && part.standardError !== undefined;
  const { interval, lowerWithUnseen, standardError } = own ? part : finding;
  if (candidate === undefined || baseline === undefined || interval === undefined) return undefined;
  if (standardError === undefined || !(standardError > 0)) return undefined;
  const contrast = relativeContrast(signOf(gate.metric), own ? shareOf(bound, margin) : 0, baseline);
  const estimate = own ? valueOf(contrast, candidate, baseline) : (finding.difference ?? NaN);
  return { rows, standardError, reach: estimate - (lowerWithUnseen ?? interval[0]) };
}
