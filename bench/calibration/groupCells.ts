import { differenceContrast } from '../../src/statistics/contrast.ts';
import { groupT } from '../../src/statistics/groupT.ts';
import { pairedMean } from '../../src/statistics/pairedMean.ts';
import { addRow, rowDistribution } from '../../src/statistics/rowDistribution.ts';
import type { Cell } from './cell.ts';
import type { RandomSource } from './random.ts';

const MARGIN = 0.1;

interface GroupEffect {
  readonly name: string;
  /** Of mean 0. */
  readonly effect: (random: RandomSource) => number;
  /** Of one row within its group; mean 0. */
  readonly ofRow: (random: RandomSource) => number;
}

const EFFECTS: readonly GroupEffect[] = [
  { name: 'normal', effect: (random) => 0.3 * random.normal(), ofRow: (random) => random.normal() },
  {
    name: 'skewed',
    effect: (random) => 0.3 * (Math.exp(0.5) - Math.exp(random.normal())),
    ofRow: (random) => random.normal(),
  },
  {
    name: '1 % large errors',
    effect: (random) => 0.1 * random.normal(),
    ofRow: (random) => 0.1 * random.normal() + (random.uniform() < 0.01 ? -9.9 : 0.1),
  },
];

function cellOf({ name, effect, ofRow }: GroupEffect, groups: number, uneven: boolean): Cell {
  const rowsPerGroup = 20;
  return {
    metric: 'mean by group',
    family: 'mae',
    scenario: `${name}${uneven ? ', uneven groups' : ''}, ${groups} groups`,
    rows: groups * rowsPerGroup,
    margin: MARGIN,
    grouped: true,
    cost: 10 + groups / 4,
    sample: (random) => {
      const sums = new Float64Array(groups);
      const sizes = new Float64Array(groups);
      const distribution = rowDistribution();
      let rows = 0;
      let total = 0;
      for (let g = 0; g < groups; g++) {
        const size = uneven ? 1 + Math.floor(-rowsPerGroup * Math.log(1 - random.uniform())) : rowsPerGroup;
        const ofGroup = effect(random);
        for (let row = 0; row < size; row++) {
          const value = -MARGIN + ofGroup + ofRow(random);
          addRow(distribution, value);
          sums[g] = (sums[g] ?? 0) + value;
        }
        sizes[g] = size;
        rows += size;
        total += sums[g] ?? 0;
      }
      const mean = total / rows;
      const influence = sums.map((sum, g) => sum - mean * (sizes[g] ?? 0));
      const ofRows = pairedMean(distribution, differenceContrast(-1), { largest: 10, bounded: true });
      return { estimate: groupT(mean, influence, rows, ofRows), effectiveRows: groups };
    },
  };
}

export function groupCells(): readonly Cell[] {
  return EFFECTS.flatMap((effect) =>
    [10, 20, 50, 200].flatMap((groups) => [cellOf(effect, groups, false), cellOf(effect, groups, true)]),
  );
}
