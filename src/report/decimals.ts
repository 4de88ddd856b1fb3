import type { BoundFinding, Finding } from '../evaluation/verdict.ts';

/** More digits than a double has tell nothing. */
const MOST_DECIMALS = 12;
const MOST_DECIMALS_OF_A_WIDTH = 6;

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
