/** A curve as its corners, in the order in which it is drawn. */
export interface Corners {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  /** The corner between that spans the largest triangle with the ends. */
  readonly worst: number;
  /** Twice its area. */
  readonly area: number;
}

/**
 * Indices of at most `most` corners, ascending, that draw the same curve as nearly as they can. Both ends stay, and all
 * corners where there are no more than that.
 *
 * Stretches are split at the corner that spans the largest triangle, largest first: Ramer (Comput. Graph. Image Process. 1
 * (1972), 244) and Douglas and Peucker (Cartographica 10 (1973), 112), with the triangle's area for the distance: what
 * is lost is then area, and a short stretch of noise does not use up the corners.
 */
export function thinCurve(corners: Corners, most: number): readonly number[] {
  const count = corners.x.length;
  if (count <= most) return Array.from({ length: count }, (_, index) => index);
  const stretches = [stretchOf(corners, 0, count - 1)];
  while (stretches.length < most - 1) {
    const largest = stretches.reduce(
      (best, { area }, index) => (area > (stretches[best]?.area ?? 0) ? index : best),
      0,
    );
    const { from, to, worst, area } = stretches[largest] ?? stretchOf(corners, 0, 0);
    // What is left lies on straight lines.
    if (area === 0) break;
    stretches.splice(largest, 1, stretchOf(corners, from, worst), stretchOf(corners, worst, to));
  }
  return [0, ...stretches.map(({ to }) => to)];
}

function stretchOf({ x, y }: Corners, from: number, to: number): Stretch {
  const [fromX = 0, fromY = 0] = [x[from], y[from]];
  const dx = (x[to] ?? 0) - fromX;
  const dy = (y[to] ?? 0) - fromY;
  let worst = from;
  let area = 0;
  for (let index = from + 1; index < to; index += 1) {
    const spanned = Math.abs(dx * ((y[index] ?? 0) - fromY) - dy * ((x[index] ?? 0) - fromX));
    if (spanned <= area) continue;
    area = spanned;
    worst = index;
  }
  return { from, to, worst, area };
}
