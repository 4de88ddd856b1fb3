/**
 * Losses without a bound (log loss, errors of a regression): a loss that comes less often than this is not reckoned with
 * where none was seen. One in a thousand shows up among 4,000 rows 98 % of the time.
 */
export const RAREST_LOSS = 0.001;

/** What a metric's evidence is counted in. */
export type EvidenceUnit =
  'rows' | 'rows of the class' | 'rows predicted as the class' | 'rows of the smaller class' | 'groups';

export type MetricKind =
  'accuracy' | 'recall' | 'precision' | 'f1' | 'logLoss' | 'brier' | 'auc' | 'averagePrecision' | 'mae' | 'rmse' | 'r2';

export interface MinimumRows {
  readonly minimum: number;
  readonly unit: EvidenceUnit;
  readonly reason: string;
}

/** Fewer than this, and nothing is concluded. The calibration study (docs/calibration.md) is where they come from. */
export const MINIMUM_ROWS: { readonly [metric in MetricKind]: MinimumRows } = {
  accuracy: { minimum: 50, unit: 'rows', reason: '' },
  recall: { minimum: 50, unit: 'rows of the class', reason: '' },
  precision: { minimum: 50, unit: 'rows predicted as the class', reason: '' },
  f1: { minimum: 50, unit: 'rows of the class', reason: '' },
  logLoss: { minimum: 50, unit: 'rows', reason: '' },
  brier: { minimum: 50, unit: 'rows', reason: '' },
  auc: { minimum: 50, unit: 'rows of the smaller class', reason: '' },
  averagePrecision: { minimum: 50, unit: 'rows of the smaller class', reason: '' },
  mae: { minimum: 50, unit: 'rows', reason: '' },
  rmse: { minimum: 50, unit: 'rows', reason: '' },
  r2: { minimum: 50, unit: 'rows', reason: '' },
};

/** With `group` given, whatever the metric. */
export const MINIMUM_GROUPS: MinimumRows = { minimum: 20, unit: 'groups', reason: '' };
