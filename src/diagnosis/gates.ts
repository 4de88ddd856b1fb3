import type { Assurance, GateConfig, Margin, ModelConfig } from '../config/config.ts';
import { formatMetricName } from '../evaluation/metricName.ts';
import { findingId } from '../evaluation/gateFinding.ts';
import { powerOfGates } from '../evaluation/gatePower.ts';
import type { Finding, Power } from '../evaluation/verdict.ts';
import { counted, ok, warning, type Check } from './check.ts';

/** What the last judgement tells of a holdout, where there was one. */
export interface Precedent {
  /** `the verdict on the champion of production`, `run 20260503T100000123Z-churn`. */
  readonly source: string;
  readonly findings: readonly Finding[];
}

/** What of the gates can be said to be of no use before anything is judged. */
export function checkGates(
  model: ModelConfig,
  precedent: Precedent | undefined,
  rows: number | undefined,
): readonly Check[] {
  const id = `${model.name}.gates`;
  if (model.gates.length === 0) {
    return [
      warning(id, 'there is no gate: every model will be "not compared", and only a person can promote one', {
        remedy: `Add to models.${model.name}: gates: [{ metric: ${firstMetric(model)}, maxRegression: 0.01 }]`,
      }),
    ];
  }
  const checks = [
    ...model.gates.flatMap((gate) => neverMet(model, gate)),
    ...(precedent === undefined
      ? model.gates.flatMap((gate) => beyondRows(model, gate, rows))
      : [...weakGates(model, precedent), ...thinSlices(model, precedent)]),
  ];
  if (checks.length > 0) return checks;
  const basis = precedent === undefined ? 'nothing was judged here yet, so their power is unknown' : precedent.source;
  return [ok(id, `${counted(model.gates.length, 'gate')}; ${basis}`)];
}

function neverMet(model: ModelConfig, gate: GateConfig): readonly Check[] {
  if (gate.maxRegression === undefined || sizeOf(gate.maxRegression) > 0) return [];
  return [
    warning(
      checkId(model, gate),
      'maxRegression is 0: an interval never ends above 0 for a model that is as good, so only the same bytes or a clearly better model meet it',
      {
        expected: 'a margin that you would not mind to lose',
        remedy: 'Write the regression that you can live with, such as "maxRegression: 0.01"',
      },
    ),
  ];
}

const ENOUGH_POWER = 0.8;

/** Margins that an equal model would miss too often, by the precision that the last judgement had. */
function weakGates(model: ModelConfig, { source, findings }: Precedent): readonly Check[] {
  const weak = powerOfGates(model.gates, findings).gates.filter(({ power }) => power < ENOUGH_POWER);
  return weak.flatMap((each) => {
    const gate = model.gates.find((other) => findingId(other) === each.id);
    if (gate === undefined || (gate.maxRegression !== undefined && sizeOf(gate.maxRegression) === 0)) return [];
    return [
      warning(
        checkId(model, gate),
        `a model equal to the champion would meet it ${Math.floor(each.power * 100)} % of the time (${source})`,
        { expected: 'at least 80 %', remedy: wayOut(gate, each) },
      ),
    ];
  });
}

function wayOut(gate: GateConfig, { marginFor80, rowsFor80 }: Power['gates'][number]): string {
  const margin =
    marginFor80 !== undefined && gate.maxRegression?.kind === 'absolute'
      ? `Write "maxRegression: ${roundedUp(marginFor80)}"`
      : undefined;
  const rows = rowsFor80 === undefined ? undefined : `put ${Math.ceil(rowsFor80)} rows aside that it hangs on`;
  return [margin, rows].filter((part) => part !== undefined).join(', or ') || 'Allow more, or put more rows aside';
}

function thinSlices(model: ModelConfig, { source, findings }: Precedent): readonly Check[] {
  return findings.flatMap((finding) => {
    const { evidence, effectiveRows, id } = finding;
    const gate = model.gates.find((each) => findingId(each) === id);
    if (gate === undefined || evidence === undefined || effectiveRows >= evidence.minimum) return [];
    return [
      warning(
        checkId(model, gate),
        `it hangs on ${effectiveRows} ${evidence.unit} (${source}), which conclude nothing`,
        {
          expected: `at least ${evidence.minimum}`,
          remedy: 'Put more rows aside, or take the gate out',
        },
      ),
    ];
  });
}

const Z = 1.959963984540054;

/**
 * A bound from rows alone: without a single row on which the models differ, Tango's interval (1998) for paired
 * proportions still ends at -z² / (n + z²). A smaller margin is met by no model that differs anywhere.
 */
function beyondRows(model: ModelConfig, gate: GateConfig, rows: number | undefined): readonly Check[] {
  const { family } = gate.metric;
  const margin = gate.maxRegression;
  if (rows === undefined || margin?.kind !== 'absolute' || margin.value === 0) return [];
  if (family !== 'accuracy' && family !== 'recall') return [];
  const reach = Z ** 2 / (rows + Z ** 2);
  if (margin.value > reach) return [];
  const needed = Math.ceil((Z ** 2 * (1 - margin.value)) / margin.value) + 1;
  return [
    warning(
      checkId(model, gate),
      `the holdout has about ${rows} rows, and its intervals reach ${roundedUp(reach)} below at the least`,
      {
        expected: `more than ${needed} rows for a margin of ${margin.value}`,
        remedy: `Write a margin well above ${roundedUp(reach)}, or put more rows aside`,
      },
    ),
  ];
}

/** Whether any verdict of this machine can promote. */
export function checkRequires(model: ModelConfig, reachable: Assurance): Check {
  const id = `${model.name}.promote`;
  const { requires } = model.promote;
  if (requires === reachable || requires === 'advisory') return ok(id, `promote.requires: ${requires}`);
  return warning(id, `promote.requires is ${requires}, and verdicts reached on this machine are ${reachable}`, {
    remedy: `Promote where training cannot reach, or write "promote: { requires: ${reachable} }" in models.${model.name}`,
  });
}

const sizeOf = (margin: Margin): number => (margin.kind === 'absolute' ? margin.value : margin.fraction);

const checkId = (model: ModelConfig, gate: GateConfig): string => `${model.name}.gates.${findingId(gate)}`;

function firstMetric({ metrics }: ModelConfig): string {
  const [first] = metrics;
  return first === undefined ? 'METRIC' : formatMetricName(first);
}

/** Up, to two digits that count: a margin that is written down must not be smaller than what was reckoned. */
function roundedUp(value: number): number {
  const step = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Number((Math.ceil(value / step) * step).toPrecision(2));
}
