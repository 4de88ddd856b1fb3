import { expect, test } from 'vitest';
import { type Cell, simulate } from '../../bench/calibration/cell.ts';
import { countCells } from '../../bench/calibration/countCells.ts';
import { groupCells } from '../../bench/calibration/groupCells.ts';
import { lossCells } from '../../bench/calibration/lossCells.ts';
import { rankCells } from '../../bench/calibration/rankCells.ts';
import { randomSource } from '../../bench/calibration/random.ts';
import { squaredErrorCells } from '../../bench/calibration/squaredErrorCells.ts';

// A few cells of docs/calibration.md in which textbook intervals say `met` far too often, a few hundred samples each.
const SAMPLES = 300;
const CELLS: readonly Cell[] = [
  ...countCells(),
  ...lossCells(),
  ...rankCells(),
  ...squaredErrorCells(),
  ...groupCells(),
];

test.each([
  ['accuracy', 'even, 1 % lost', 200, 'by the textbook'],
  ['precision', '50 positives, small discordance', 2_000, ''],
  ['f1', '50 positives, 1 % lost', 2_000, ''],
  ['logLoss', '1 % large errors', 200, 'by the textbook'],
  ['logLoss', '0.1 % large errors, else alike', 1_000, 'by the textbook'],
  ['brier', '1 % large errors, else alike', 200, 'by the textbook'],
  ['mae', '0.1 % large errors, else alike', 2_000, 'by the textbook'],
  ['mae', 'skewed', 200, ''],
  ['auc', '1 % of positives sunk, 50 positives', 100, 'by the textbook'],
  ['averagePrecision', '1 % of positives sunk, 50 positives', 100, 'by the textbook'],
  ['rmse', '0.1 % large errors', 1_000, 'by the textbook'],
  ['r2', '1 % large errors', 200, 'by the textbook'],
  ['mean by group', 'skewed, uneven groups, 20 groups', 400, 'by the textbook'],
])('%s at the margin is seldom met: %s, %i rows', (metric, scenario, rows, textbookFails) => {
  const cell = CELLS.find((each) => each.metric === metric && each.scenario === scenario && each.rows === rows);
  if (cell === undefined) throw new Error(`No such cell: ${metric}, ${scenario}, ${rows}.`);
  const { metWithoutMinimum, textbook } = simulate(cell, SAMPLES, randomSource(7));
  // Four standard errors of the simulation above 2.5 %.
  expect(metWithoutMinimum).toBeLessThan(0.061);
  if (textbookFails !== '') expect(textbook).toBeGreaterThan(0.061);
});
