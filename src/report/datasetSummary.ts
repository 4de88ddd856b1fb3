import type { Dataset, TargetSummary } from '../dataset/dataset.ts';
import type { DatasetSummary, TargetOutline } from './runReport.ts';

const MOST_COLUMNS = 100;
const MOST_LABELS = 20;

/** What a report tells of a dataset; of bounded size, however wide the data are and however many labels there are. */
export function summariseDataset(dataset: Dataset): DatasetSummary {
  const { role, files, rows, columns, digest, target } = dataset;
  return {
    role,
    files,
    rows,
    columns: columns.length,
    digest,
    listed: columns.slice(0, MOST_COLUMNS).map(({ name, type, missing }) => ({ name, type, missing })),
    target: outlineTarget(target),
  };
}

function outlineTarget(target: TargetSummary): TargetOutline {
  switch (target.kind) {
    case 'absent':
      return target;
    case 'labels': {
      const beyond = target.counts.slice(MOST_LABELS);
      return {
        kind: 'labels',
        counts: target.counts.slice(0, MOST_LABELS),
        beyond: { labels: beyond.length, rows: beyond.reduce((sum, { rows }) => sum + rows, 0) },
      };
    }
    case 'values': {
      const { minimum, maximum } = target;
      return {
        kind: 'values',
        ...(minimum !== undefined && { minimum }),
        ...(maximum !== undefined && { maximum }),
      };
    }
  }
}
