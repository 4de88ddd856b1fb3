import { Z_UPPER } from './studentT.ts';

/**
 * 95 % interval of a share: Wilson's (J. Am. Stat. Assoc. 22 (1927), 209), the score interval of one proportion.
 *
 * @param rows at least 1.
 */
export function wilsonInterval(hits: number, rows: number): readonly [lower: number, upper: number] {
  const share = hits / rows;
  const z2 = Z_UPPER ** 2;
  const centre = (share + z2 / (2 * rows)) / (1 + z2 / rows);
  const half = (Z_UPPER * Math.sqrt((share * (1 - share)) / rows + z2 / (4 * rows ** 2))) / (1 + z2 / rows);
  // Where nothing or everything came true the formula gives 0 or 1, and rounding a hair beside it.
  return [hits === 0 ? 0 : centre - half, hits === rows ? 1 : centre + half];
}
