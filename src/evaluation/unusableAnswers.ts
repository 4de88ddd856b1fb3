import { UserMistake } from '../failure.ts';

/** Counts answers that no metric can be made of, so that the person learns how many there are and where they begin. */
export class UnusableAnswers {
  readonly #model: string;
  #rows = 0;
  #first = 0;

  constructor(model: string) {
    this.#model = model;
  }

  /** Counts the rows of a batch whose `width` numbers are not all finite; `offset` is its first row's number. */
  count(values: Float32Array | Float64Array, width: number, offset: number): void {
    if (allFinite(values)) return;
    for (let row = 0; row * width < values.length; row += 1) {
      if (allFinite(values.subarray(row * width, (row + 1) * width))) continue;
      if (this.#rows === 0) this.#first = offset + row;
      this.#rows += 1;
    }
  }

  /** @throws UserMistake where there were any. */
  reject(): void {
    if (this.#rows === 0) return;
    throw new UserMistake('prediction-not-a-number', {
      where: this.#model,
      found: `the model answers NaN or infinity for ${this.#rows} rows of the holdout, the first of them row ${this.#first + 1}`,
      expected: 'a finite number for every row',
      remedy: 'Handle missing and extreme values in the model',
    });
  }
}

function allFinite(values: Float32Array | Float64Array): boolean {
  // 0 times NaN or infinity is NaN: one sum tells of them all.
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += (values[i] ?? 0) * 0;
  return sum === 0;
}
