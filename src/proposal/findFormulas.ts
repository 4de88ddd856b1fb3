import { fitLine, LeastSquares, median } from './leastSquares.ts';
import type { Formula } from './formula.ts';
import type { Sample, SampledColumn } from './sample.ts';

/** A formula holds where it gives the target in so large a share of the rows. */
const HOLDS = 0.98;
/**
 * Where a target has many values, no chance makes a sum of others hit it exactly in most of the rows: some rows follow
 * another rule, such as a fee that a part of the sellers counts in.
 */
const HOLDS_IN_PART = 0.6;
const MANY_VALUES = 100;
/** A part without which it holds in nearly as many rows, as a share of them, is none. */
const NEEDED = 0.98;
const LEAST_ROWS = 50;
const MOST_ROWS = 4_000;
// Columns that are tried before a search ends: parts come early, since each explains what the others leave.
const MOST_STEPS = 12;
const MOST_FORMULAS = 3;
const MOST_SEARCHES = 5;
/** A sum that is met in fewer rows is no part of one that is met in more. */
const WORTH_TRIMMING = 0.2;

/** The linear copy of a target that a column is: `factor * column + offset` in nearly all rows; `undefined` where it is none. */
export function findLinearCopy({ values, name }: SampledColumn, target: Float64Array): Formula | undefined {
  const rows = [...values.keys()].filter((row) => !Number.isNaN(values[row]));
  if (rows.length < LEAST_ROWS) return undefined;
  const x = Float64Array.from(rows, (row) => values[row] ?? 0);
  const y = Float64Array.from(rows, (row) => target[row] ?? 0);
  const line = fitLine(x, y);
  if (line === undefined) return undefined;
  const tolerance = toleranceOf(target, 1);
  const factor = rounded(line.slope);
  const offset = Math.abs(line.offset) <= tolerance.absolute ? 0 : rounded(line.offset);
  const met = rows.filter((_, at) => isMet((x[at] ?? 0) * factor + offset, y[at] ?? 0, tolerance)).length;
  if (met < HOLDS * rows.length) return undefined;
  return { kind: 'sum', factor, offset, parts: [{ column: name, sign: 1 }], tolerance, holds: met / rows.length };
}

/**
 * Sums, differences, products and quotients of a few columns that give the target in nearly all rows, none of them with
 * a column of another. Searched by orthogonal matching pursuit (Pati, Rezaiifar and Krishnaprasad 1993): the column that
 * explains most of what is left joins, all are fitted again, and coefficients that are alike but for their sign make a
 * formula; of logarithms, a product. The cost grows with the number of columns, not with that of their pairs.
 */
export function findFormulas({ target, columns }: Sample): readonly Formula[] {
  const rows = Math.min(MOST_ROWS, target.length);
  const y = target.subarray(0, rows);
  let left = columns
    .filter(({ ordered }) => ordered)
    .map((column) => ({ ...column, values: column.values.subarray(0, rows) }));
  const found: Formula[] = [];
  for (const search of [findSum, findProduct]) {
    while (found.length < MOST_FORMULAS) {
      const formula = search(y, left);
      if (formula === undefined) break;
      found.push(formula);
      left = left.filter(({ name }) => !formula.parts.some(({ column }) => column === name));
    }
  }
  return found;
}

function findSum(target: Float64Array, columns: readonly SampledColumn[]): Formula | undefined {
  if (target.length < LEAST_ROWS) return undefined;
  const filled = columns.map(({ name, values }) => ({
    name,
    values: values.map((each) => (Number.isNaN(each) ? 0 : each)),
  }));
  return pursue(target, filled, (parts) => sumOf(target, parts));
}

interface Part {
  readonly column: string;
  readonly values: Float64Array;
  readonly sign: 1 | -1;
}

type Candidate = Pick<SampledColumn, 'name' | 'values'>;

/**
 * A column in other units than a part of the formula, thousands of it for one, takes that part's place: what fits
 * exactly and is no formula is searched again without its oddest column.
 */
function pursue(
  target: Float64Array,
  columns: readonly Candidate[],
  formulaOf: (parts: readonly Part[]) => Formula | undefined,
): Formula | undefined {
  let left = columns;
  for (let search = 0; search < MOST_SEARCHES; search++) {
    const { best, oddest } = pursueOnce(target, left, formulaOf);
    if (best !== undefined) {
      const place = (name: string): number => columns.findIndex((column) => column.name === name);
      return { ...best, parts: best.parts.toSorted((a, b) => place(a.column) - place(b.column)) };
    }
    if (oddest === undefined) return undefined;
    left = left.filter((column) => column !== oddest);
  }
  return undefined;
}

function pursueOnce(
  target: Float64Array,
  columns: readonly Candidate[],
  formulaOf: (parts: readonly Part[]) => Formula | undefined,
): { readonly best?: Formula; readonly oddest?: Candidate } {
  const fit = new LeastSquares(
    target,
    columns.map(({ values }) => values),
  );
  let best: Formula | undefined;
  for (let step = 0; step < MOST_STEPS && fit.join(); step++) {
    // The largest, and that of the column that explains most: one that hardly varies may have any coefficient.
    for (const size of new Set([Math.max(...fit.coefficients.map(Math.abs)), Math.abs(fit.coefficients[0] ?? 0)])) {
      const parts = fit.active.flatMap((index, at): readonly Part[] => {
        const coefficient = fit.coefficients[at] ?? 0;
        const column = columns[index];
        const relative = Math.abs(coefficient) / size;
        // Rows that break the formula pull at the coefficients; what does not belong comes out far smaller still.
        if (column === undefined || relative < 0.4 || relative > 2.5) return [];
        return [{ column: column.name, values: column.values, sign: coefficient < 0 ? -1 : 1 }];
      });
      const formula = parts.length < 2 ? undefined : formulaOf(parts);
      if (formula !== undefined && formula.holds > (best?.holds ?? 0)) best = formula;
    }
    if (best !== undefined && best.holds >= HOLDS) break;
  }
  if (best !== undefined) return { best };
  const oddness = fit.coefficients.map((coefficient) => Math.abs(Math.log(Math.abs(coefficient))));
  const oddest = columns[fit.active[oddness.indexOf(Math.max(...oddness))] ?? -1];
  return fit.exact && oddest !== undefined ? { oddest } : {};
}

function sumOf(target: Float64Array, parts: readonly Part[]): Formula | undefined {
  const tolerance = toleranceOf(target, parts.length);
  for (const factor of [1, 1 / parts.length]) {
    const rest = restOf(target, parts, factor);
    const offset = offsetOf(rest, tolerance.absolute);
    const share = shareWithin(rest, offset, tolerance.absolute);
    if (share < leastShare(target)) continue;
    const needed = parts.filter((part) => {
      const without = restOf(
        target,
        parts.filter((other) => other !== part),
        factor,
      );
      return shareWithin(without, offsetOf(without, tolerance.absolute), tolerance.absolute) < NEEDED * share;
    });
    if (needed.length < 2) return undefined;
    if (needed.length < parts.length) return sumOf(target, needed);
    return {
      kind: 'sum',
      factor,
      offset,
      parts: needed.map(({ column, sign }) => ({ column, sign })),
      tolerance,
      holds: share,
    };
  }
  const rest = trimmed(target, parts, tolerance.absolute);
  return rest === undefined ? undefined : sumOf(target, rest);
}

/** The parts without the one that keeps the sum from being met, such as a code that goes along with a fee. */
function trimmed(target: Float64Array, parts: readonly Part[], tolerance: number): readonly Part[] | undefined {
  if (parts.length < 3) return undefined;
  const shareOf = (of: readonly Part[]): number => {
    const rest = restOf(target, of, 1);
    return shareWithin(rest, offsetOf(rest, tolerance), tolerance);
  };
  const [best] = parts
    .map((part) => parts.filter((other) => other !== part))
    .map((left) => ({ left, share: shareOf(left) }))
    .toSorted((a, b) => b.share - a.share);
  return best !== undefined && best.share >= WORTH_TRIMMING && best.share > shareOf(parts) ? best.left : undefined;
}

/** The share of rows in which a formula of several columns has to hold for such a target. */
function leastShare(target: Float64Array): number {
  return new Set(target).size > MANY_VALUES ? HOLDS_IN_PART : HOLDS;
}

function restOf(target: Float64Array, parts: readonly Part[], factor: number): Float64Array {
  return target.map((value, row) =>
    parts.reduce((rest, { values, sign }) => rest - factor * sign * (values[row] ?? 0), value),
  );
}

function offsetOf(rest: Float64Array, tolerance: number): number {
  const middle = median(rest);
  return Math.abs(middle) <= tolerance ? 0 : rounded(middle);
}

function shareWithin(rest: Float64Array, offset: number, tolerance: number): number {
  return rest.reduce((met, value) => met + Number(Math.abs(value - offset) <= tolerance), 0) / rest.length;
}

/** A factor of 0 makes the product 0, so where the target is not, none of its factors is. */
function findProduct(target: Float64Array, columns: readonly SampledColumn[]): Formula | undefined {
  const usable = (value: number | undefined): boolean => value !== undefined && value !== 0 && !Number.isNaN(value);
  const nonzero = [...target.keys()].filter((row) => usable(target[row]));
  const factors = columns.filter(
    ({ values }) => nonzero.filter((row) => usable(values[row])).length >= HOLDS * nonzero.length,
  );
  const rows = nonzero.filter((row) => factors.every(({ values }) => usable(values[row])));
  if (factors.length < 2 || rows.length < LEAST_ROWS || rows.length < target.length / 2) return undefined;
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row] ?? 1);
  const logs = (values: Float64Array): Float64Array => values.map((value) => Math.log(Math.abs(value)));
  const y = pick(target);
  const picked = factors.map(({ name, values }) => ({ name, values: pick(values) }));
  return pursue(
    logs(y),
    picked.map(({ name, values }) => ({ name, values: logs(values) })),
    (parts) =>
      productOf(
        y,
        parts.map((part) => ({
          ...part,
          values: picked.find(({ name }) => name === part.column)?.values ?? part.values,
        })),
      ),
  );
}

function productOf(target: Float64Array, parts: readonly Part[]): Formula | undefined {
  const tolerance = { ...toleranceOf(target, 1), relative: 1e-6 };
  const product = (of: readonly Part[]): Float64Array =>
    target.map((_, row) => of.reduce((value, { values, sign }) => value * (values[row] ?? 1) ** sign, 1));
  const met = (of: readonly Part[]): { readonly factor: number; readonly share: number } => {
    const values = product(of);
    const ratio = median(target.map((value, row) => value / (values[row] ?? 1)));
    const factor = Math.abs(ratio - 1) < 1e-3 ? 1 : rounded(ratio);
    const share =
      values.filter((value, row) => isMet(factor * value, target[row] ?? NaN, tolerance)).length / target.length;
    return { factor, share };
  };
  const { factor, share } = met(parts);
  if (share < leastShare(target)) return undefined;
  const needed = parts.filter((part) => met(parts.filter((other) => other !== part)).share < NEEDED * share);
  if (needed.length < parts.length) return needed.length < 2 ? undefined : productOf(target, needed);
  return {
    kind: 'product',
    factor,
    offset: 0,
    parts: parts.map(({ column, sign }) => ({ column, sign })),
    tolerance,
    holds: share,
  };
}

function isMet(value: number, target: number, { absolute, relative }: Formula['tolerance']): boolean {
  return Math.abs(value - target) <= Math.max(absolute, relative * Math.abs(target));
}

/** Half a unit of the last decimal for the target and each part that was rounded, as long as that is little of the spread. */
function toleranceOf(target: Float64Array, parts: number): Formula['tolerance'] {
  const largest = target.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const middle = target.reduce((sum, value) => sum + value, 0) / target.length;
  const deviation = Math.sqrt(target.reduce((sum, value) => sum + (value - middle) ** 2, 0) / target.length);
  const decimals = [0, 1, 2, 3, 4, 5, 6].find((each) => {
    const scale = 10 ** each;
    return target.every((value) => Math.abs(value * scale - Math.round(value * scale)) <= 1e-6);
  });
  const rounding = decimals === undefined ? 0 : (10 ** -decimals / 2) * (parts + 1) * 1.001;
  return { absolute: Math.max(1e-9 * largest, Math.min(rounding, 0.01 * deviation)), relative: 0 };
}

function rounded(value: number): number {
  const near = Number(value.toPrecision(9));
  const nearer = Number(value.toPrecision(4));
  return Math.abs(near - nearer) <= 1e-7 * Math.abs(value) ? nearer : value;
}
