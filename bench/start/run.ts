// How long the command line takes to start, against a bare Node: node bench/start/run.ts
// Commands that need neither DuckDB nor ONNX: help, and a list of a registry with a model in it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { markdownTable } from 'markdown-table';

const ROUNDS = 21;
const bundle = path.resolve(import.meta.dirname, '../../dist/touchstone.js');
const folder = mkdtempSync(path.join(tmpdir(), 'touchstone-start-'));
writeFileSync(
  path.join(folder, 'touchstone.yml'),
  'version: 1\nmodels:\n  churn:\n    task: binary\n    target: churned\n    data: { train: a.csv, split: { holdout: 20% } }\n',
);

const contenders = [
  { name: 'node -e 0', args: ['-e', '0'] },
  { name: 'touchstone --help', args: [bundle, '--help'] },
  { name: 'touchstone registry list', args: [bundle, 'registry', 'list'] },
];
// By turns, so that whatever else the machine does falls on all of them.
const times = contenders.map((): number[] => []);
for (let round = -1; round < ROUNDS; round += 1) {
  contenders.forEach(({ args }, at) => {
    const ms = timed(args);
    if (round >= 0) times[at]?.push(ms);
  });
}
rmSync(folder, { recursive: true, force: true });

const bare = times[0] ?? [];
console.log(
  markdownTable([
    [`start, median of ${ROUNDS}`, 'ms', 'times bare Node'],
    ...contenders.map(({ name }, at) => {
      const own = times[at] ?? [];
      const ratios = own.map((ms, round) => ms / (bare[round] ?? ms));
      return [name, median(own).toFixed(0), median(ratios).toFixed(2)];
    }),
  ]),
);

function timed(args: readonly string[]): number {
  const started = process.hrtime.bigint();
  const { status } = spawnSync(process.execPath, args, { cwd: folder });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}.`);
  return Number(process.hrtime.bigint() - started) / 1e6;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
