import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisOver, extentOf, labelsOf } from '../../src/report/html/axis.ts';

const labels = (from: number, to: number, room = 40, nice = true): readonly string[] =>
  axisOver([from, to], { room, nice }).ticks.map(({ label }) => label);

describe('the numbers of an axis', () => {
  it.each<readonly [number, number, readonly string[]]>([
    [0, 1, ['0', '0.2', '0.4', '0.6', '0.8', '1.0']],
    [-0.03, 0.011, ['−0.03', '−0.02', '−0.01', '0', '+0.01', '+0.02'].map((label) => label.replace('+', ''))],
    [0, 1_900, ['0', '500', '1,000', '1,500', '2,000']],
    [0, 4.2e9, ['0', '1·10⁹', '2·10⁹', '3·10⁹', '4·10⁹', '5·10⁹']],
    [-2e-7, 1e-7, ['−2·10⁻⁷', '−1·10⁻⁷', '0', '1·10⁻⁷']],
  ])('from %d to %d are round', (from, to, expected) => {
    const shown = labels(from, to);
    expect(shown.length).toBeGreaterThan(2);
    for (const label of shown) expect(expected).toContain(label);
  });

  it('are fewer where there is less room', () => {
    expect(labels(0, 1, 40).length).toBeGreaterThan(labels(0, 1, 12).length);
  });

  it('tell + from − where that matters', () => {
    expect(labelsOf([-0.1, 0, 0.1], true)).toEqual(['−0.1', '0', '+0.1']);
  });

  it('are told apart, keep to the room, and lie on the axis', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(number, number, fc.boolean(), (a, b, nice) => {
        const axis = axisOver([Math.min(a, b), Math.max(a, b)], { room: 30, nice });
        const shown = axis.ticks.map(({ label }) => label);
        expect(new Set(shown).size).toBe(shown.length);
        if (shown.length > 2) expect(shown.join('  ').length).toBeLessThanOrEqual(30);
        const [lower, upper] = axis.domain;
        expect(upper).toBeGreaterThan(lower);
        for (const { value } of axis.ticks) {
          expect(value).toBeGreaterThanOrEqual(lower);
          expect(value).toBeLessThanOrEqual(upper);
        }
      }),
    );
  });
});

describe('an extent', () => {
  it('spans what is finite', () => {
    expect(extentOf([3, Infinity, -1, NaN])).toEqual([-1, 3]);
  });

  it('is there where nothing is', () => {
    expect(extentOf([])).toEqual([0, 1]);
  });
});
