import { describe, expect, it } from 'vitest';
import type { Finding, Observation } from '../../src/evaluation/verdict.ts';
import { forestGroups, type Drawn, type ForestGroup } from '../../src/report/html/forest.ts';
import { forestAxis } from '../../src/report/html/forestDrawing.ts';
import { finding, inconclusive, regressed, report } from './report.ts';

function groups(
  findings: readonly Finding[],
  observations: readonly Observation[] = [],
  drawn: Drawn = 'difference',
): readonly ForestGroup[] {
  return forestGroups(report({ judgement: { findings, observations } }).judgement, drawn).groups;
}

function seen(slice: string, difference: number, metric = 'accuracy'): Observation {
  return {
    metric,
    slice,
    baseline: 0.9,
    candidate: 0.9 + difference,
    difference,
    interval: [difference - 0.01, difference + 0.01],
    rows: 100,
  };
}

const names = ([group]: readonly ForestGroup[]): readonly string[] => (group?.rows ?? []).map(({ name }) => name);

describe('a forest plot', () => {
  it('has a group for each unit of measurement, gates and the rest together', () => {
    const drawn = groups(
      [finding(), regressed({ blocks: false })],
      [seen('ink=light', 0.01), seen('overall', 0.2, 'logLoss')],
    );
    expect(drawn.map(({ family, unit, lowerIsBetter }) => [family, unit, lowerIsBetter])).toEqual([
      ['accuracy', '', false],
      ['recall', '', false],
      ['logLoss', 'nats', true],
    ]);
    expect(drawn[0]?.rows.map(({ gated }) => gated)).toEqual([true, false]);
  });

  it('begins with what blocks', () => {
    const drawn = groups([finding(), regressed({ blocks: true })], [seen('ink=light', 0.01)]);
    expect(drawn.map(({ family }) => family)).toEqual(['recall', 'accuracy']);
  });

  it('begins with the whole, then goes from the worst slice to the best', () => {
    expect(names(groups([finding()], [seen('a', 0.02), seen('b', -0.5), seen('c', -0.01)]))).toEqual([
      'overall',
      'b',
      'c',
      'a',
    ]);
  });

  it('puts what was not measured last', () => {
    const unmeasured: Observation = { metric: 'accuracy', slice: 'z', rows: 3, because: 'too few rows' };
    expect(names(groups([], [unmeasured, seen('a', 0.5)]))).toEqual(['a', 'z']);
  });

  it('names the metric too where a family has several', () => {
    expect(names(groups([regressed(), finding({ metric: 'recall[macro]', slice: 'ink=light' })]))).toEqual([
      'recall[8]',
      'recall[macro]@ink=light',
    ]);
  });

  it('marks where each gate on a difference draws its line', () => {
    const gate = finding({
      baseline: -2,
      bounds: [
        { bound: 'min', allowed: '0.9', limit: 0.9, kind: 'met' },
        { bound: 'maxRegression', allowed: '5%', limit: 0, kind: 'met' },
        { bound: 'minImprovement', allowed: '0.01', limit: 0.01, kind: 'met' },
      ],
    });
    const [drawn] = groups([gate]);
    expect(drawn?.rows[0]?.limits).toEqual([-0.1, 0.01]);
    const [values] = groups([gate], [], 'value');
    expect(values?.rows[0]?.limits).toEqual([0.9]);
  });

  it('takes the smaller value for the better one where a metric says so', () => {
    const value = (slice: string, candidate: number): Observation => ({ metric: 'mae', slice, candidate, rows: 9 });
    expect(names(groups([], [value('a', 1), value('b', 3), value('c', 2)], 'value'))).toEqual(['b', 'c', 'a']);
  });

  it('keeps gates before what no gate speaks of where not all have room', () => {
    const slices = Array.from({ length: 100 }, (_, index) => seen(`s${index}`, -1 - index));
    const [drawn] = groups([inconclusive({ slice: 'gated', difference: 5 })], slices);
    expect(drawn?.of).toBe(101);
    expect(drawn?.rows).toHaveLength(60);
    expect(names(groups([inconclusive({ slice: 'gated', difference: 5 })], slices)).at(-1)).toBe('gated');
  });

  it('draws metrics that it does not know', () => {
    expect(groups([finding({ metric: 'new thing' })]).map(({ family }) => family)).toEqual(['new thing']);
  });
});

describe('the axis of a forest plot', () => {
  const axis = (findings: readonly Finding[], observations: readonly Observation[] = []): readonly [number, number] => {
    const [group] = groups(findings, observations);
    return forestAxis(group?.rows ?? [], 'difference').domain;
  };

  it('holds zero, each interval and each margin', () => {
    const [lower, upper] = axis([
      finding({
        difference: 0.2,
        interval: [0.1, 0.3],
        bounds: [{ bound: 'maxRegression', allowed: '0.4', limit: -0.4, kind: 'met' }],
      }),
    ]);
    expect(lower).toBeLessThan(-0.4);
    expect(upper).toBeGreaterThan(0.3);
  });

  it('cuts an interval that would squeeze all others', () => {
    const slices = Array.from({ length: 5 }, (_, index) => seen(`s${index}`, 0.01 * index));
    const [lower, upper] = axis([], [...slices, { ...seen('tiny', 0), interval: [-50, 50] }]);
    expect(upper - lower).toBeLessThan(1);
  });

  it('bears intervals without an end, and rows without a difference', () => {
    const [lower, upper] = axis(
      [finding({ interval: [-Infinity, Infinity] })],
      [{ metric: 'accuracy', slice: 'z', rows: 0 }],
    );
    expect(Number.isFinite(lower) && Number.isFinite(upper)).toBe(true);
  });
});
