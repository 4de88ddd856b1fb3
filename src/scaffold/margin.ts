import type { GateConfig, Margin, MetricName } from '../config/config.ts';
import { powerOfGates } from '../evaluation/gatePower.ts';
import { findingId } from '../evaluation/gateFinding.ts';
import { unitOf } from '../evaluation/metric.ts';
import type { Finding } from '../evaluation/verdict.ts';
import { upTo2Digits } from '../wording/numbers.ts';

/** What `maxRegression` of a proposed gate says, and where that comes from. */
export type ProposedMargin = GuessedMargin | MeasuredMargin;

export interface GuessedMargin {
  readonly kind: 'guessed';
  readonly margin: Margin;
  /** Of the holdout, about. */
  readonly rows: number;
}

export interface MeasuredMargin {
  readonly kind: 'measured';
  /** In the metric's unit. */
  readonly margin: Extract<Margin, { kind: 'absolute' }>;
  /** Of the holdout, that both models answered. */
  readonly rows: number;
  /** Of the two trainings. */
  readonly seeds: readonly [number, number];
  /** Of the two models, signed so that better is +. */
  readonly difference: number;
}

/** What an equal model stays within 80 % of the time, in standard errors: 1.96 + 0.84. */
const REACH_FOR_80 = 2.8;

/** Two trainings of one recipe are taken to answer this share of the rows differently, until that is measured. */
const ANSWERED_DIFFERENTLY = 0.1;

/**
 * A margin for a holdout on which nothing was measured. Shares: as if the two models answered a tenth of the rows
 * differently. Others: relative to the champion's value, as if a row's difference were as large as its loss.
 */
export function guessedMargin(metric: MetricName, rows: number): GuessedMargin {
  const share = unitOf(metric) === 'share';
  const variance = share ? ANSWERED_DIFFERENTLY : 1;
  const size = Math.min(0.5, upTo2Digits(REACH_FOR_80 * Math.sqrt(variance / Math.max(1, rows))));
  return {
    kind: 'guessed',
    margin: share ? { kind: 'absolute', value: size } : { kind: 'relative', fraction: size },
    rows,
  };
}

/**
 * The smallest margin, of two digits, that an equal model stays within 80 % of the time, by the judgement of two models
 * that differ in their seed alone.
 *
 * @returns `undefined` where that judgement does not tell it: too few rows, or models that answer alike.
 */
export function measuredMargin(
  gate: GateConfig,
  findings: readonly Finding[],
  seeds: readonly [number, number],
): MeasuredMargin | undefined {
  const { metric, slice, whenInconclusive } = gate;
  const asked: GateConfig = { metric, slice, whenInconclusive, maxRegression: { kind: 'absolute', value: 0 } };
  const finding = findings.find(({ id }) => id === findingId(gate));
  const marginFor80 = powerOfGates([asked], findings).gates[0]?.marginFor80;
  if (marginFor80 === undefined || finding?.difference === undefined) return undefined;
  const value = upTo2Digits(marginFor80);
  if (!(value > 0 && Number.isFinite(value))) return undefined;
  const { rows, difference } = finding;
  return { kind: 'measured', margin: { kind: 'absolute', value }, rows, seeds, difference };
}
