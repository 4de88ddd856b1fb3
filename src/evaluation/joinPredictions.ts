import { canonicalLabel } from '../dataset/labelSql.ts';
import type { Problem } from '../failure.ts';
import type { OutputSignature, Predictions } from './predictor.ts';
import { disagreements, faultyProbabilities, type ProbabilityFault } from './probabilities.ts';

/** Some rows of a predictions file. */
export interface PredictionRows {
  readonly ids: readonly (string | null)[];
  /** The label, or for a regression the number as text; null where empty. */
  readonly predicted: readonly (string | null)[];
  /** By class of the signature: its column; NaN where there is no number. Empty where only labels stand there. */
  readonly probabilities: readonly Float64Array[];
  /** Regression: the predicted numbers, NaN where there is none. */
  readonly values: Float64Array;
}

type FaultKind =
  | 'no id'
  | 'duplicate'
  | 'empty'
  | 'no number'
  | 'unknown label'
  | 'disagreement'
  | `probabilities ${ProbabilityFault}`;

/**
 * Joins the rows of a predictions file to the rows of the holdout by id. Ids are compared by their canonical text, so
 * that `1`, `1.0` and `"1"` are one id whatever wrote them. Rows for other ids are counted and not looked at.
 */
export class JoinedPredictions {
  readonly #output: OutputSignature;
  readonly #rowOfId: ReadonlyMap<string, number>;
  readonly #repeatedInHoldout: readonly string[];
  readonly #seen: Uint8Array;
  readonly #predicted: Uint16Array;
  readonly #values: Float64Array;
  readonly #probabilities: Float64Array;
  readonly #width: number;
  readonly #classOfLabel: ReadonlyMap<string, number>;
  readonly #faults = new Map<FaultKind, { count: number; readonly examples: string[] }>();
  /** Rows of the file for ids that the holdout has not. */
  extraRows = 0;

  /** @param ids of the holdout's rows. */
  constructor(ids: readonly string[], output: OutputSignature) {
    const rowOfId = new Map<string, number>();
    const repeated = new Set<string>();
    ids.forEach((id, row) => {
      const canonical = canonicalLabel(id);
      if (rowOfId.has(canonical)) repeated.add(id);
      else rowOfId.set(canonical, row);
    });
    const rows = ids.length;
    this.#output = output;
    this.#rowOfId = rowOfId;
    this.#repeatedInHoldout = [...repeated];
    this.#seen = new Uint8Array(rows);
    this.#width = output.kind === 'classes' && output.probabilities ? output.classes.length : 0;
    this.#predicted = new Uint16Array(output.kind === 'classes' ? rows : 0);
    this.#values = new Float64Array(output.kind === 'values' ? rows : 0);
    this.#probabilities = new Float64Array(rows * this.#width);
    const classes = output.kind === 'classes' ? output.classes : [];
    this.#classOfLabel = new Map(classes.map((label, index) => [canonicalLabel(label), index]));
  }

  add(rows: PredictionRows): void {
    rows.ids.forEach((id, at) => {
      if (id === null || id === '') {
        this.#fault('no id', '');
        return;
      }
      const row = this.#rowOfId.get(canonicalLabel(id));
      if (row === undefined) this.extraRows++;
      else if (this.#seen[row] === 1) this.#fault('duplicate', id);
      else {
        this.#seen[row] = 1;
        this.#take(rows, at, row, id);
      }
    });
  }

  /** Everything that is wrong, after the last rows; empty where the file can be judged. */
  problems(where: string): readonly Problem[] {
    return [...this.#idProblems(where), ...[...this.#faults].flatMap(([kind]) => this.#problem(kind, where))];
  }

  /** @throws Error for an id that the holdout did not have when the file was joined. */
  predictionsFor(ids: readonly string[]): Predictions {
    const rows = Uint32Array.from(ids, (id) => {
      const row = this.#rowOfId.get(canonicalLabel(id));
      if (row === undefined) throw new Error(`The holdout gave the id "${id}" only after its predictions were joined.`);
      return row;
    });
    if (this.#output.kind === 'values') return { kind: 'values', values: Float64Array.from(rows, this.#value) };
    const predicted = Uint16Array.from(rows, (row) => this.#predicted[row] ?? 0);
    if (this.#width === 0) return { kind: 'classes', predicted };
    const probabilities = new Float64Array(rows.length * this.#width);
    rows.forEach((row, at) => {
      probabilities.set(this.#probabilities.subarray(row * this.#width, (row + 1) * this.#width), at * this.#width);
    });
    return { kind: 'classes', predicted, probabilities };
  }

  readonly #value = (row: number): number => this.#values[row] ?? NaN;

  #take(rows: PredictionRows, at: number, row: number, id: string): void {
    const text = rows.predicted[at] ?? null;
    if (text === null || text === '') {
      this.#fault('empty', id);
      return;
    }
    if (this.#output.kind === 'values') {
      const value = rows.values[at] ?? NaN;
      if (!Number.isFinite(value)) this.#fault('no number', id);
      this.#values[row] = value;
      return;
    }
    const label = this.#classOfLabel.get(canonicalLabel(text));
    if (label === undefined) this.#fault('unknown label', `${id} ("${text}")`);
    this.#predicted[row] = label ?? 0;
    if (this.#width > 0) this.#takeProbabilities(rows, at, row, id, label);
  }

  #takeProbabilities(rows: PredictionRows, at: number, row: number, id: string, label: number | undefined): void {
    const own = this.#probabilities.subarray(row * this.#width, (row + 1) * this.#width);
    rows.probabilities.forEach((column, k) => (own[k] = column[at] ?? NaN));
    const faulty = faultyProbabilities(own, this.#width);
    if (faulty !== undefined) this.#fault(`probabilities ${faulty.fault}`, id);
    else if (label !== undefined && disagreements(this.#predicted.subarray(row, row + 1), own, this.#width)) {
      this.#fault('disagreement', id);
    }
  }

  #fault(kind: FaultKind, example: string): void {
    const known = this.#faults.get(kind) ?? { count: 0, examples: [] };
    this.#faults.set(kind, known);
    known.count++;
    if (known.examples.length < EXAMPLES) known.examples.push(example);
  }

  #idProblems(where: string): Problem[] {
    const missing: string[] = [];
    let count = 0;
    for (const [id, row] of this.#rowOfId) {
      if (this.#seen[row] === 1) continue;
      count++;
      if (missing.length < EXAMPLES) missing.push(id);
    }
    const repeated = this.#repeatedInHoldout;
    return [
      ...(repeated.length === 0
        ? []
        : [
            {
              where: 'the holdout',
              found: `${counted(repeated.length, 'id')} stand there more than once, such as ${repeated.slice(0, EXAMPLES).join(', ')}`,
              expected: 'one row for each id',
              remedy: 'Name a column as id that tells every row from every other',
            },
          ]),
      ...(count === 0
        ? []
        : [
            {
              where,
              found: `${count.toLocaleString('en')} of the holdout's ${this.#seen.length.toLocaleString('en')} rows have no prediction, such as those with the ids ${missing.join(', ')}`,
              expected: 'one row for each id of the holdout',
              remedy: 'Predict every row of the file that TOUCHSTONE_HOLDOUT_FEATURES names',
            },
          ]),
    ];
  }

  #problem(kind: FaultKind, where: string): Problem[] {
    const fault = this.#faults.get(kind);
    if (fault === undefined) return [];
    const rows = counted(fault.count, 'row');
    const such = `such as ${fault.count === 1 ? 'that with the id' : 'those with the ids'} ${fault.examples.join(', ')}`;
    switch (kind) {
      case 'no id':
        return [{ where, found: `${rows} without an id`, expected: 'an id in every row' }];
      case 'duplicate':
        return [
          {
            where,
            found: `${counted(fault.count, 'row')} for ids that stood there before, such as ${fault.examples.join(', ')}`,
            expected: 'one row for each id',
            remedy: 'Write one prediction for each row of the holdout',
          },
        ];
      case 'empty':
        return [{ where, found: `${rows} with an empty prediction, ${such}`, expected: 'a prediction in every row' }];
      case 'no number':
        return [
          {
            where,
            found: `${rows} whose prediction is no finite number, ${such}`,
            expected: 'a finite number in every row',
            remedy: 'Look at these rows: mostly a missing value that the model has no imputer for',
          },
        ];
      case 'unknown label':
        return [
          {
            where,
            found: `${rows} with a label that is no class, ${such}`,
            expected: `one of ${this.#output.kind === 'classes' ? this.#output.classes.slice(0, 20).join(', ') : ''}`,
            remedy: 'Write labels as the target column holds them, or correct classes in touchstone.yml',
          },
        ];
      case 'disagreement':
        return [
          {
            where,
            found: `${rows} whose prediction is not the class with the highest probability, ${such}`,
            expected: 'the most probable class as the prediction',
            remedy: 'Look at the order of the probability columns, or leave them out',
          },
        ];
      case 'probabilities not finite':
      case 'probabilities outside [0, 1]':
      case 'probabilities not adding up to 1':
        return [
          {
            where,
            found: `${rows} with ${kind}, ${such}`,
            expected: 'probabilities between 0 and 1 that add up to 1 in each row',
            remedy: 'Write what predict_proba gives, or leave the probability columns out',
          },
        ];
    }
  }
}

const EXAMPLES = 5;

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}
