import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { thinCurve } from '../../src/statistics/thinCurve.ts';

const curve = (points: readonly (readonly [number, number])[]): { x: Float64Array; y: Float64Array } => ({
  x: Float64Array.from(points, ([x]) => x),
  y: Float64Array.from(points, ([, y]) => y),
});

function area({ x, y }: { x: Float64Array; y: Float64Array }, at: readonly number[]): number {
  let sum = 0;
  for (let i = 1; i < at.length; i += 1) {
    const [a, b] = [at[i - 1] ?? 0, at[i] ?? 0];
    sum += (((x[b] ?? 0) - (x[a] ?? 0)) * ((y[a] ?? 0) + (y[b] ?? 0))) / 2;
  }
  return sum;
}

describe('a thinned curve', () => {
  it('keeps every corner where there are few enough', () => {
    expect(
      thinCurve(
        curve([
          [0, 0],
          [0.5, 0.5],
          [1, 1],
        ]),
        3,
      ),
    ).toEqual([0, 1, 2]);
  });

  it('drops what lies on a straight line first, and then loses nothing', () => {
    const corners = curve([
      [0, 0],
      [0, 0.25],
      [0, 0.5],
      [0.25, 0.5],
      [0.5, 0.5],
      [0.5, 1],
      [0.75, 1],
      [1, 1],
    ]);
    expect(thinCurve(corners, 5)).toEqual([0, 2, 4, 5, 7]);
    expect(thinCurve(corners, 7)).toEqual([0, 2, 4, 5, 7]);
  });

  it('keeps the corner that matters over noise in a short stretch', () => {
    const noise = Array.from({ length: 50 }, (_, i): [number, number] => [i / 1e4, i % 2 === 0 ? 0 : 0.001]);
    expect(thinCurve(curve([...noise, [0.5, 1], [1, 1]]), 3)).toEqual([0, 50, 51]);
  });

  it('has both ends, no more points than asked for, in order, and nearly the same area', () => {
    const steps = fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { minLength: 500, maxLength: 3000 });
    fc.assert(
      fc.property(steps, (moves) => {
        let [x, y] = [0, 0];
        const walked = moves.map(([dx, dy]): [number, number] => [(x += dx), (y += dy)]);
        const corners = curve([[0, 0], ...walked.map(([a, b]): [number, number] => [a / (x || 1), b / (y || 1)])]);
        const kept = thinCurve(corners, 200);
        expect(kept.length).toBeLessThanOrEqual(200);
        expect([kept[0], kept.at(-1)]).toEqual([0, corners.x.length - 1]);
        expect(kept).toEqual([...new Set(kept)].toSorted((a, b) => a - b));
        const all = [...corners.x.keys()];
        expect(Math.abs(area(corners, kept) - area(corners, all))).toBeLessThan(0.001);
      }),
      { numRuns: 30 },
    );
  });
});
