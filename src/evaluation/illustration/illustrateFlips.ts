import type { ClassAnswers, ClassRows, EvaluationRows, ValueRows } from '../evaluationRows.ts';
import type { RowTexts } from '../holdout.ts';
import type { FlippedRow, FlippedRows, Flips } from './illustration.ts';
import { answersProbabilities, isProbability } from '../obstacle.ts';

const MOST_EXAMPLES = 20;

/** The texts of rows, by their numbers in the order of the batches. */
export type ShowRows = (rows: readonly number[]) => Promise<RowTexts>;

/** The rows whose answer changed for better or worse; `undefined` where there is no baseline. */
export async function illustrateFlips(rows: EvaluationRows, show: ShowRows): Promise<Flips | undefined> {
  const found = rows.kind === 'classes' ? flippedClasses(rows) : flippedValues(rows);
  if (found === undefined) return undefined;
  const wanted = [...found.fixed.rows, ...found.broken.rows].toSorted((a, b) => a - b);
  const texts = wanted.length === 0 ? { columns: [], rows: [] } : await show(wanted);
  const valuesOf = new Map(wanted.map((row, index) => [row, texts.rows[index] ?? []]));
  const examples = ({ count, rows: furthest }: Furthest): FlippedRows => ({
    rows: count,
    examples: furthest.map((row) => ({ ...found.tell(row), values: valuesOf.get(row) ?? [] })),
  });
  return { fixed: examples(found.fixed), broken: examples(found.broken), columns: texts.columns };
}

interface Flipped {
  readonly fixed: Furthest;
  readonly broken: Furthest;
  readonly tell: (row: number) => Omit<FlippedRow, 'values'>;
}

function flippedClasses({ truth, count, classes, candidate, baseline }: ClassRows): Flipped | undefined {
  if (baseline === undefined) return undefined;
  const ofCandidate = truthProbability(truth, classes.positive, candidate);
  const ofBaseline = truthProbability(truth, classes.positive, baseline);
  const fixed = new Furthest();
  const broken = new Furthest();
  for (let row = 0; row < count; row += 1) {
    const right = candidate.predicted[row] === truth[row];
    if (right === (baseline.predicted[row] === truth[row])) continue;
    // A model that answers labels alone is sure of them.
    const gained = (ofCandidate?.(row) ?? (right ? 1 : 0)) - (ofBaseline?.(row) ?? (right ? 0 : 1));
    if (right) fixed.add(row, gained);
    else broken.add(row, -gained);
  }
  const label = (index: number | undefined): string => classes.labels[index ?? -1] ?? '';
  return {
    fixed,
    broken,
    tell: (row) => ({
      truth: label(truth[row]),
      baseline: label(baseline.predicted[row]),
      candidate: label(candidate.predicted[row]),
      ...(ofBaseline && { baselineProbability: ofBaseline(row) }),
      ...(ofCandidate && { candidateProbability: ofCandidate(row) }),
    }),
  };
}

/** The probability that a model gave to what was true; `undefined` where it answers none. */
function truthProbability(
  truth: Uint16Array,
  positive: number | undefined,
  answers: ClassAnswers,
): ((row: number) => number) | undefined {
  if (answersProbabilities(answers) !== undefined || isProbability(answers) !== undefined) return undefined;
  if (positive === undefined) return (row) => answers.ofTruth?.[row] ?? NaN;
  const scores = answers.scores.get(positive);
  return (row) => (truth[row] === positive ? (scores?.[row] ?? NaN) : 1 - (scores?.[row] ?? NaN));
}

function flippedValues({ truth, count, candidate, baseline }: ValueRows): Flipped | undefined {
  if (baseline === undefined) return undefined;
  const fixed = new Furthest();
  const broken = new Furthest();
  for (let row = 0; row < count; row += 1) {
    const value = truth[row] ?? NaN;
    const shrank = Math.abs((baseline.values[row] ?? NaN) - value) - Math.abs((candidate.values[row] ?? NaN) - value);
    if (shrank > 0) fixed.add(row, shrank);
    else if (shrank < 0) broken.add(row, -shrank);
  }
  return {
    fixed,
    broken,
    tell: (row) => ({
      truth: String(truth[row]),
      baseline: shortNumber(baseline.values[row]),
      candidate: shortNumber(candidate.values[row]),
    }),
  };
}

/** Seven digits are all that a model with answers of 32 bits says. */
function shortNumber(value = NaN): string {
  return String(Number(value.toPrecision(7)));
}

/** Counts rows and holds those that are furthest apart, furthest first; of equals the first. */
class Furthest {
  count = 0;
  readonly #rows: number[] = [];
  readonly #distances: number[] = [];

  get rows(): readonly number[] {
    return this.#rows;
  }

  add(row: number, distance: number): void {
    this.count += 1;
    const distances = this.#distances;
    if (distances.length === MOST_EXAMPLES && !(distance > (distances[MOST_EXAMPLES - 1] ?? 0))) return;
    let place = distances.length;
    while (place > 0 && distance > (distances[place - 1] ?? 0)) place -= 1;
    distances.splice(place, 0, distance);
    this.#rows.splice(place, 0, row);
    if (distances.length <= MOST_EXAMPLES) return;
    distances.pop();
    this.#rows.pop();
  }
}
