/**
 * Least squares of a target on columns that join one by one, each the one most correlated with what the others leave
 * unexplained. All are centred.
 */
export class LeastSquares {
  /** Numbers of the columns that joined. */
  readonly active: number[] = [];
  /** One each. */
  coefficients: readonly number[] = [];
  readonly #target: Float64Array;
  readonly #columns: readonly Float64Array[];
  /** 0 of a constant column, which never joins. */
  readonly #norms: readonly number[];
  readonly #gram: number[][] = [];
  readonly #products: number[] = [];
  #residual: Float64Array;

  constructor(target: Float64Array, columns: readonly Float64Array[]) {
    this.#target = centred(target);
    this.#columns = columns.map(centred);
    this.#norms = this.#columns.map((column, at) => {
      const length = norm(column);
      const size = columns[at]?.reduce((most, value) => Math.max(most, Math.abs(value)), 0) ?? 0;
      return length <= 1e-9 * size * Math.sqrt(column.length) ? 0 : length;
    });
    this.#residual = this.#target;
  }

  /** Whether nothing is left to explain. */
  get exact(): boolean {
    return norm(this.#residual) <= 1e-10 * norm(this.#target);
  }

  /** Lets one more column join; false where nothing is left to explain, or nothing to explain it with. */
  join(): boolean {
    if (this.exact) return false;
    const size = norm(this.#residual);
    let best = -1;
    let most = 1e-8 * size;
    for (const [index, column] of this.#columns.entries()) {
      const length = this.#norms[index] ?? 0;
      if (length === 0 || this.active.includes(index)) continue;
      const explained = Math.abs(dot(column, this.#residual)) / length;
      if (explained > most) [best, most] = [index, explained];
    }
    const joined = this.#columns[best];
    if (joined === undefined) return false;
    this.active.push(best);
    const products = this.active.map((index) => dot(joined, this.#columns[index] ?? joined));
    for (const [at, row] of this.#gram.entries()) row.push(products[at] ?? 0);
    this.#gram.push(products);
    this.#products.push(dot(joined, this.#target));
    const solved = solve(this.#gram, this.#products);
    if (solved === undefined) return false;
    this.coefficients = solved;
    this.#residual = this.#target.slice();
    for (const [at, index] of this.active.entries()) {
      const column = this.#columns[index] ?? joined;
      const coefficient = solved[at] ?? 0;
      for (let row = 0; row < column.length; row++) {
        this.#residual[row] = (this.#residual[row] ?? 0) - coefficient * (column[row] ?? 0);
      }
    }
    return true;
  }
}

/** Gaussian elimination with pivoting; `undefined` where the columns depend on each other. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): readonly number[] | undefined {
  // Scaled to a unit diagonal, so that units of columns decide nothing.
  const scale = matrix.map((row, at) => Math.sqrt(row[at] ?? 1));
  const rows = matrix.map((row, at) => [
    ...row.map((value, to) => value / ((scale[at] ?? 1) * (scale[to] ?? 1))),
    (right[at] ?? 0) / (scale[at] ?? 1),
  ]);
  const size = rows.length;
  for (let at = 0; at < size; at++) {
    const [pivot] = rows.slice(at).toSorted((a, b) => Math.abs(b[at] ?? 0) - Math.abs(a[at] ?? 0));
    if (pivot === undefined || Math.abs(pivot[at] ?? 0) < 1e-12) return undefined;
    const place = rows.indexOf(pivot);
    [rows[at], rows[place]] = [pivot, rows[at] ?? pivot];
    for (const [other, row] of rows.entries()) {
      if (other === at) continue;
      const times = (row[at] ?? 0) / (pivot[at] ?? 1);
      for (let column = at; column <= size; column++) row[column] = (row[column] ?? 0) - times * (pivot[column] ?? 0);
    }
  }
  return rows.map((row, at) => (row[size] ?? 0) / (row[at] ?? 1) / (scale[at] ?? 1));
}

/**
 * The line through most of the points, not through their mean: the slope between the lower and the upper quarter by x,
 * refined over the points that lie near. `undefined` where x is constant.
 */
export function fitLine(
  x: Float64Array,
  y: Float64Array,
): { readonly slope: number; readonly offset: number } | undefined {
  const order = [...x.keys()].sort((a, b) => (x[a] ?? 0) - (x[b] ?? 0));
  const third = Math.max(1, Math.floor(order.length / 3));
  const slopes: number[] = [];
  for (let at = 0; at < third; at++) {
    const low = order[at] ?? 0;
    const high = order[order.length - third + at] ?? 0;
    const width = (x[high] ?? 0) - (x[low] ?? 0);
    if (width > 0) slopes.push(((y[high] ?? 0) - (y[low] ?? 0)) / width);
  }
  if (slopes.length === 0) return undefined;
  const slope = median(Float64Array.from(slopes));
  const offset = median(y.map((value, row) => value - slope * (x[row] ?? 0)));
  return slope === 0 || !Number.isFinite(slope) ? undefined : { slope, offset };
}

export function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  const middle = sorted.length >>> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

function centred(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function norm(values: Float64Array): number {
  return Math.sqrt(dot(values, values));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < a.length; row++) sum += (a[row] ?? 0) * (b[row] ?? 0);
  return sum;
}
