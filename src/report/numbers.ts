import type { BoundFinding, Finding } from '../evaluation/verdict.ts';

const MINUS = '\u2212';

/** More digits than a double has tell nothing. */
const MOST_DECIMALS = 12;
const MOST_DECIMALS_OF_A_WIDTH = 6;

/** `0.941`, `−12.5`; with a true minus sign, and never a minus before zeros. */
export function formatNumber(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? `${MINUS}∞` : 'not a number';
  if (Math.abs(value) >= 1e15) return withMinus(value.toExponential(3));
  const text = value.toFixed(decimals);
  return withMinus(Number(text) === 0 ? text.replace('-', '') : text);
}

/** As {@link formatNumber}, with `+` before what is positive. */
export function formatSigned(value: number, decimals: number): string {
  const text = formatNumber(value, decimals);
  return value > 0 && /[1-9∞]/.test(text) ? `+${text}` : text;
}

export function formatInterval([lower, upper]: readonly [number, number], decimals: number): string {
  return `[${formatSigned(lower, decimals)}, ${formatSigned(upper, decimals)}]`;
}

export function withMinus(text: string): string {
  return text.replaceAll('-', MINUS);
}

const counts = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `1,200` */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** `1 row`, `1,200 rows` */
export function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** An estimate of what would be enough: its first two digits, rounded up. 1,234 is 1,300; 0.0312 is 0.032. */
export function upTo2Digits(estimate: number): number {
  if (!(estimate > 0) || !Number.isFinite(estimate)) return estimate;
  const exponent = Math.floor(Math.log10(estimate)) - 1;
  // Written as text, so that no rounding of the power of ten adds digits.
  const digits = Math.ceil(Number((estimate / 10 ** exponent).toPrecision(12)));
  return Number(`${digits}e${exponent}`);
}

/** What is shown of one metric in one slice. */
type Shown = Pick<Finding, 'baseline' | 'candidate' | 'difference' | 'interval'> & {
  readonly bounds?: readonly BoundFinding[];
};

/** How many decimals tell a value: two digits of its interval's width, or four of the value where there is none. */
export function decimalsOfWidth({ interval, candidate, baseline }: Shown): number {
  const width = interval && interval[1] - interval[0];
  const value = Math.max(Math.abs(candidate ?? 0), Math.abs(baseline ?? 0));
  const wanted =
    width !== undefined && width > 0 && Number.isFinite(width)
      ? 1 - Math.floor(Math.log10(width))
      : 3 - magnitude(value);
  return Math.min(Math.max(wanted, 0), MOST_DECIMALS_OF_A_WIDTH);
}

/** As many as given, then on until every number lies, as it is printed, on its own side of the limit it is held against. */
export function decimalsThatDecide(shown: Shown, least: number): number {
  let decimals = least;
  for (const [number, limit] of heldAgainst(shown)) {
    while (decimals < MOST_DECIMALS && !sameSide(number, limit, decimals)) decimals += 1;
  }
  return decimals;
}

function magnitude(value: number): number {
  return value > 0 && Number.isFinite(value) ? Math.floor(Math.log10(value)) : 0;
}

/** Each pair of a number that is printed and the limit that it has to keep. */
function heldAgainst({
  candidate,
  interval,
  bounds = [],
}: Shown): readonly (readonly [number: number, limit: number])[] {
  return bounds.flatMap((bound): (readonly [number, number])[] => {
    if (bound.bound === 'min' || bound.bound === 'max')
      return candidate === undefined ? [] : [[candidate, bound.limit]];
    return (bound.interval ?? interval ?? []).filter(Number.isFinite).map((end) => [end, bound.limit]);
  });
}

function sameSide(number: number, limit: number, decimals: number): boolean {
  return Math.sign(Number(number.toFixed(decimals)) - limit) === Math.sign(number - limit);
}
