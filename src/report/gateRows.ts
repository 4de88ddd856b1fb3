import type { BoundFinding, Finding, FindingKind, Observation } from '../evaluation/verdict.ts';
import { decimalsOfWidth, decimalsThatDecide } from './decimals.ts';
import { formatInterval, formatNumber, formatSigned, withMinus } from '../wording/numbers.ts';

/** What a row says at a glance. `blocks` is why the candidate does not pass; `open` is not settled, and passes. */
export type Mark = 'blocks' | 'open' | 'holds' | 'none';

/** One gate, or one metric that no gate speaks of, in the words and numbers of a table. */
export interface MetricRow {
  readonly mark: Mark;
  /** `recall[8]`, `accuracy@ink=light`. Foreign text. */
  readonly name: string;
  readonly baseline: string;
  readonly candidate: string;
  /** With its sign: better is +. */
  readonly difference: string;
  readonly interval: string;
  /** For a share of the baseline: the interval that the share is already part of, held against 0. */
  readonly withShare?: string;
  readonly allowed: readonly string[];
  readonly finding: FindingKind | '';
  /** Foreign text. */
  readonly because?: string;
}

export const NOTHING = '–';

/** The gates, those that block first, then those that are not settled, each in the order of the configuration. */
export function gateRows(findings: readonly Finding[]): readonly MetricRow[] {
  const decimalsOf = commonDecimals(findings);
  return inOrder(findings).map((finding) => gateRow(finding, decimalsOf(finding)));
}

const ORDER: readonly Mark[] = ['blocks', 'open', 'holds', 'none'];

/** Findings by what they mean for the candidate, the worst first. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((a, b) => ORDER.indexOf(markOf(a)) - ORDER.indexOf(markOf(b)));
}

export function markOf({ blocks, kind }: Pick<Finding, 'blocks' | 'kind'>): Mark {
  if (blocks) return 'blocks';
  switch (kind) {
    case 'met':
    case 'identical':
      return 'holds';
    case 'no-baseline':
      return 'none';
    case 'bound-missed':
    case 'regressed':
    case 'not-improved':
    case 'inconclusive':
    case 'candidate-not-measured':
    case 'baseline-not-measured':
      return 'open';
  }
}

function gateRow(finding: Finding, decimals: number): MetricRow {
  const relative = finding.bounds.find((bound) => isShare(bound) && bound.interval !== undefined)?.interval;
  return {
    mark: markOf(finding),
    name: nameOf(finding),
    ...valuesOf(finding, decimals),
    ...(relative && { withShare: formatInterval(relative, decimals) }),
    allowed: finding.bounds.map(allowedBy),
    finding: finding.kind,
    ...(finding.because !== undefined && { because: finding.because }),
  };
}

export function observationRows(observations: readonly Observation[]): readonly MetricRow[] {
  const decimalsOf = commonDecimals(observations);
  return observations.map((observation) => ({
    mark: 'none',
    name: nameOf(observation),
    ...valuesOf(observation, decimalsOf(observation)),
    allowed: [],
    finding: '',
    ...(observation.because !== undefined && { because: observation.because }),
  }));
}

type Shown = Finding | Observation;

function valuesOf(
  shown: Shown,
  decimals: number,
): Pick<MetricRow, 'baseline' | 'candidate' | 'difference' | 'interval'> {
  const { baseline, candidate, difference, interval } = shown;
  return {
    baseline: baseline === undefined ? NOTHING : formatNumber(baseline, decimals),
    candidate: candidate === undefined ? NOTHING : formatNumber(candidate, decimals),
    difference: difference === undefined ? NOTHING : formatSigned(difference, decimals),
    interval: interval === undefined ? '' : formatInterval(interval, decimals),
  };
}

/** `accuracy` overall, `accuracy@ink=light` in a slice: the id, less what goes without saying. */
export function nameOf({ metric, slice }: Pick<Finding, 'metric' | 'slice'>): string {
  return slice === 'overall' ? metric : `${metric}@${slice}`;
}

function isShare(bound: BoundFinding): boolean {
  return bound.allowed.endsWith('%');
}

/**
 * A bound as the comparison that decides it. Δ stands for the lower end of the difference's interval: a regression may
 * not reach the margin, an improvement has to.
 */
export function allowedBy({ bound, allowed }: BoundFinding): string {
  switch (bound) {
    case 'min':
      return `≥ ${withMinus(allowed)}`;
    case 'max':
      return `≤ ${withMinus(allowed)}`;
    case 'maxRegression':
      return Number.parseFloat(allowed) === 0 ? 'Δ > 0' : `Δ > ${withMinus(`-${allowed}`)}`;
    case 'minImprovement':
      return Number.parseFloat(allowed) === 0 ? 'Δ ≥ 0' : `Δ ≥ +${allowed}`;
  }
}

// Beyond this, telling all rows alike costs more room than it saves the eye.
const MOST_COMMON_DECIMALS = 4;

/**
 * With how many decimals each of some rows is told: those of one family with equally many, where that takes few, so that
 * they can be compared down the column.
 */
export function commonDecimals<Row extends Shown>(rows: readonly Row[]): (row: Row) => number {
  const most = new Map<string, number>();
  for (const row of rows) {
    most.set(family(row.metric), Math.max(most.get(family(row.metric)) ?? 0, decimalsOfWidth(row)));
  }
  return (row) => {
    const common = Math.min(most.get(family(row.metric)) ?? 0, MOST_COMMON_DECIMALS);
    return decimalsThatDecide(row, Math.max(decimalsOfWidth(row), common));
  };
}

// Shares of rows lie on one scale; every other metric has a scale of its own.
const SHARES = new Set(['accuracy', 'recall', 'precision', 'f1', 'auc', 'averagePrecision']);

function family(metric: string): string {
  const name = metric.split('[', 1)[0] ?? metric;
  return SHARES.has(name) ? 'share' : name;
}
