import { quote } from '../config/complaint.ts';
import { countOf } from '../wording/numbers.ts';
import { formatShare } from './shares.ts';

/** In how many rows of each class a column holds something, over all rows. */
export interface FilledRows {
  readonly column: string;
  readonly classes: readonly { readonly label: string; readonly rows: number; readonly filled: number }[];
}

/** Filled in one class and empty in the others, as a rule: filled in so much more of the rows of the one. */
const FOLLOWS_THE_CLASS = 0.9;
/** Filled (or empty) in rows of one class alone: the share of that class there, and how many rows show it. */
const ONE_CLASS_ALONE = 0.99;
const LEAST_ROWS = 30;
/** A class of most rows is in most parts of them almost alone. */
const LARGE_CLASS = 0.9;
/** ln of 1 in a million: so unlikely would the rows be drawn by chance. */
const CHANCE = Math.log(1e6);

/**
 * What gaps of a column say of a target: a lifeboat's number is known of those whom it saved. Honest gaps differ from
 * class to class; these are there because the outcome is.
 *
 * @returns a clause; `undefined` where they say no more than a good feature.
 */
export function filledEvidence({ classes }: FilledRows, target: string): string | undefined {
  const rows = sum(classes.map((each) => each.rows));
  const filled = sum(classes.map((each) => each.filled));
  if (filled === 0 || filled === rows) return undefined;
  const of = (label: string): string => `${quote(target)} ${label}`;
  // The class with the most values first: people look for what was filled in.
  for (const each of classes.toSorted((a, b) => b.filled / b.rows - a.filled / a.rows)) {
    const others = { rows: rows - each.rows, filled: filled - each.filled };
    if (Math.min(each.rows, others.rows) < LEAST_ROWS) continue;
    if (Math.abs(each.filled / each.rows - others.filled / others.rows) < FOLLOWS_THE_CLASS) continue;
    const here = formatShare(each.filled, each.rows);
    return `filled in ${here} of the rows with ${of(each.label)}, in ${formatShare(others.filled, others.rows)} of the others`;
  }
  for (const each of classes) {
    const parts = [
      { state: 'filled', rows: filled, inClass: each.filled },
      { state: 'empty', rows: rows - filled, inClass: each.rows - each.filled },
    ];
    const share = each.rows / rows;
    const part = parts.find(
      (one) =>
        one.rows >= LEAST_ROWS &&
        share <= LARGE_CLASS &&
        one.inClass / one.rows >= ONE_CLASS_ALONE &&
        -Math.log(share) * one.inClass >= CHANCE,
    );
    if (part === undefined) continue;
    const there = formatShare(part.inClass, part.rows);
    return `${part.state} in ${countOf(part.rows, 'row')}, of which ${there} have ${of(each.label)}, against ${formatShare(each.rows, rows)} of all rows`;
  }
  return undefined;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
