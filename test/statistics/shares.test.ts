import { describe, expect, it } from 'vitest';
import { binOf, quantile, quantileEdges } from '../../src/statistics/quantiles.ts';
import { wilsonInterval } from '../../src/statistics/wilson.ts';

describe("Wilson's interval of a share", () => {
  // statsmodels 0.14, proportion_confint(hits, rows, method='wilson')
  it.each([
    [0, 10, 0, 0.27753279986288926],
    [10, 10, 0.7224672001371106, 1],
    [3, 10, 0.10779126740630104, 0.6032218525388546],
    [50, 1000, 0.03813026239274881, 0.06531382024425081],
  ])('of %i in %i is that of statsmodels', (hits, rows, lower, upper) => {
    const [low, high] = wilsonInterval(hits, rows);
    expect(low).toBeCloseTo(lower, 14);
    expect(high).toBeCloseTo(upper, 14);
  });

  it('reaches 0 and 1 exactly where nothing or everything came true', () => {
    for (let rows = 1; rows < 200; rows += 1) {
      expect(wilsonInterval(0, rows)[0]).toBe(0);
      expect(wilsonInterval(rows, rows)[1]).toBe(1);
    }
  });
});

describe('quantiles', () => {
  const sorted = Float64Array.of(1, 2, 4, 8, 16.5);

  it("are those of numpy's percentile", () => {
    // numpy 2.4.6, np.percentile([1, 2, 4, 8, 16.5], [10, 30, 50, 90])
    expect([1, 3, 5, 9].map((part) => quantile(sorted, part, 10))).toEqual([1.4, 2.4, 4, 13.100000000000001]);
  });

  it('divide values into bins, an edge belonging to the bin below it', () => {
    const edges = quantileEdges(Float64Array.of(5, 1, 3, 2, 4), 4);
    expect([...edges]).toEqual([2, 3, 4]);
    expect([1, 2, 2.5, 3, 4, 4.5, -Infinity, Infinity].map((value) => binOf(edges, value))).toEqual([
      0, 0, 1, 1, 2, 3, 0, 3,
    ]);
  });
});
