import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signOf, unitOf } from '../../src/evaluation/metric.ts';
import {
  formatMetricName,
  isMetricOf,
  METRIC_FAMILIES,
  metricsOf,
  parseMetricName,
} from '../../src/evaluation/metricName.ts';

describe('the name of a metric', () => {
  it.each([
    ['accuracy', { family: 'accuracy' }],
    ['recall[9]', { family: 'recall', of: '9' }],
    ['recall[macro]', { family: 'recall', of: 'macro' }],
    ['f1[>50K]', { family: 'f1', of: '>50K' }],
    ['precision[a[b]]', { family: 'precision', of: 'a[b]' }],
    ['latencyMs', { family: 'latencyMs' }],
  ])('%s is read', (text, metric) => {
    expect(parseMetricName(text)).toEqual(metric);
  });

  it.each(['', 'recal', 'recall[]', 'recall[9', 'recall 9', 'Accuracy', 'toString', 'recall[9]x', '[9]'])(
    '%j is none',
    (text) => {
      expect(() => parseMetricName(text)).toThrow(RangeError);
    },
  );

  it('is printed as it is read', () => {
    const metric = fc.record(
      { family: fc.constantFrom(...METRIC_FAMILIES), of: fc.string({ minLength: 1 }) },
      { requiredKeys: ['family'] },
    );
    fc.assert(
      fc.property(metric, (name) => {
        expect(parseMetricName(formatMetricName(name))).toEqual(name);
      }),
    );
  });
});

describe('the metrics of a task', () => {
  it('of a binary task speak of the positive class, of a named one, or of the average', () => {
    expect(metricsOf('binary')).toEqual([
      ...['accuracy', 'recall', 'recall[CLASS]', 'recall[macro]', 'precision', 'precision[CLASS]', 'precision[macro]'],
      ...['f1', 'f1[CLASS]', 'f1[macro]', 'logLoss', 'brier', 'auc', 'auc[CLASS]'],
      ...['averagePrecision', 'averagePrecision[CLASS]', 'latencyMs'],
    ]);
  });

  it('of a multiclass task must say of which class they speak', () => {
    expect(metricsOf('multiclass')).toContain('recall[CLASS]');
    expect(isMetricOf('multiclass', { family: 'recall' })).toBe(false);
    expect(isMetricOf('multiclass', { family: 'recall', of: '9' })).toBe(true);
    expect(isMetricOf('multiclass', { family: 'auc' })).toBe(false);
    expect(isMetricOf('multiclass', { family: 'auc', of: 'macro' })).toBe(false);
  });

  it('of a regression are errors, not counts', () => {
    expect(metricsOf('regression')).toEqual(['mae', 'rmse', 'r2', 'latencyMs']);
    expect(isMetricOf('regression', { family: 'accuracy' })).toBe(false);
    expect(isMetricOf('binary', { family: 'rmse' })).toBe(false);
    expect(isMetricOf('regression', { family: 'rmse', of: 'a' })).toBe(false);
  });
});

describe('every metric says where better lies, and in which unit', () => {
  it.each([
    ['accuracy', 1, 'share'],
    ['recall', 1, 'share'],
    ['precision', 1, 'share'],
    ['f1', 1, 'share'],
    ['auc', 1, 'share'],
    ['averagePrecision', 1, 'share'],
    ['r2', 1, 'none'],
    ['logLoss', -1, 'nats'],
    ['brier', -1, 'none'],
    ['mae', -1, 'target'],
    ['rmse', -1, 'target'],
    ['latencyMs', -1, 'ms'],
  ] as const)('%s', (family, sign, unit) => {
    expect(signOf({ family })).toBe(sign);
    expect(unitOf({ family })).toBe(unit);
  });
});
