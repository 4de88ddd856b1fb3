import { describe, expect, it } from 'vitest';
import type { Dataset, TargetSummary } from '../../src/dataset/dataset.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { summariseDataset } from '../../src/report/datasetSummary.ts';

function dataset(columns: number, target: TargetSummary): Dataset {
  return {
    role: 'train',
    files: ['data/orders.csv'],
    rows: 12,
    columns: Array.from({ length: columns }, (_, index) => ({
      name: `column ${index}`,
      type: 'float' as const,
      missing: index,
      text: true,
      whole: false,
    })),
    digest: digestOfBytes('orders'),
    rowKeys: new Uint8Array(),
    target,
    duplicateIds: 0,
    source: { format: 'csv', files: [], columns: [] },
    key: { others: [] },
  };
}

describe('what a report tells of a dataset', () => {
  it('lists the first 100 columns and counts them all', () => {
    const { columns, listed } = summariseDataset(dataset(2000, { kind: 'absent' }));
    expect(columns).toBe(2000);
    expect(listed).toHaveLength(100);
    expect(listed[99]).toEqual({ name: 'column 99', type: 'float', missing: 99 });
  });

  it('lists the 20 most frequent labels and counts the rest and their rows', () => {
    const counts = Array.from({ length: 23 }, (_, index) => ({ label: `label ${index}`, rows: 100 - index }));
    const { target } = summariseDataset(dataset(2, { kind: 'labels', counts }));
    expect(target).toEqual({ kind: 'labels', counts: counts.slice(0, 20), beyond: { labels: 3, rows: 80 + 79 + 78 } });
  });

  it('gives the range of a target of numbers, and none where no value is one', () => {
    const of = (target: TargetSummary): unknown => summariseDataset(dataset(2, target)).target;
    expect(of({ kind: 'values', minimum: -1, maximum: 4, notNumbers: 2 })).toEqual({
      kind: 'values',
      minimum: -1,
      maximum: 4,
    });
    expect(of({ kind: 'values', notNumbers: 12 })).toEqual({ kind: 'values' });
    expect(of({ kind: 'absent' })).toEqual({ kind: 'absent' });
  });
});
