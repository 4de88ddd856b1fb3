import { type Contrast, differenceContrast, relativeContrast, valueOf } from '../../src/statistics/contrast.ts';
import { type CountMetric, countDifference, countValues } from '../../src/statistics/countMetrics.ts';
import { jointTable } from '../../src/statistics/jointTable.ts';
import type { Cell } from './cell.ts';

/** A joint distribution of truth, candidate and baseline over `classes ** 3` cells. */
interface Population {
  readonly name: string;
  readonly classes: number;
  readonly shares: Float64Array;
}

/** How the candidate's answers differ from the baseline's: shares of right answers lost and of wrong ones mended. */
interface Change {
  readonly name: string;
  readonly lost: number;
  readonly mended: number;
}

const CHANGES: readonly Change[] = [
  { name: '1 % lost', lost: 0.01, mended: 0 },
  { name: '0.1 % lost', lost: 0.001, mended: 0 },
  { name: 'small discordance', lost: 0.03, mended: 0.02 },
  { name: 'large discordance', lost: 0.2, mended: 0.3 },
];

/** `prior[t]` is the share of class t; the baseline finds it with the share `found`, and errs evenly over the others. */
function population(name: string, prior: readonly number[], found: number, change: Change): Population {
  const classes = prior.length;
  const shares = new Float64Array(classes ** 3);
  for (const [t, share] of prior.entries()) {
    for (let b = 0; b < classes; b++) {
      const ofBaseline = share * (b === t ? found : (1 - found) / (classes - 1));
      for (let c = 0; c < classes; c++) {
        const given =
          b === t
            ? c === t
              ? 1 - change.lost
              : change.lost / (classes - 1)
            : c === t
              ? change.mended
              : c === b
                ? 1 - change.mended
                : 0;
        shares[(t * classes + c) * classes + b] = ofBaseline * given;
      }
    }
  }
  return { name: `${name}, ${change.name}`, classes, shares };
}

function cellOf(
  metric: string,
  counted: CountMetric,
  { name, classes, shares }: Population,
  rows: number,
  relative: boolean,
): Cell {
  const occupied = [...shares.keys()].filter((i) => (shares[i] ?? 0) > 0);
  const given = occupied.map((i) => shares[i] ?? 0);
  const truth = countValues(jointTable(classes, shares), counted);
  const candidate = truth.candidate ?? NaN;
  const baseline = truth.baseline ?? NaN;
  const contrast: Contrast = relative
    ? relativeContrast(1, (candidate - baseline) / baseline, baseline)
    : differenceContrast(1);
  const drawn = new Float64Array(occupied.length);
  return {
    metric,
    family: counted.family,
    scenario: relative ? `${name}, relative margin` : name,
    rows,
    margin: -valueOf(contrast, candidate, baseline),
    cost: occupied.length / 8,
    sample: (random) => {
      random.multinomial(rows, given, drawn);
      const table = jointTable(
        classes,
        occupied.map((cell, i) => [cell, drawn[i] ?? 0] as const),
      );
      return {
        estimate: countDifference(table, counted, contrast),
        effectiveRows: countValues(table, counted).effectiveRows,
      };
    },
  };
}

function even(classes: number): readonly number[] {
  return Array.from({ length: classes }, () => 1 / classes);
}

/** Shares that fall like 1 / rank. */
function falling(classes: number): readonly number[] {
  const weights = Array.from({ length: classes }, (_, k) => 1 / (k + 1));
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
}

export function countCells(): readonly Cell[] {
  const cells: Cell[] = [];
  for (const change of CHANGES) {
    for (const rows of [50, 200, 1_000, 10_000, 100_000]) {
      const worse = change.mended > 0 && change.lost > 0.1 ? 0.8 : 0.9;
      cells.push(cellOf('accuracy', { family: 'accuracy' }, population('even', even(2), worse, change), rows, false));
      cells.push(cellOf('accuracy', { family: 'accuracy' }, population('even', even(2), worse, change), rows, true));
      for (const family of ['recall', 'precision', 'f1'] as const) {
        cells.push(cellOf(family, { family, of: 1 }, population('even', even(2), worse, change), rows, false));
        cells.push(cellOf(family, { family, of: 1 }, population('even', even(2), worse, change), rows, true));
        if (rows < 1_000) continue;
        const few = population('1 in 50 positive', [0.98, 0.02], worse, change);
        cells.push(cellOf(family, { family, of: 1 }, few, rows, false));
      }
    }
    // Few rows of the class, whatever the number of rows.
    for (const positives of [5, 20, 50, 100]) {
      for (const family of ['recall', 'precision', 'f1'] as const) {
        const prior = [1 - positives / 2_000, positives / 2_000];
        const found = population(`${positives} positives`, prior, 0.97, change);
        cells.push(cellOf(family, { family, of: 1 }, found, 2_000, false));
      }
    }
    for (const classes of [5, 20]) {
      for (const rows of [1_000, 10_000, 100_000]) {
        for (const family of ['recall', 'precision', 'f1'] as const) {
          const macro = { family, of: 'macro' } as const;
          const evenly = population(`${classes} classes`, even(classes), 0.85, change);
          const unevenly = population(`${classes} uneven classes`, falling(classes), 0.85, change);
          cells.push(cellOf(`${family}[macro]`, macro, evenly, rows, false));
          cells.push(cellOf(`${family}[macro]`, macro, unevenly, rows, false));
        }
      }
    }
  }
  // Where the change leaves the metric as it is or better, there is no margin to stand at.
  return cells.filter((cell) => cell.margin > 1e-9);
}
