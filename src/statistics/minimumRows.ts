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

const PROPORTION = 'below this the interval is wider than any margin that somebody would set';
const LOSS = 'below this neither the spread of a loss nor its skewness can be told from the rows';
const RANKING = 'the smaller class decides how well a ranking is known';

/**
 * Fewer than this, and nothing is concluded: `met` or `regressed` is never said. More do not make a finding `met`: rare
 * losses that were not seen are reckoned with on top (`lowerWithUnseen`). docs/calibration.md is where both come from.
 */
export const MINIMUM_ROWS: { readonly [metric in MetricKind]: MinimumRows } = {
  accuracy: { minimum: 50, unit: 'rows', reason: PROPORTION },
  recall: { minimum: 50, unit: 'rows of the class', reason: PROPORTION },
  precision: { minimum: 50, unit: 'rows predicted as the class', reason: PROPORTION },
  f1: { minimum: 50, unit: 'rows of the class', reason: PROPORTION },
  logLoss: { minimum: 50, unit: 'rows', reason: LOSS },
  brier: { minimum: 50, unit: 'rows', reason: LOSS },
  auc: { minimum: 50, unit: 'rows of the smaller class', reason: RANKING },
  averagePrecision: { minimum: 50, unit: 'rows of the smaller class', reason: RANKING },
  mae: { minimum: 50, unit: 'rows', reason: LOSS },
  rmse: { minimum: 50, unit: 'rows', reason: LOSS },
  r2: { minimum: 50, unit: 'rows', reason: LOSS },
};

/** With `group` given, whatever the metric. */
export const MINIMUM_GROUPS: MinimumRows = {
  minimum: 20,
  unit: 'groups',
  reason: 'groups differ from each other in ways that fewer of them do not show',
};
