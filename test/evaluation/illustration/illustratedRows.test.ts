import { describe, expect, it } from 'vitest';
import { evenRows } from '../../../src/evaluation/illustration/evenRows.ts';
import { illustratedClasses } from '../../../src/evaluation/illustration/illustratedClasses.ts';

const range = (to: number): readonly number[] => Array.from({ length: to }, (_, index) => index);

describe('classes whose curves are drawn', () => {
  it('are all of a few, and 20 of many', () => {
    expect(illustratedClasses(new Set(), 10, 10_000)).toEqual(range(10));
    expect(illustratedClasses(new Set(), 1000, 10_000)).toEqual(range(20));
  });

  it('are fewer where rows are many, so that what is kept of them stays small', () => {
    expect(illustratedClasses(new Set(), 1000, 1_000_000)).toEqual(range(4));
    expect(illustratedClasses(new Set(), 1000, 100_000_000)).toEqual([]);
  });

  it('are above all those whose scores a metric needs anyway', () => {
    expect(illustratedClasses(new Set([900, 7]), 1000, 1_000_000)).toEqual([0, 1, 7, 900]);
    expect(illustratedClasses(new Set([900]), 1000, 100_000_000)).toEqual([900]);
    expect(illustratedClasses(new Set(range(30)), 1000, 10)).toEqual(range(20));
  });
});

describe('rows evenly through the holdout', () => {
  it('are all of a few', () => {
    expect(evenRows(3, 3)).toEqual([0, 1, 2]);
    expect(evenRows(0)).toEqual([]);
  });

  it('of many are as many as asked for, each once, as far apart as can be', () => {
    const rows = evenRows(1_000_003, 400);
    expect(rows).toHaveLength(400);
    const gaps = rows.slice(1).map((row, index) => row - (rows[index] ?? 0));
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
    expect(rows[0]).toBeLessThan(1_000_003 / 400);
    expect(rows.at(-1)).toBeGreaterThan(1_000_003 - 1_000_003 / 400);
    expect(evenRows(1_000_003)).toHaveLength(65_536);
  });
});
