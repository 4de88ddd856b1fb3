import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonDecimals, gateRows } from '../../src/report/gateRows.ts';
import { formatNumber, formatSigned, upTo2Digits } from '../../src/wording/numbers.ts';
import { finding, regressed, without } from './report.ts';

describe('a number', () => {
  it.each([
    [0.9412, 3, '0.941'],
    [-0.5, 2, '−0.50'],
    [-0.0001, 3, '0.000'],
    [1234.5, 0, '1235'],
    [1e21, 2, '1.000e+21'],
    [-Infinity, 2, '−∞'],
  ])('%d with %d decimals is %s', (value, decimals, text) => {
    expect(formatNumber(value, decimals)).toBe(text);
  });

  it.each([
    [0.01, 3, '+0.010'],
    [-0.01, 3, '−0.010'],
    [0, 3, '0.000'],
    [0.0001, 3, '0.000'],
  ])('%d as a difference is %s', (value, decimals, text) => {
    expect(formatSigned(value, decimals)).toBe(text);
  });

  it.each([
    [1234, 1300],
    [1200, 1200],
    [7, 7],
    [0.0312, 0.032],
    [0.05, 0.05],
    [99.5, 100],
  ])('%d as an estimate of what would do is %d', (estimate, shown) => {
    expect(upTo2Digits(estimate)).toBe(shown);
  });
});

describe('digits', () => {
  it('are two of the width of the interval', () => {
    const [row] = gateRows([finding({ interval: [-0.0031, 0.0262], bounds: [] })]);
    expect(row).toMatchObject({ baseline: '0.941', difference: '+0.011', interval: '[−0.003, +0.026]' });
  });

  it('are four of the value where there is no interval', () => {
    const [row] = gateRows([
      without(finding({ metric: 'rmse', candidate: 52_341.27, bounds: [] }), 'interval', 'baseline'),
    ]);
    expect(row?.candidate).toBe('52341');
  });

  it('go on until an end and its margin differ', () => {
    const bound = { bound: 'maxRegression', allowed: '0.02', limit: -0.02 } as const;
    const interval = [-0.01996, 0.0203] as const;
    const [met] = gateRows([finding({ interval, bounds: [{ ...bound, kind: 'met', interval }] })]);
    expect(met?.interval).toBe('[−0.01996, +0.02030]');
  });

  it('go on until a value and its bound differ', () => {
    const [row] = gateRows([
      finding({ candidate: 0.89996, bounds: [{ bound: 'min', allowed: '0.9', limit: 0.9, kind: 'bound-missed' }] }),
    ]);
    expect(row?.candidate).toBe('0.89996');
  });

  it('print every end on its own side of the margin', () => {
    const ends = fc.double({ min: -0.05, max: 0.05, noNaN: true });
    fc.assert(
      fc.property(ends, ends, fc.constantFrom(0, 0.001, 0.01, 0.0125, 0.02), (a, b, margin) => {
        const interval = [Math.min(a, b), Math.max(a, b)] as const;
        const limit = margin === 0 ? 0 : -margin;
        const one = finding({
          interval,
          bounds: [{ bound: 'maxRegression', allowed: String(margin), limit, kind: 'met', interval }],
        });
        const decimals = commonDecimals([one])(one);
        for (const end of interval) {
          const printed = Number(formatSigned(end, decimals).replace('−', '-'));
          // Twelve decimals are the most that are printed.
          if (Math.abs(end - limit) > 1e-11) expect(Math.sign(printed - limit)).toBe(Math.sign(end - limit));
        }
      }),
    );
  });

  it('are as many for metrics on one scale, so that they can be compared', () => {
    const rows = gateRows([finding(), regressed()]);
    expect(rows.map(({ candidate }) => candidate)).toEqual(['0.803', '0.953']);
  });

  it('of one row that needs many leave the others as they are', () => {
    const bounds = [{ bound: 'min', allowed: '0.9', limit: 0.9, kind: 'bound-missed' }] as const;
    const rows = gateRows([finding({ candidate: 0.8999999, bounds }), finding({ slice: 'other' })]);
    expect(rows.map(({ candidate }) => candidate)).toEqual(['0.8999999', '0.953']);
  });
});
