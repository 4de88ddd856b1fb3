import { type WeightedPoints, weightedPoints } from './weightedPoints.ts';

/**
 * The distribution of one value per row in constant memory (50 KB), built row by row in any order.
 *
 * Rows are counted in logarithmic cells, eight to an octave, and each cell keeps count, sum and sum of squares. Mean and
 * variance are therefore exact, and the shape, which the score interval needs, is kept to within an eighth of each value.
 */
export interface RowDistribution {
  readonly count: Float64Array;
  readonly sum: Float64Array;
  readonly squares: Float64Array;
}

// A double's sign, exponent and first three mantissa bits are the top 15 bits of its upper word: they number the cell.
const CELLS_PER_OCTAVE = 8;
const LOWEST_EXPONENT = -64;
const OCTAVES = 128;
const HALF = OCTAVES * CELLS_PER_OCTAVE;
const ZERO = HALF;
const CELLS = 2 * HALF + 1;
const FIRST_MAGNITUDE = (LOWEST_EXPONENT + 1023) * CELLS_PER_OCTAVE;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
double[0] = 1;
const UPPER = words[1] === 0x3ff00000 ? 1 : 0;

export function rowDistribution(): RowDistribution {
  return { count: new Float64Array(CELLS), sum: new Float64Array(CELLS), squares: new Float64Array(CELLS) };
}

/** Adds `rows` rows of one value, which must be finite. */
export function addRow(distribution: RowDistribution, value: number, rows = 1): void {
  double[0] = value;
  const upper = words[UPPER] ?? 0;
  // Beyond 2^64 the last cell takes all; below 2^-64 the cell of zero does.
  const magnitude = Math.min(((upper >>> 17) & 0x3fff) - FIRST_MAGNITUDE, HALF - 1);
  const cell = magnitude < 0 ? ZERO : upper >>> 31 === 0 ? ZERO + 1 + magnitude : ZERO - 1 - magnitude;
  distribution.count[cell] = (distribution.count[cell] ?? 0) + rows;
  distribution.sum[cell] = (distribution.sum[cell] ?? 0) + rows * value;
  distribution.squares[cell] = (distribution.squares[cell] ?? 0) + rows * value * value;
}

/** What {@link summarise} says of a distribution. */
export interface Summary {
  readonly rows: number;
  readonly mean: number;
  /** Population variance (divided by the rows), within the cells too. */
  readonly variance: number;
  /** One point per occupied cell, at the mean of its rows. */
  readonly points: WeightedPoints;
}

export function summarise(distribution: RowDistribution): Summary {
  const value: number[] = [];
  const weight: number[] = [];
  let rows = 0;
  let total = 0;
  for (let cell = 0; cell < CELLS; cell++) {
    const count = distribution.count[cell] ?? 0;
    if (count === 0) continue;
    const sum = distribution.sum[cell] ?? 0;
    value.push(sum / count);
    weight.push(count);
    rows += count;
    total += sum;
  }
  const mean = total / rows;
  let squares = 0;
  for (let cell = 0; cell < CELLS; cell++) {
    const count = distribution.count[cell] ?? 0;
    if (count === 0) continue;
    const own = (distribution.sum[cell] ?? 0) / count;
    // Within a cell values agree to an eighth, so little is lost to cancellation; between cells nothing is.
    squares += Math.max(0, (distribution.squares[cell] ?? 0) - count * own * own) + count * (own - mean) ** 2;
  }
  return {
    rows,
    mean,
    variance: squares / rows,
    points: weightedPoints(Float64Array.from(value), Float64Array.from(weight)),
  };
}
