import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONFIG, DATA, project, touchstone, TRAIN } from './touchstone.ts';

interface Case {
  readonly name: string;
  readonly args?: readonly string[];
  readonly files: { readonly [name: string]: string | Uint8Array };
  /** What the message must hold: where, what was found, and what to do. */
  readonly says: readonly RegExp[];
  /** What training left is whole; only judging it fails. */
  readonly trained?: true;
}

const cases: readonly Case[] = [
  {
    name: 'an unknown key',
    files: { 'touchstone.yml': CONFIG.replace('metrics:', 'metric:') },
    says: [/touchstone\.yml:\d+:\d+ models\.churn\.metric\b/, /unknown key "metric"/, /"metrics" is meant/],
  },
  {
    name: 'an unknown metric',
    files: { 'touchstone.yml': CONFIG.replace('metrics: [accuracy]', 'metrics: [acuracy]') },
    says: [/touchstone\.yml:\d+:\d+ models\.churn\.metrics\[0\]/, /acuracy/, /accuracy/],
  },
  {
    name: 'several problems at once',
    files: {
      'touchstone.yml': CONFIG.replace('    target: label\n', '')
        .replace('min: 0.7', 'min: 70')
        .replace(' id: id', ' ids: id'),
    },
    says: [/target/, /"ids"/, /70/],
  },
  {
    name: 'a data file that is not there',
    files: { 'touchstone.yml': CONFIG.replace('train: data.csv', 'train: dta.csv') },
    says: [/dta\.csv/, /data\.train/],
  },
  {
    name: 'a target that the data lack',
    files: { 'touchstone.yml': CONFIG.replace('target: label', 'target: lable') },
    says: [/lable/, /label/],
  },
  {
    name: 'a training command that fails',
    files: { 'train.py': 'raise SystemExit("out of luck")' },
    says: [/models\.churn\.train/, /out of luck/],
  },
  {
    name: 'a training command that does not exist',
    files: { 'touchstone.yml': CONFIG.replace('[python3, train.py]', '[pythn3, train.py]') },
    says: [/pythn3/],
  },
  {
    name: 'a training command that hangs',
    files: {
      'touchstone.yml': CONFIG.replace('timeout: 60s', 'timeout: 1s'),
      'train.py': 'import time; time.sleep(60)',
    },
    says: [/1\s?s|1 second/, /timeout/],
  },
  {
    name: 'a training command that writes nothing',
    files: { 'train.py': 'print("done")' },
    says: [/predictions\.csv/],
  },
  {
    name: 'an output that is no ONNX',
    files: {
      'touchstone.yml': CONFIG.replace('output: predictions.csv', 'output: model.onnx'),
      'train.py':
        'import os, pathlib, pickle; (pathlib.Path(os.environ["TOUCHSTONE_OUTPUT_DIR"]) / "model.onnx").write_bytes(pickle.dumps([1]))',
    },
    trained: true,
    says: [/model\.onnx/, /pickle/],
  },
  {
    name: 'predictions that lack ids',
    files: { 'train.py': TRAIN.replace('for row in rows:', 'for row in rows[3:]:') },
    trained: true,
    says: [/predictions\.csv/, /3/],
  },
  {
    name: 'predictions with an id twice',
    files: { 'train.py': TRAIN.replace('for row in rows:', 'for row in rows + rows[:2]:') },
    trained: true,
    says: [/predictions\.csv/, /2/],
  },
  {
    name: 'predictions that are NaN',
    files: {
      'touchstone.yml': CONFIG.replace('task: binary', 'task: regression')
        .replace('    positive: "yes"\n', '')
        .replace('target: label', 'target: x')
        .replace('metrics: [accuracy]', 'metrics: [mae]')
        .replace('{ metric: accuracy, min: 0.7, maxRegression: 0.05 }', '{ metric: mae, maxRegression: 1 }'),
      'train.py': TRAIN.replace('"yes" if float(row["x"]) >= 50 else "no"', '"nan"'),
    },
    trained: true,
    says: [/predictions\.csv/, /no finite number/, /ids 1, /],
  },
  {
    name: 'data of ragged rows',
    files: { 'data.csv': `${DATA}401,1\n` },
    says: [/data\.csv/, /402|column/],
  },
  {
    name: 'an empty data file',
    files: { 'data.csv': '' },
    says: [/data\.csv/, /empty/],
  },
  {
    name: 'a version that is none',
    args: ['promote', 'churn@7'],
    files: {},
    says: [/churn@7/, /churn@v7/],
  },
  {
    name: 'a version that nobody registered',
    args: ['promote', 'churn@v7'],
    files: {},
    says: [/churn@v7/, /registered/],
  },
  {
    name: 'a model that the configuration does not know',
    args: ['run', 'chrun'],
    files: {},
    says: [/chrun/, /churn/],
  },
  {
    name: 'a command that does not exist',
    args: ['rnu'],
    files: {},
    says: [/rnu/, /run/],
  },
  {
    name: 'a candidate file that is not there',
    args: ['evaluate', '--candidate', 'model.onnx'],
    files: {},
    says: [/model\.onnx/],
  },
  {
    name: 'nothing trained yet',
    args: ['register'],
    files: {},
    says: [/candidate/, /touchstone (train|run)/],
  },
];

describe('bad input', () => {
  it.each(cases)('$name is told as a mistake, and nothing is half-written', async ({ args, files, says, trained }) => {
    const folder = await project(files);
    const { exitCode, stdout, stderr } = await touchstone(folder, ...(args ?? ['run']));
    expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
    for (const said of says) expect(stderr).toMatch(said);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(await leftovers(folder)).toEqual(trained ? ['candidates'] : []);
  });

  it('a folder without a configuration is told what to write', async () => {
    const folder = await project();
    const { exitCode, stderr } = await touchstone(path.join(folder, '..'), 'run');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('touchstone.yml');
  });

  it('a refused look leaves no verdict behind', async () => {
    const folder = await project({ 'train.py': TRAIN.replace('for row in rows:', 'for row in rows[3:]:') });
    await touchstone(folder, 'run');
    expect(await readdir(path.join(folder, '.touchstone')).then((names) => names.includes('registry'))).toBe(false);
  });
});

/** What a failed command must not leave: a candidate, a report, or a folder of work. */
async function leftovers(folder: string): Promise<readonly string[]> {
  const names = await readdir(path.join(folder, '.touchstone'), { recursive: true }).catch(() => []);
  const kinds = names.flatMap((name) => /^(candidates|runs|work|registry)[\\/]./.exec(name)?.[1] ?? []);
  return [...new Set(kinds)];
}
