import type { MetricFamily } from '../../config/config.ts';
import { signOf, unitOf } from '../../evaluation/metric.ts';
import { parseMetricName } from '../../evaluation/metricName.ts';
import type { Finding, Judgement, Observation } from '../../evaluation/verdict.ts';
import { commonDecimals, markOf, nameOf, NOTHING, type Mark } from '../gateRows.ts';
import { formatCount, formatInterval, formatNumber, formatSigned } from '../../wording/numbers.ts';

/** What is drawn: how far the two models are apart, or, where there is one alone, how good it is. */
export type Drawn = 'difference' | 'value';

/** What is drawn of one family of metrics: all that share a scale and a unit. */
export interface ForestGroup {
  /** `recall`. Foreign where no such metric is known. */
  readonly family: string;
  /** `nats`, `ms`; empty where the number has no unit. */
  readonly unit: string;
  readonly lowerIsBetter: boolean;
  /** The whole first, then slices from the worst on. */
  readonly rows: readonly ForestRow[];
  /** How many there are, shown or not. */
  readonly of: number;
}

/** One metric in one slice. */
export interface ForestRow {
  /** The slice, or metric and slice where a family has several. Foreign. */
  readonly name: string;
  readonly overall: boolean;
  readonly mark: Mark;
  /** Whether a gate speaks of it; what it says is then in the mark. */
  readonly gated: boolean;
  readonly rows: string;
  readonly baseline: string;
  readonly candidate: string;
  /** Where it is drawn: the difference, signed so that better is +, or the candidate's value. */
  readonly point?: number;
  readonly interval?: readonly [lower: number, upper: number];
  /** What rows are ordered by: more is better. */
  readonly goodness: number;
  readonly differenceText: string;
  readonly intervalText: string;
  /** Where its gate draws the line, on the scale of the point. */
  readonly limits: readonly number[];
  /** Why there is nothing to draw. Foreign. */
  readonly because?: string;
}

const MOST_GROUPS = 16;
const MOST_ROWS = 160;
const MOST_ROWS_OF_GROUP = 60;

/** All that was measured, by family of metrics, those that block first; and how many families there are. */
export function forestGroups(
  { findings, observations }: Judgement,
  drawn: Drawn,
): {
  readonly groups: readonly ForestGroup[];
  readonly of: number;
} {
  const families = new Map<string, (Finding | Observation)[]>();
  for (const shown of [...findings, ...observations]) {
    const family = familyOf(shown.metric);
    const members = families.get(family);
    if (members === undefined) families.set(family, [shown]);
    else members.push(shown);
  }
  const decimalsOf = commonDecimals<Finding | Observation>([...findings, ...observations]);
  const kept = [...families]
    .toSorted(([, a], [, b]) => Number(b.some(blocks)) - Number(a.some(blocks)))
    .slice(0, MOST_GROUPS);
  const most = Math.min(MOST_ROWS_OF_GROUP, Math.max(8, Math.floor(MOST_ROWS / Math.max(kept.length, 1))));
  const groups = kept.map(([family, members]): ForestGroup => {
    const plain = new Set(members.map(({ metric }) => metric)).size === 1;
    const rows = members.map((member) => forestRow(member, drawn, plain, decimalsOf(member)));
    return { family, ...scaleOfFamily(family), rows: worstFirst(mostWanted(rows, most)), of: rows.length };
  });
  return { groups, of: families.size };
}

function blocks(shown: Finding | Observation): boolean {
  return 'blocks' in shown && shown.blocks;
}

function familyOf(metric: string): string {
  return metric.split('[', 1)[0] ?? metric;
}

function scaleOfFamily(family: string): Pick<ForestGroup, 'unit' | 'lowerIsBetter'> {
  const known = knownFamily(family);
  if (known === undefined) return { unit: '', lowerIsBetter: false };
  return { unit: UNITS[unitOf({ family: known })], lowerIsBetter: signOf({ family: known }) < 0 };
}

const UNITS = { share: '', nats: 'nats', target: 'in units of the target', ms: 'ms', none: '' } as const;

/** A report may come from a release that knows more metrics. */
function knownFamily(family: string): MetricFamily | undefined {
  try {
    return parseMetricName(family).family;
  } catch {
    return undefined;
  }
}

function forestRow(shown: Finding | Observation, drawn: Drawn, plain: boolean, decimals: number): ForestRow {
  const { slice, baseline, candidate, difference, interval, because } = shown;
  const gate = 'bounds' in shown ? shown : undefined;
  return {
    name: plain ? slice : nameOf(shown),
    overall: slice === 'overall',
    mark: gate === undefined ? 'none' : markOf(gate),
    gated: gate !== undefined,
    rows: formatCount(shown.rows),
    baseline: baseline === undefined ? NOTHING : formatNumber(baseline, decimals),
    candidate: candidate === undefined ? NOTHING : formatNumber(candidate, decimals),
    differenceText: difference === undefined ? '' : formatSigned(difference, decimals),
    intervalText: interval === undefined ? '' : formatInterval(interval, decimals),
    ...placeOf(shown, drawn),
    limits: gate === undefined ? [] : drawn === 'difference' ? marginsOf(gate) : boundsOf(gate),
    ...(because !== undefined && { because }),
  };
}

/** What was not measured comes last. */
function placeOf(
  { metric, candidate, difference, interval }: Finding | Observation,
  drawn: Drawn,
): Pick<ForestRow, 'point' | 'interval' | 'goodness'> {
  if (drawn === 'value') {
    if (candidate === undefined) return { goodness: Infinity };
    const { lowerIsBetter } = scaleOfFamily(familyOf(metric));
    return { point: candidate, goodness: lowerIsBetter ? -candidate : candidate };
  }
  if (difference === undefined) return { goodness: Infinity };
  return { point: difference, ...(interval !== undefined && { interval }), goodness: difference };
}

/** A share of the baseline is turned into the metric's unit: on that scale it lies where the baseline was measured. */
function marginsOf({ bounds, baseline }: Finding): readonly number[] {
  return bounds.flatMap(({ bound, allowed, limit }) => {
    if (bound === 'min' || bound === 'max') return [];
    if (!allowed.endsWith('%')) return [limit];
    if (baseline === undefined) return [];
    const share = (Number.parseFloat(allowed) / 100) * Math.abs(baseline);
    return [bound === 'maxRegression' ? -share : share];
  });
}

function boundsOf({ bounds }: Finding): readonly number[] {
  return bounds.flatMap(({ bound, limit }) => (bound === 'min' || bound === 'max' ? [limit] : []));
}

const WANTED: readonly Mark[] = ['blocks', 'open', 'holds', 'none'];

/** Gates before what no gate speaks of, the whole before its parts, and of the parts the worst. */
export function mostWanted(rows: readonly ForestRow[], most: number): readonly ForestRow[] {
  return [...rows]
    .sort(
      (a, b) =>
        WANTED.indexOf(a.mark) - WANTED.indexOf(b.mark) ||
        Number(b.gated) - Number(a.gated) ||
        Number(b.overall) - Number(a.overall) ||
        byGoodness(a, b),
    )
    .slice(0, most);
}

export function worstFirst(rows: readonly ForestRow[]): readonly ForestRow[] {
  return [...rows].sort((a, b) => Number(b.overall) - Number(a.overall) || byGoodness(a, b));
}

function byGoodness({ goodness: a }: ForestRow, { goodness: b }: ForestRow): number {
  return a === b ? 0 : a - b;
}
