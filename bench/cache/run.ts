// What a run costs in which nothing changed: node bench/cache/run.ts [ROWS] (default 1,000,000)
// The product beside an unchanged `dvc repro` of the same three stages, and beside its own first run. DVC knows a file by
// its time and size where these are the same, the product reads every byte. A Python with requirements.txt is made under
// .cache/, or named by BENCH_PYTHON; where DVC cannot be had, the product is measured alone.
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { execa } from 'execa';
import { markdownTable } from 'markdown-table';

const here = import.meta.dirname;
const bundle = path.resolve(here, '../../dist/touchstone.js');
const ROUNDS = 7;
const rows = Number(process.argv[2] ?? 1_000_000);

const CONFIG = `version: 1
models:
  churn:
    task: binary
    target: label
    positive: "yes"
    id: id
    data: { train: data.csv, split: { by: id, holdout: 20% } }
    train: { command: [python3, pipeline.py], inputs: [pipeline.py], output: predictions.csv }
    metrics: [accuracy]
    gates: [{ metric: accuracy, min: 0 }]
`;

const STAGES = `stages:
  split:
    cmd: python3 pipeline.py split data.csv train.csv holdout.csv
    deps: [data.csv, pipeline.py]
    outs: [train.csv, holdout.csv]
  train:
    cmd: python3 pipeline.py train holdout.csv predictions.csv
    deps: [train.csv, holdout.csv, pipeline.py]
    outs: [predictions.csv]
  evaluate:
    cmd: python3 pipeline.py evaluate holdout.csv predictions.csv metrics.json
    deps: [holdout.csv, predictions.csv, pipeline.py]
    metrics: [{ metrics.json: { cache: false } }]
`;

const dvc = await findDvc();
const table = [
  [`nothing changed, median of ${ROUNDS}`, 'first run', 'unchanged run', 'unchanged dvc repro', 'times dvc'],
];
for (const size of [10_000, rows]) {
  const folder = await mkdtemp(path.join(tmpdir(), 'touchstone-cache-'));
  try {
    table.push(await measure(folder, size));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
console.log(markdownTable(table));

async function measure(folder: string, size: number): Promise<string[]> {
  const [ours, theirs] = ['touchstone', 'dvc'].map((name) => path.join(folder, name)) as [string, string];
  for (const project of [ours, theirs]) {
    await mkdir(project);
    await cp(path.join(here, 'pipeline.py'), path.join(project, 'pipeline.py'));
  }
  await writeData(path.join(ours, 'data.csv'), size);
  await writeFile(path.join(ours, 'touchstone.yml'), CONFIG);
  const first = await seconds(ours, process.execPath, [bundle, 'run']);
  const own: number[] = [];
  const other: number[] = [];
  if (dvc !== undefined) {
    await cp(path.join(ours, 'data.csv'), path.join(theirs, 'data.csv'));
    await writeFile(path.join(theirs, 'dvc.yaml'), STAGES);
    await seconds(theirs, dvc, ['init', '--no-scm', '-q']);
    await seconds(theirs, dvc, ['config', 'core.analytics', 'false']);
    await seconds(theirs, dvc, ['repro', '-q']);
  }
  // By turns, so that whatever else the machine does falls on both.
  for (let round = -1; round < ROUNDS; round += 1) {
    const mine = await seconds(ours, process.execPath, [bundle, 'run']);
    const his = dvc === undefined ? NaN : await seconds(theirs, dvc, ['repro', '-q']);
    if (round < 0) continue;
    own.push(mine);
    other.push(his);
  }
  const ratio = median(own.map((mine, round) => mine / (other[round] ?? NaN)));
  const shown = (value: number): string => (Number.isNaN(value) ? '' : `${value.toFixed(2)} s`);
  return [
    `${size.toLocaleString('en')} rows, 20 columns`,
    shown(first),
    shown(median(own)),
    shown(median(other)),
    Number.isNaN(ratio) ? '' : ratio.toFixed(2),
  ];
}

async function writeData(file: string, size: number): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const features = Array.from({ length: 18 }, (_, at) => `random() AS f${at}`).join(', ');
  await connection.run('SELECT setseed(0.5)');
  const labelled = `SELECT *, CASE WHEN f0 + f1 >= 1 THEN 'yes' ELSE 'no' END AS label FROM (SELECT range AS id, ${features} FROM range(${size}))`;
  await connection.run(`COPY (${labelled}) TO '${file}' (HEADER)`);
  connection.closeSync();
  instance.closeSync();
}

async function seconds(cwd: string, command: string, args: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  await execa(command, args, { cwd, stdin: 'ignore' });
  return (performance.now() - startedMs) / 1000;
}

/** DVC's program; `undefined` where it cannot be installed here. */
async function findDvc(): Promise<string | undefined> {
  const environment = path.join(here, '../../.cache/bench/cache/python');
  const python = process.env['BENCH_PYTHON'] ?? path.join(environment, 'bin', 'python');
  const program = path.join(path.dirname(python), 'dvc');
  if (existsSync(program)) return program;
  try {
    await execa('python3', ['-m', 'venv', environment]);
    await execa(python, ['-m', 'pip', 'install', '-q', '-r', 'requirements.txt'], { cwd: here });
    return program;
  } catch (error) {
    console.log(
      `DVC is left out, since it cannot be installed: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return undefined;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
