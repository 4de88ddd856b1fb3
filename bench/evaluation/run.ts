// Two models, 1 M rows x 20 columns, 10 slices, 5 metrics: node bench/evaluation/run.ts [ROWS] (default 1,000,000)
// The product beside the bare session.run loops and beside the same numbers in Python, which also proves them equal.
// A Python with requirements.txt is made under .cache/, or named by BENCH_PYTHON.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { markdownTable } from 'markdown-table';
import type { Measured } from './contest.ts';

const here = import.meta.dirname;
const cache = path.join(here, '../../.cache/bench/evaluation');
const rows = Number(process.argv[2] ?? 1_000_000);
const ROUNDS = 3;

interface Peer {
  readonly seconds: number;
  readonly running: number;
  readonly found: Measured['found'];
}

const python = process.env['BENCH_PYTHON'] ?? (await makePython());
const folder = await makeData(rows);

const bare = await json<number[]>(process.execPath, ['bare.ts', folder, String(rows)]);
const product = await fastest(() => json<Measured>(process.execPath, ['product.ts', folder]));
const peer = await fastest(() => json<Peer>(python, ['peer.py', folder]));
// What both sizes need alike, a batch included, falls out of the difference.
const [less, more] = [await peakBytes(rows), await peakBytes(3 * rows)];

const bareSeconds = bare.reduce((sum, each) => sum + each, 0);
const outside = product.seconds - Math.max(...product.running);
const peerOutside = peer.seconds - peer.running;
const bytesARow = (more - less) / (2 * rows);
const apart = greatestDeviation(product.found, peer.found);

const seconds = (value: number): string => `${value.toFixed(2)} s`;
console.log(
  markdownTable([
    [`${rows.toLocaleString('en')} rows, 20 columns, 10 slices, 5 metrics, 2 models`, 'whole', 'outside session.run'],
    ['bare session.run loops, one model after the other', seconds(bareSeconds), ''],
    ['touchstone, every interval included', seconds(product.seconds), seconds(outside)],
    ['- until the last row was answered', seconds(product.reading), ''],
    ['- measuring and judging', seconds(product.judging), ''],
    ['onnxruntime, scikit-learn, numpy', seconds(peer.seconds), seconds(peerOutside)],
  ]),
);
console.log(`\nPython takes ${(peerOutside / outside).toFixed(1)} times as long outside session.run.`);
console.log(`Peak memory of the evaluation grows by ${bytesARow.toFixed(1)} bytes a row.`);
console.log(
  `${Object.keys(peer.found).length} metrics in slices agree: values to ${apart.values.toExponential(1)}, ` +
    `ends of intervals to ${(100 * apart.ends).toFixed(2)} % of their half-width.`,
);
if (apart.values > 1e-6 || apart.ends > 0.01) {
  console.error('The numbers differ.');
  process.exitCode = 1;
}

/** The greatest difference between two sets of findings: of point values, and of ends as a share of the half-width. */
function greatestDeviation(ours: Measured['found'], theirs: Peer['found']): { values: number; ends: number } {
  let values = 0;
  let ends = 0;
  for (const id of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
    const [a = [], b = []] = [ours[id], theirs[id]];
    const halfWidth = ((b[4] ?? NaN) - (b[3] ?? NaN)) / 2;
    const apartAt = (i: number): number => Math.abs((a[i] ?? NaN) - (b[i] ?? NaN));
    // A number that is missing on one side is NaN here, and counts as infinitely far.
    values = Math.max(values, ...[0, 1, 2].map((i) => apartAt(i)).map(orInfinite));
    ends = Math.max(ends, ...[3, 4].map((i) => apartAt(i) / halfWidth).map(orInfinite));
  }
  return { values, ends };
}

function orInfinite(value: number): number {
  return Number.isNaN(value) ? Infinity : value;
}

async function fastest<T extends { readonly seconds: number }>(run: () => Promise<T>): Promise<T> {
  let best = await run();
  for (let round = 1; round < ROUNDS; round += 1) {
    const next = await run();
    if (next.seconds < best.seconds) best = next;
  }
  return best;
}

async function json<T>(command: string, args: readonly string[]): Promise<T> {
  const { stdout } = await execa(command, args, { cwd: here, stderr: 'inherit' });
  return JSON.parse(stdout) as T;
}

/** The least of several runs: what the collector happens to leave lying about is no need. */
async function peakBytes(count: number): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    least = Math.min(least, await json<number>(process.execPath, ['--expose-gc', 'memory.ts', String(count)]));
  }
  return least;
}

async function makeData(count: number): Promise<string> {
  const made = path.join(cache, String(count));
  if (!existsSync(path.join(made, 'holdout.parquet'))) {
    await execa(python, ['make.py', made, String(count)], { cwd: here, stdio: 'inherit' });
  }
  return made;
}

async function makePython(): Promise<string> {
  const environment = path.join(cache, 'python');
  const binary = path.join(environment, 'bin', 'python');
  if (!existsSync(binary)) {
    await execa('python3', ['-m', 'venv', environment], { stdio: 'inherit' });
    await execa(binary, ['-m', 'pip', 'install', '-q', '-r', 'requirements.txt'], { cwd: here, stdio: 'inherit' });
  }
  return binary;
}
