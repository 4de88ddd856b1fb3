import { binOf, quantileEdges } from '../../statistics/quantiles.ts';
import { wilsonInterval } from '../../statistics/wilson.ts';
import type { ClassAnswers, ClassRows, Floats } from '../evaluationRows.ts';
import { evenRows } from './evenRows.ts';
import type { Calibration, CalibrationBin } from './illustration.ts';
import { answersProbabilities, isProbability } from '../obstacle.ts';

const BINS = 10;

/** How often probabilities come true: of a binary task the positive class's, of several classes the predicted one's. */
export function illustrateCalibration(rows: ClassRows): Calibration | undefined {
  const candidate = calibrationOf(rows, rows.candidate);
  const baseline = rows.baseline && calibrationOf(rows, rows.baseline);
  if (candidate === undefined) return undefined;
  return {
    of: rows.classes.positive === undefined ? 'predicted' : 'positive',
    candidate,
    ...(baseline && { baseline }),
  };
}

function calibrationOf(rows: ClassRows, answers: ClassAnswers): readonly CalibrationBin[] | undefined {
  if (answersProbabilities(answers) !== undefined || isProbability(answers) !== undefined) return undefined;
  const { truth } = rows;
  const { positive } = rows.classes;
  if (positive !== undefined) {
    return calibrationBins(answers.scores.get(positive), (row) => truth[row] === positive);
  }
  const { predicted, ofPredicted } = answers;
  return calibrationBins(ofPredicted, (row) => truth[row] === predicted[row]);
}

/**
 * Quantile bins of the probabilities, as scikit-learn's `calibration_curve(strategy='quantile')` makes them: equal
 * probabilities lie in one bin, and a bin that gets no row is left out.
 */
function calibrationBins(
  probabilities: Floats | undefined,
  cameTrue: (row: number) => boolean,
): readonly CalibrationBin[] {
  if (probabilities === undefined) throw new Error('The probabilities that a calibration needs were not kept.');
  const sample = Float64Array.from(evenRows(probabilities.length), (row) => probabilities[row] ?? NaN);
  const edges = quantileEdges(sample, BINS);
  const [counts, hits, sums] = [new Float64Array(BINS), new Float64Array(BINS), new Float64Array(BINS)];
  for (let row = 0; row < probabilities.length; row += 1) {
    const probability = probabilities[row] ?? NaN;
    const bin = binOf(edges, probability);
    counts[bin] = (counts[bin] ?? 0) + 1;
    sums[bin] = (sums[bin] ?? 0) + probability;
    if (cameTrue(row)) hits[bin] = (hits[bin] ?? 0) + 1;
  }
  return [...counts.keys()].flatMap((bin) => {
    const [count = 0, hit = 0, sum = 0] = [counts[bin], hits[bin], sums[bin]];
    if (count === 0) return [];
    return [{ rows: count, predicted: sum / count, observed: hit / count, interval: wilsonInterval(hit, count) }];
  });
}
