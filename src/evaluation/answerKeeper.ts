import { UserMistake } from '../failure.ts';
import { listed, type ClassMap, type TaskClasses } from './classLabels.ts';
import type { ClassAnswers, ClassIndices, ClassNeeds, ClassRows, Floats } from './evaluationRows.ts';
import type { HoldoutBatch } from './holdout.ts';
import type { Predictions } from './predictor.ts';
import { UnusableAnswers } from './unusableAnswers.ts';
import { floatsLike } from './valueKeeper.ts';

/** Keeps a classification's truth and, of the answers, what is needed. */
export class AnswerKeeper {
  readonly #classes: TaskClasses;
  readonly #illustrated: readonly number[];
  readonly #truth: Uint16Array;
  readonly #candidate: KeptAnswers;
  readonly #baseline: KeptAnswers | undefined;
  readonly #rowsOfClass: Float64Array;

  constructor(rows: number, classes: TaskClasses, needs: ClassNeeds, compared: boolean) {
    this.#classes = classes;
    this.#illustrated = needs.illustrated;
    this.#truth = new Uint16Array(rows);
    this.#rowsOfClass = new Float64Array(classes.labels.length);
    this.#candidate = new KeptAnswers('candidate', rows, classes.labels.length, classes.candidate, needs);
    this.#baseline =
      compared && classes.baseline !== undefined
        ? new KeptAnswers('baseline', rows, classes.labels.length, classes.baseline, needs)
        : undefined;
  }

  keep(batch: HoldoutBatch, candidate: Predictions, baseline: Predictions | undefined, offset: number): void {
    const truth = batch.truth.subarray(0, batch.rows);
    this.#truth.set(truth, offset);
    for (const label of truth) this.#rowsOfClass[label] = (this.#rowsOfClass[label] ?? 0) + 1;
    this.#candidate.keep(candidate, truth, offset);
    if (baseline !== undefined) this.#baseline?.keep(baseline, truth, offset);
  }

  finish(): Pick<ClassRows, 'kind' | 'classes' | 'truth' | 'illustrated' | 'candidate' | 'baseline'> {
    this.#expectKnown('candidate', this.#classes.candidate, 'all');
    // A champion from before a class was added answers its rows wrongly; one that spells all labels otherwise is no model
    // of this target.
    if (this.#classes.baseline !== undefined) this.#expectKnown('baseline', this.#classes.baseline, 'some');
    const candidate = this.#candidate.finish();
    const baseline = this.#baseline?.finish();
    return {
      kind: 'classes',
      classes: this.#classes,
      truth: this.#truth,
      illustrated: this.#illustrated,
      candidate,
      ...(baseline && { baseline }),
    };
  }

  #expectKnown(model: string, map: ClassMap, expected: 'all' | 'some'): void {
    const { labels } = this.#classes;
    const held = labels.filter((_, label) => (this.#rowsOfClass[label] ?? 0) > 0);
    const unknown = held.filter((label) => (map.columnOf[labels.indexOf(label)] ?? -1) < 0);
    if (unknown.length === 0 || (expected === 'some' && unknown.length < held.length)) return;
    throw new UserMistake('class-unknown', {
      where: model,
      found: `the target holds ${unknown.length === 1 ? 'a class' : 'classes'} that the model does not know: ${listed(unknown)}`,
      expected: `its classes: ${listed(labels.filter((_, label) => (map.columnOf[label] ?? -1) >= 0))}`,
      remedy: 'Check how the labels are written, or take those rows out of the holdout',
    });
  }
}

class KeptAnswers {
  readonly #rows: number;
  readonly #map: ClassMap;
  readonly #needs: ClassNeeds;
  readonly #unusable: UnusableAnswers;
  readonly #predicted: ClassIndices;
  readonly #scores = new Map<number, Floats>();
  #ofTruth: Floats | undefined;
  #ofPredicted: Floats | undefined;
  #squaredError: Floats | undefined;
  #probabilities: 'answered' | 'labels-only' = 'labels-only';
  #lowest = Infinity;
  #highest = -Infinity;

  constructor(model: string, rows: number, classes: number, map: ClassMap, needs: ClassNeeds) {
    this.#rows = rows;
    this.#map = map;
    this.#needs = needs;
    this.#unusable = new UnusableAnswers(model);
    this.#predicted = classIndices(classes, rows);
  }

  keep(answers: Predictions, truth: ArrayLike<number>, offset: number): void {
    if (answers.kind !== 'classes') throw new Error('A classifier answered values.');
    this.#keepPredicted(answers.predicted, truth.length, offset);
    if (answers.probabilities === undefined) return;
    const width = this.#map.toTask.length;
    const probabilities = answers.probabilities.subarray(0, truth.length * width);
    this.#probabilities = 'answered';
    this.#unusable.count(probabilities, width, offset);
    this.#keepRange(probabilities);
    for (const label of this.#needs.scores) this.#keepScores(label, probabilities, width, offset);
    if (this.#needs.ofTruth) {
      this.#ofTruth ??= floatsLike(probabilities, this.#rows);
      for (let row = 0; row < truth.length; row += 1) {
        const column = this.#map.columnOf[truth[row] ?? 0] ?? -1;
        this.#ofTruth[offset + row] = column < 0 ? 0 : (probabilities[row * width + column] ?? NaN);
      }
    }
    if (this.#needs.ofPredicted) {
      this.#ofPredicted ??= floatsLike(probabilities, this.#rows);
      for (let row = 0; row < truth.length; row += 1) {
        this.#ofPredicted[offset + row] = probabilities[row * width + (answers.predicted[row] ?? 0)] ?? NaN;
      }
    }
    if (this.#needs.squaredError) {
      this.#squaredError ??= floatsLike(probabilities, this.#rows);
      for (let row = 0; row < truth.length; row += 1) {
        const column = this.#map.columnOf[truth[row] ?? 0] ?? -1;
        this.#squaredError[offset + row] = squaredErrorOf(probabilities, row * width, width, column);
      }
    }
  }

  finish(): ClassAnswers {
    this.#unusable.reject();
    return {
      predicted: this.#predicted,
      probabilities: this.#probabilities,
      scores: this.#scores,
      ...(this.#ofTruth && { ofTruth: this.#ofTruth }),
      ...(this.#ofPredicted && { ofPredicted: this.#ofPredicted }),
      ...(this.#squaredError && { squaredError: this.#squaredError }),
      range: [this.#lowest, this.#highest],
    };
  }

  #keepPredicted(predicted: Uint16Array, rows: number, offset: number): void {
    const kept = this.#predicted;
    const { toTask } = this.#map;
    for (let row = 0; row < rows; row += 1) {
      const label = toTask[predicted[row] ?? toTask.length];
      if (label === undefined) throw new Error(`A model answered class ${predicted[row]} of ${toTask.length}.`);
      kept[offset + row] = label;
    }
  }

  #keepScores(label: number, probabilities: Floats, width: number, offset: number): void {
    let scores = this.#scores.get(label);
    if (scores === undefined) {
      scores = floatsLike(probabilities, this.#rows);
      this.#scores.set(label, scores);
    }
    const column = this.#map.columnOf[label] ?? -1;
    // A class that the model does not know stays at probability 0.
    if (column < 0) return;
    for (let row = 0, at = column; at < probabilities.length; row += 1, at += width) {
      scores[offset + row] = probabilities[at] ?? NaN;
    }
  }

  #keepRange(probabilities: Floats): void {
    let lowest = this.#lowest;
    let highest = this.#highest;
    for (let i = 0; i < probabilities.length; i += 1) {
      const value = probabilities[i] ?? NaN;
      if (value < lowest) lowest = value;
      if (value > highest) highest = value;
    }
    this.#lowest = lowest;
    this.#highest = highest;
  }
}

function squaredErrorOf(probabilities: Floats, from: number, width: number, truth: number): number {
  let sum = truth < 0 ? 1 : 0;
  for (let column = 0; column < width; column += 1) {
    const error = (probabilities[from + column] ?? NaN) - (column === truth ? 1 : 0);
    sum += error * error;
  }
  return sum;
}

function classIndices(classes: number, rows: number): ClassIndices {
  return classes <= 256 ? new Uint8Array(rows) : new Uint16Array(rows);
}
