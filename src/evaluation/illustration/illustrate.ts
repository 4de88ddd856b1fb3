import type { EvaluationRows } from '../evaluationRows.ts';
import { illustrateCalibration } from './illustrateCalibration.ts';
import { illustrateConfusion } from './illustrateConfusion.ts';
import { illustrateCurves } from './illustrateCurves.ts';
import { illustrateFlips, type ShowRows } from './illustrateFlips.ts';
import { illustrateValues } from './illustrateValues.ts';
import type { Illustration } from './illustration.ts';
import { Ranking } from '../ranking.ts';

/**
 * What explains the measurements of these rows.
 *
 * @param ranking of the rows, with the sorts that measuring made.
 * @param show absent where rows are not to be shown: there are no flips then, not even counted.
 */
export async function illustrate(
  rows: EvaluationRows,
  ranking: Ranking | undefined,
  show: ShowRows | undefined,
): Promise<Illustration> {
  const flips = show && (await illustrateFlips(rows, show));
  if (rows.kind === 'values') return { kind: 'values', ...illustrateValues(rows), ...(flips && { flips }) };
  const calibration = illustrateCalibration(rows);
  return {
    kind: 'classes',
    classes: rows.classes.labels,
    curves: illustrateCurves(rows, rows.illustrated, ranking ?? new Ranking(rows)),
    ...(calibration && { calibration }),
    confusion: illustrateConfusion(rows),
    ...(flips && { flips }),
  };
}
