import type { ClassRows, Floats, ValueRows } from './evaluationRows.ts';
import type { RowLoss } from './measureLosses.ts';

/**
 * Log loss in nats: -ln(p) of the true class, p kept within [clip, 1 - clip].
 *
 * `clip` is the spacing of the floating-point numbers that the models answer in (2^-23 for float32, 2^-52 for float64;
 * the coarser one where they differ), as in scikit-learn's `log_loss`. A binary model's p of the negative class is one
 * minus that of the positive.
 */
export function logLoss(rows: ClassRows): RowLoss {
  const clip = Math.max(
    spacing(answersOf(rows, rows.candidate)),
    rows.baseline ? spacing(answersOf(rows, rows.baseline)) : 0,
  );
  const lossOf = (model: ClassRows['candidate']): ((row: number) => number) => {
    const answers = answersOf(rows, model);
    const { truth } = rows;
    const { positive } = rows.classes;
    const lossAt = (p: number): number => -Math.log(p < clip ? clip : p > 1 - clip ? 1 - clip : p);
    if (positive === undefined) return (row) => lossAt(answers[row] ?? NaN);
    return (row) => lossAt(truth[row] === positive ? (answers[row] ?? NaN) : 1 - (answers[row] ?? NaN));
  };
  return {
    family: 'logLoss',
    ofCandidate: lossOf(rows.candidate),
    ...(rows.baseline && { ofBaseline: lossOf(rows.baseline) }),
    range: { largest: -Math.log(clip), bounded: false },
  };
}

function answersOf(rows: ClassRows, model: ClassRows['candidate']): Floats {
  const { positive } = rows.classes;
  return kept(positive === undefined ? model.ofTruth : model.scores.get(positive));
}

function spacing(answers: Floats): number {
  return answers instanceof Float32Array ? 2 ** -23 : 2 ** -52;
}

/**
 * Brier score. Binary: mean of (p - y)^2 of the positive class, in [0, 1]. Several classes: mean of the sum over the
 * classes, in [0, 2]. (scikit-learn's `brier_score_loss`; Brier, Monthly Weather Review 78 (1950), 1, has the sum in both.)
 */
export function brier(rows: ClassRows): RowLoss {
  const { positive } = rows.classes;
  const { truth } = rows;
  const lossOf = (model: ClassRows['candidate']): ((row: number) => number) => {
    if (positive === undefined) {
      const errors = kept(model.squaredError);
      return (row) => errors[row] ?? NaN;
    }
    const scores = kept(model.scores.get(positive));
    return (row) => {
      const error = (scores[row] ?? NaN) - (truth[row] === positive ? 1 : 0);
      return error * error;
    };
  };
  return {
    family: 'brier',
    ofCandidate: lossOf(rows.candidate),
    ...(rows.baseline && { ofBaseline: lossOf(rows.baseline) }),
    range: { largest: positive === undefined ? 2 : 1, bounded: true },
  };
}

/** Mean absolute error, in the target's unit. */
export function meanAbsoluteError(rows: ValueRows): RowLoss {
  const lossOf = (model: ValueRows['candidate']): ((row: number) => number) => {
    const { values } = model;
    return (row) => Math.abs((rows.truth[row] ?? NaN) - (values[row] ?? NaN));
  };
  return {
    family: 'mae',
    ofCandidate: lossOf(rows.candidate),
    ...(rows.baseline && { ofBaseline: lossOf(rows.baseline) }),
    range: { largest: rangeOf(rows.truth), bounded: false },
  };
}

/** Largest value less smallest. */
export function rangeOf(values: Float64Array): number {
  let lowest = Infinity;
  let highest = -Infinity;
  for (const value of values) {
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return values.length === 0 ? 0 : highest - lowest;
}

function kept(answers: Floats | undefined): Floats {
  if (answers === undefined) throw new Error('The probabilities that a loss needs were not kept.');
  return answers;
}
