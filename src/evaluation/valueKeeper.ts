import { UserMistake } from '../failure.ts';
import type { Floats, ValueRows } from './evaluationRows.ts';
import type { HoldoutBatch } from './holdout.ts';
import type { Predictions } from './predictor.ts';
import { UnusableAnswers } from './unusableAnswers.ts';

/** Keeps a regression's truth and answers. */
export class ValueKeeper {
  readonly #truth: Float64Array;
  readonly #candidate: KeptValues;
  readonly #baseline: KeptValues | undefined;
  #badTruths = 0;

  constructor(rows: number, compared: boolean) {
    this.#truth = new Float64Array(rows);
    this.#candidate = new KeptValues('candidate', rows);
    this.#baseline = compared ? new KeptValues('baseline', rows) : undefined;
  }

  keep(batch: HoldoutBatch, candidate: Predictions, baseline: Predictions | undefined, offset: number): void {
    const truth = batch.truth.subarray(0, batch.rows);
    this.#truth.set(truth, offset);
    for (const value of truth) if (!Number.isFinite(value)) this.#badTruths += 1;
    this.#candidate.keep(candidate, batch.rows, offset);
    if (baseline !== undefined) this.#baseline?.keep(baseline, batch.rows, offset);
  }

  finish(): Pick<ValueRows, 'kind' | 'truth' | 'candidate' | 'baseline'> {
    if (this.#badTruths > 0) {
      throw new UserMistake('target-not-a-number', {
        where: 'target',
        found: `the target of ${this.#badTruths} rows of the holdout is missing, NaN or infinite`,
        expected: 'a finite number in every row',
        remedy: 'Take those rows out of the holdout',
      });
    }
    const candidate = { values: this.#candidate.finish() };
    const baseline = this.#baseline && { values: this.#baseline.finish() };
    return { kind: 'values', truth: this.#truth, candidate, ...(baseline && { baseline }) };
  }
}

class KeptValues {
  readonly #rows: number;
  readonly #unusable: UnusableAnswers;
  #values: Floats | undefined;

  constructor(model: string, rows: number) {
    this.#rows = rows;
    this.#unusable = new UnusableAnswers(model);
  }

  keep(answers: Predictions, rows: number, offset: number): void {
    if (answers.kind !== 'values') throw new Error('A regressor answered classes.');
    const values = answers.values.subarray(0, rows);
    this.#unusable.count(values, 1, offset);
    this.#values ??= floatsLike(values, this.#rows);
    this.#values.set(values, offset);
  }

  finish(): Floats {
    this.#unusable.reject();
    return this.#values ?? new Float64Array(0);
  }
}

/** As many numbers in the precision of a model's answers. */
export function floatsLike(answers: Floats, length: number): Floats {
  return answers instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
}
