import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { markdownTable } from 'markdown-table';
import { type Cell, type Outcome, simulate } from './cell.ts';
import { countCells } from './countCells.ts';
import { groupCells } from './groupCells.ts';
import { lossCells, outsideCells } from './lossCells.ts';
import { rankCells } from './rankCells.ts';
import { randomSource } from './random.ts';
import { squaredErrorCells } from './squaredErrorCells.ts';
import { simulateVerdicts, verdictCells } from './verdictCells.ts';

const NOMINAL = 0.025;
/** The highest of a thousand cells at the nominal rate lies beyond four standard errors 3 % of the time. */
const STANDARD_ERRORS = 4;
const PAGE = new URL('../../docs/calibration.md', import.meta.url);

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, seed: { type: 'string', default: '1' } },
});
const seed = Number(options.seed);
const budget = options.quick ? 1_200 : 14_000;

const began = performance.now();
const cells = [...countCells(), ...lossCells(), ...rankCells(), ...squaredErrorCells(), ...groupCells()];
const outcomes = cells.map((cell, i) => run(cell, i));
const outside = outsideCells().map((cell, i) => run(cell, cells.length + i));
const verdicts = verdictCells().map((cell, i) => {
  const samples = options.quick ? 50 : 1_000;
  return { cell, samples, shares: simulateVerdicts(cell, samples, randomSource(seed * 1_000_003 - 1 - i)) };
});

// Two samples more, since so few are expected that they are not normal.
const tooOften = outcomes.filter(
  ({ met, samples }) => met > NOMINAL + STANDARD_ERRORS * standardError(samples) + 2 / samples,
);
const tables = [marginTable(), missedTable(), verdictTable(), outsideTable()].join('\n\n');
console.log(tables);
const minutes = (performance.now() - began) / 60_000;
console.log(`\n${cells.length} cells, seed ${seed}, ${minutes.toFixed(1)} minutes.`);
if (!options.quick) await writeIntoPage(tables);
process.exitCode = tooOften.length > 0 ? 1 : 0;

/** A cell that looks high is drawn again with other seeds, four times as often, and only that counts. */
function run(cell: Cell, i: number): Outcome {
  const samples = Math.max(options.quick ? 50 : 150, Math.min(4_000, Math.round(budget / Math.max(1, cell.cost))));
  const first = simulate(cell, samples, randomSource(seed * 1_000_003 + i));
  const high = first.met > NOMINAL + 2 * standardError(samples);
  return high ? simulate(cell, 4 * samples, randomSource(-seed * 1_000_003 - i)) : first;
}

function standardError(samples: number): number {
  return Math.sqrt((NOMINAL * (1 - NOMINAL)) / samples);
}

function marginTable(): string {
  const metrics = [...new Set(outcomes.map(({ cell }) => cell.metric))];
  const rows = metrics.map((metric) => {
    const own = outcomes.filter(({ cell }) => cell.metric === metric);
    const worst = highest(own, ({ met, samples }) => (met - NOMINAL) / standardError(samples));
    const samples = own.reduce((sum, each) => sum + each.samples, 0);
    return [
      metric,
      String(own.length),
      String(samples),
      share(own.reduce((sum, each) => sum + each.met * each.samples, 0) / samples),
      `${share(worst.met)} ± ${share(standardError(worst.samples))}`,
      `${worst.cell.scenario}, ${worst.cell.rows} rows`,
      share(highest(own, ({ textbook }) => textbook).textbook),
    ];
  });
  return markdownTable([
    ['metric', 'cells', 'samples', '`met`, mean', '`met`, highest', 'where', 'textbook, highest'],
    ...rows,
  ]);
}

function missedTable(): string {
  if (tooOften.length === 0) {
    return `No cell of ${outcomes.length} lies above ${share(NOMINAL)} by more than ${STANDARD_ERRORS} standard errors of the simulation.`;
  }
  return markdownTable([
    ['`met` too often', 'rows', '`met`', 'samples'],
    ...tooOften.map(({ cell, met, samples }) => [
      `${cell.metric}: ${cell.scenario}`,
      String(cell.rows),
      share(met),
      String(samples),
    ]),
  ]);
}

function verdictTable(): string {
  return markdownTable([
    ['twenty gates', 'samples', '`accepted`', '`rejected`', '`inconclusive`'],
    ...verdicts.map(({ cell, samples, shares }) => [
      cell.name,
      String(samples),
      share(shares.accepted),
      share(shares.rejected),
      share(shares.inconclusive),
    ]),
  ]);
}

function outsideTable(): string {
  return markdownTable([
    ['outside the guarantee', 'rows', '`met`'],
    ...outside.map(({ cell, met }) => [`${cell.metric}: ${cell.scenario}`, String(cell.rows), share(met)]),
  ]);
}

function highest(of: readonly Outcome[], by: (outcome: Outcome) => number): Outcome {
  return of.reduce((a, b) => (by(b) > by(a) ? b : a));
}

function share(rate: number): string {
  return `${(100 * rate).toFixed(1)} %`;
}

async function writeIntoPage(text: string): Promise<void> {
  const page = await readFile(PAGE, 'utf8');
  const [before, rest] = page.split('<!-- study -->\n');
  const after = rest?.split('<!-- end of study -->')[1];
  if (before === undefined || after === undefined) throw new Error('docs/calibration.md lacks the marks of its table.');
  const note = `${cells.length} cells, seed ${seed}.`;
  await writeFile(PAGE, `${before}<!-- study -->\n\n${text}\n\n${note}\n\n<!-- end of study -->${after}`);
}
