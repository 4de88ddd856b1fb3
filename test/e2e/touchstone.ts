import path from 'node:path';
import { execa } from 'execa';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';

export const bundle = path.resolve(import.meta.dirname, '../../dist/touchstone.js');

export interface Ended {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line as a person would, in a folder of theirs. */
export async function touchstone(cwd: string, ...args: readonly string[]): Promise<Ended> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [bundle, ...args], {
    cwd,
    reject: false,
    env: { NO_COLOR: '1', CI: '' },
  });
  return { exitCode, stdout, stderr };
}

/** 400 rows whose label follows from x but for every seventh; ids from 1. */
const ROWS = Array.from({ length: 400 }, (_, at) => {
  const x = (at * 37) % 100;
  const label = x >= 50 !== (at % 7 === 0) ? 'yes' : 'no';
  return `${at + 1},${x},${at % 3 === 0 ? 'north' : 'south'},${label}`;
});
export const DATA = `id,x,region,label\n${ROWS.join('\n')}\n`;

export const CONFIG = `version: 1
models:
  churn:
    task: binary
    target: label
    positive: "yes"
    id: id
    data:
      train: data.csv
      split: { by: id, holdout: 50% }
    train:
      command: [python3, train.py]
      inputs: [train.py]
      output: predictions.csv
      timeout: 60s
    metrics: [accuracy]
    gates:
      - { metric: accuracy, min: 0.7, maxRegression: 0.05 }
    promote: { requires: advisory }
`;

/** Predicts from x alone, for rows that it is given without their label. */
export const TRAIN = `
import csv, os, pathlib
rows = list(csv.DictReader(open(os.environ["TOUCHSTONE_HOLDOUT_FEATURES"])))
with open(pathlib.Path(os.environ["TOUCHSTONE_OUTPUT_DIR"]) / "predictions.csv", "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["id", "prediction"])
    for row in rows:
        writer.writerow([row["id"], "yes" if float(row["x"]) >= 50 else "no"])
`;

/** A project that a run accepts, with some of its files written otherwise. */
export function project(files: { readonly [name: string]: string | Uint8Array } = {}): Promise<string> {
  return temporaryFolder({ 'touchstone.yml': CONFIG, 'data.csv': DATA, 'train.py': TRAIN, ...files });
}
