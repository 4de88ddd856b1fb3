import { execFileSync } from 'node:child_process';
import { chmod, mkdir, open, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { fakeProcess } from '../fakes/process.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
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

const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 1\n`;
const NOISE = Uint8Array.from({ length: 3000 }, (_, index) => (index * 7919) % 251);
const GZIP = gzipSync(DATA);
const LONG = 'n'.repeat(10_000);
const trainsOn = (name: string): string => CONFIG.replace('train: data.csv', `train: ${name}`);
const named = (name: string, content: string | Uint8Array): DataCase['files'] => ({
  'touchstone.yml': trainsOn(name),
  [name]: content,
});
const header = (names: string): DataCase['files'] => ({ 'data.csv': DATA.replace('id,x,region,label', names) });
const bytes = (...parts: readonly (string | Uint8Array)[]): Uint8Array =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));

interface DataCase {
  readonly name: string;
  readonly files: { readonly [name: string]: string | Uint8Array };
  /** What files alone cannot say. */
  readonly make?: (folder: string) => Promise<unknown>;
  /** What is said of it; absent where it can be worked with. */
  readonly says?: RegExp;
  /** It can be read, and is not as data must be. */
  readonly anomaly?: true;
}

const dataCases: readonly DataCase[] = [
  // Encodings
  { name: 'an empty file', files: { 'data.csv': '' }, says: /data\.csv: the file is empty\. .* Write the file again/ },
  { name: 'only a byte order mark', files: { 'data.csv': '\ufeff' }, says: /the file is empty/ },
  { name: 'only line ends', files: { 'data.csv': '\n\n\n' }, says: /data\.csv:1: the header line is empty/ },
  { name: 'a header alone', files: { 'data.csv': 'id,x,region,label\n' }, says: /there are no rows/, anomaly: true },
  { name: 'a byte order mark', files: { 'data.csv': `\ufeff${DATA}` } },
  {
    name: 'Latin-1',
    files: { 'data.csv': Buffer.from(DATA.replaceAll('north', 'n\u00f6rth'), 'latin1') },
    says: /data\.csv:2: a value is not UTF-8\. .*iconv -f LATIN1/,
  },
  {
    name: 'UTF-16',
    files: { 'data.csv': Buffer.from(`\ufeff${DATA}`, 'utf16le') },
    says: /the text is UTF-16\. .*iconv -f UTF-16 -t UTF-8/,
  },
  {
    name: 'UTF-16 without a mark',
    files: { 'data.csv': Buffer.from(DATA, 'utf16le') },
    says: /the text is UTF-16\. .*iconv -f UTF-16/,
  },
  {
    name: 'UTF-16 of the other order without a mark',
    files: { 'data.csv': Buffer.from(DATA, 'utf16le').swap16() },
    says: /the text is UTF-16/,
  },
  { name: 'zeros', files: { 'data.csv': new Uint8Array(5000) }, says: /the file holds zeros and no text/ },

  // Shapes
  { name: 'semicolons', files: { 'data.csv': DATA.replaceAll(',', ';') } },
  { name: 'tabs', files: { 'data.csv': DATA.replaceAll(',', '\t') } },
  { name: 'bars', files: { 'data.csv': DATA.replaceAll(',', '|') } },
  { name: 'line ends of Windows', files: { 'data.csv': DATA.replaceAll('\n', '\r\n') } },
  { name: 'line ends of old Macs', files: { 'data.csv': DATA.replaceAll('\n', '\r') } },
  {
    name: 'decimal commas between commas',
    files: { 'data.csv': DATA.replaceAll(/,(\d+),/g, ',$1,5,') },
    says: /data\.csv:2: 5 values in a row, separated by a comma\. Expected 4/,
  },
  {
    name: 'decimal commas between semicolons',
    files: { 'data.csv': DATA.replaceAll(',', ';').replaceAll(/;(\d+);/g, ';$1,5;') },
  },
  {
    name: 'a quote that is never closed',
    files: { 'data.csv': DATA.replace('north', '"north') },
    says: /data\.csv:2: a quoted value never ends/,
  },
  {
    name: 'a quote in the header that is never closed',
    files: header('id,x,"region,label'),
    says: /data\.csv:1: a quoted name in the header never ends/,
  },
  {
    name: 'a line of 60 MB at the end',
    files: {},
    make: (folder) => writeFile(path.join(folder, 'data.csv'), `${DATA}401,1,${'z'.repeat(60_000_000)},yes\n`),
    says: /data\.csv: a line is longer than 2 MB/,
  },
  {
    name: 'a header of 5 MB',
    files: { 'data.csv': 'z'.repeat(5_000_000) },
    says: /data\.csv:1: the header line is longer than \d+ bytes/,
  },

  // Names
  { name: 'a name twice', files: header('id,x,x,label'), says: /there is a column "x" twice\. Rename/ },
  {
    name: 'a name that is empty',
    files: header('id,x,,label'),
    says: /column 3 has no name\. .*to_csv\(index=False\)/,
  },
  { name: 'names that differ in case', files: header('id,x,X,label'), says: /"X" beside "x"/ },
  { name: 'a name that is SQL', files: header(`id,x,"x""'; DROP TABLE marks; --",label`) },
  { name: 'a name that is Markdown', files: header('id,x,"**b** [a](http://b) <img> \\| `x`",label') },
  { name: 'a name of 10,000 characters', files: header(`id,x,${LONG},label`) },
  {
    name: 'a name of 10,000 characters twice',
    files: header(`id,${LONG},${LONG},label`),
    says: /there is a column "n{50,100}…" twice/,
  },
  {
    name: 'five hundred names twice',
    files: { 'data.csv': `${Array.from({ length: 1000 }, (_, at) => `c${at % 500}`).join(',')}\n` },
    says: /"c9" twice.*\n.*490 more columns have the same problem/,
  },

  // Values
  {
    name: 'a target that is constant',
    files: { 'data.csv': DATA.replaceAll(',no', ',yes') },
    says: /is "yes" in all rows/,
    anomaly: true,
  },
  {
    name: 'a target that is nowhere',
    files: { 'data.csv': DATA.replaceAll(/,(yes|no)$/gm, ',') },
    says: /189 of 189 rows have no "label", the target/,
    anomaly: true,
  },
  { name: 'a column without a value', files: { 'data.csv': DATA.replaceAll(/north|south/g, '') } },
  {
    name: 'odd numbers',
    files: { 'data.csv': DATA.replace(',0,', ',1_000,').replace(',37,', ',1e999,').replace(',74,', ',-inf,') },
  },
  { name: 'a NUL in a value', files: { 'data.csv': DATA.replace('north', 'no\0rth') } },
  { name: 'German dates', files: { 'data.csv': DATA.replaceAll('north', '31.05.2024') } },
  {
    name: 'German dates to split by',
    files: {
      'touchstone.yml': CONFIG.replace(
        'split: { by: id, holdout: 50% }',
        'split: { by: time, holdout: "2024-01-15" }',
      ).replace('id: id', 'id: id\n    time: region'),
      'data.csv': DATA.replaceAll(/north|south/g, '31.05.2024'),
    },
    says: /holds strings, such as "31\.05\.2024"\. Expected dates or times in ISO 8601/,
  },

  // What it is not
  { name: 'a Git LFS pointer', files: { 'data.csv': LFS }, says: /a Git LFS pointer: .*git lfs pull/ },
  { name: 'a Git LFS pointer for Parquet', files: named('data.parquet', LFS), says: /a Git LFS pointer/ },
  { name: 'gzip in disguise', files: { 'data.csv': GZIP }, says: /the bytes are gzip .* Add \.gz to the name/ },
  { name: 'no gzip in disguise', files: named('data.csv.gz', DATA), says: /ends in \.gz and the bytes are no gzip/ },
  {
    name: 'gzip that is cut off',
    files: named('data.csv.gz', GZIP.subarray(0, GZIP.length / 2)),
    says: /the gzip is broken or cut off/,
  },
  {
    name: 'noise called Parquet',
    files: named('data.parquet', NOISE),
    says: /the name says Parquet and the bytes are none/,
  },
  {
    name: 'noise in the frame of Parquet',
    files: named('data.parquet', bytes('PAR1', NOISE, 'PAR1')),
    says: /the name says Parquet and the bytes are none, or damaged/,
  },
  {
    name: 'a workbook called CSV',
    files: { 'data.csv': bytes('PK\u0003\u0004', NOISE) },
    says: /an Excel workbook or a zip archive.*"CSV UTF-8"/,
  },
  {
    name: 'a web page called CSV',
    files: { 'data.csv': '<!DOCTYPE html>\n<html><title>Sign in, please</title></html>\n' },
    says: /a web page or XML\. .*Download the file again/,
  },
  { name: 'JSON called CSV', files: { 'data.csv': '{"id":1,"x":2}\n' }, says: /the text is JSON.*\.ndjson/ },

  // Files
  {
    name: 'a folder',
    files: {},
    make: (folder) => replaceData(folder, (file) => mkdir(file)),
    says: /"data\.csv" is a folder.*\*\.csv/,
  },
  {
    name: 'a pipe',
    files: {},
    make: (folder) => replaceData(folder, (file) => Promise.resolve(execFileSync('mkfifo', [file]))),
    says: /"data\.csv" is neither a file nor a folder/,
  },
  {
    name: 'a link to itself',
    files: {},
    make: (folder) => replaceData(folder, (file) => symlink('data.csv', file)),
    says: /a link that leads nowhere/,
  },
  {
    name: 'a glob that matches nothing',
    files: { 'touchstone.yml': trainsOn('"nope/*.csv"') },
    says: /no file matches "nope\/\*\.csv"/,
  },
  {
    name: 'a glob through a link to its own folder',
    files: { 'touchstone.yml': trainsOn('"**/*.csv"') },
    make: (folder) => symlink('.', path.join(folder, 'loop'), 'dir'),
  },
  {
    name: 'a glob that matches too much',
    files: { 'touchstone.yml': trainsOn('"m/*.csv"') },
    make: async (folder) => {
      await mkdir(path.join(folder, 'm'));
      for (let at = 0; at < 300; at += 1) await writeFile(path.join(folder, 'm', `${at}.csv`), `a${at},b\n1,2\n`);
    },
    says: /m\/1\.csv: the columns are not those of m\/0\.csv.*\n(.*\n)+.*this file and 288 after it were not looked at/,
  },
  {
    name: 'a name that is not UTF-8',
    files: { 'touchstone.yml': trainsOn('"d/*.csv"') },
    make: async (folder) => {
      await mkdir(path.join(folder, 'd'));
      await writeFile(
        Buffer.concat([Buffer.from(path.join(folder, 'd/caf')), Buffer.from([0xe9]), Buffer.from('.csv')]),
        DATA,
      );
    },
    says: /the name of the file "d\/caf.\.csv" is not UTF-8.*Rename the file/,
  },

  // Configurations
  {
    name: 'a configuration that stands for a billion values',
    files: {
      'touchstone.yml': `a: &a [${'x,'.repeat(9)}x]\n${Array.from('bcdefghij', (name, at) => `${name}: &${name} [${`*${'abcdefghi'[at]},`.repeat(9)}x]`).join('\n')}\n${CONFIG}`,
    },
    says: /touchstone\.yml:\d+:\d+: .*more than 50000 values/,
  },
  {
    name: 'a configuration with a key twice',
    files: { 'touchstone.yml': `${CONFIG}    target: x\n` },
    says: /"target" is given twice, first in line 5/,
  },
  {
    name: 'a configuration with tabs',
    files: { 'touchstone.yml': CONFIG.replaceAll('  ', '\t') },
    says: /Tabs are not allowed/,
  },
  {
    name: 'a configuration of 50 MB',
    files: { 'touchstone.yml': `${CONFIG}#${'x'.repeat(50_000_000)}` },
    says: /a file of 50000\d+ bytes/,
  },
  {
    name: 'a configuration that is a folder',
    files: {},
    make: async (folder) => {
      await rm(path.join(folder, 'touchstone.yml'));
      await mkdir(path.join(folder, 'touchstone.yml'));
    },
    says: /touchstone\.yml: a folder\. Expected a YAML file/,
  },
];

describe('data', () => {
  it.each(dataCases)('that are $name are read, or told of in a few words', async ({ files, make, says, anomaly }) => {
    const folder = await project(files);
    await make?.(folder);
    const { exitCode, stdout, stderr } = await touchstone(folder, 'validate');
    const said = `${stdout}\n${stderr}`;
    expect(said).not.toMatch(/^\s+at .*:\d+:\d+/m);
    expect(said.length).toBeLessThan(5000);
    expect(exitCode, said).toBe(says === undefined ? 0 : anomaly ? 1 : 2);
    if (says !== undefined) expect(said).toMatch(says);
    expect(await leftovers(folder)).toEqual([]);
  });

  it.each(
    dataCases.filter(({ name }) => /^(Latin-1|UTF-16|a name twice|noise called|a pipe|a name that is SQL)/.test(name)),
  )('that are $name are no other to a run', async ({ files, make, says }) => {
    const folder = await project(files);
    await make?.(folder);
    const { exitCode, stderr } = await touchstone(folder, 'run');
    expect(exitCode, stderr).toBe(says === undefined ? 0 : 2);
    if (says !== undefined) {
      expect(stderr).toMatch(says);
      expect(await leftovers(folder)).toEqual([]);
    }
  });

  it('are no other to init, which writes nothing beside them', async () => {
    const told: { readonly [name: string]: RegExp } = {
      'a target that is constant': /the target is "yes" in all 400 rows/,
      'a folder': /"data\.csv" is no file/,
      'a pipe': /"data\.csv" is no file/,
      'a link to itself': /there is no file "data\.csv"/,
    };
    const read = new Set<string>();
    for (const { name, files, make, says } of dataCases) {
      // Those of a configuration, of a glob, and of a target that is another one to init.
      const configured = files['touchstone.yml'] !== undefined;
      if (configured && !/^(noise|no gzip|gzip that|a Git LFS)/.test(name)) continue;
      if (/^(a configuration|a header alone|a column without|a target that is nowhere)/.test(name)) continue;
      const folder = await temporaryFolder({ 'data.csv': DATA, ...files });
      await rm(path.join(folder, 'touchstone.yml'), { force: true });
      await make?.(folder);
      const data = Object.keys(files).find((file) => /\.(parquet|gz)$/.test(file)) ?? 'data.csv';
      const before = await readdir(folder);
      const { exitCode, said } = await initInside(folder, '--data', data, '--dry-run');
      expect([name, exitCode, said], said).toEqual([name, says === undefined ? 0 : 2, said]);
      expect(said.length, name).toBeLessThan(20_000 + 2 * LONG.length);
      expect(said).not.toMatch(/^\s+at .*:\d+:\d+/m);
      if (says !== undefined) expect(said, name).toMatch(told[name] ?? says);
      expect(await readdir(folder)).toEqual(before);
      read.add(name);
    }
    expect(read.size).toBeGreaterThan(40);
  });

  it.runIf(process.getuid?.() !== 0)('that may not be read are told of', async () => {
    const folder = await project();
    await chmod(path.join(folder, 'data.csv'), 0);
    const { exitCode, stderr } = await touchstone(folder, 'validate');
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/data\.csv: the file cannot be opened \(EACCES\)/)]);
  });

  it('that grow while they are read are read or told of', async () => {
    const folder = await project();
    const file = await open(path.join(folder, 'data.csv'), 'a');
    let row = 400;
    const growing = setInterval(() => void file.write(`${(row += 1)},1,north,yes\n`), 5);
    const { exitCode, stderr } = await touchstone(folder, 'run');
    clearInterval(growing);
    await file.close();
    expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
    expect([0, 1, 2]).toContain(exitCode);
    expect(row).toBeGreaterThan(420);
  });
});

/** Inside of this process: a start of the command line for each case would take longer than the case. */
async function initInside(cwd: string, ...args: readonly string[]): Promise<{ exitCode: number; said: string }> {
  const inside = fakeProcess(['init', '--yes', '--target', 'label', ...args], { cwd });
  const exitCode = await runCli(inside);
  return { exitCode, said: `${inside.out()}\n${inside.err()}` };
}

async function replaceData(folder: string, make: (file: string) => Promise<unknown>): Promise<void> {
  const file = path.join(folder, 'data.csv');
  await rm(file);
  await make(file);
}

/** What a failed command must not leave: a candidate, a report, or a folder of work. */
async function leftovers(folder: string): Promise<readonly string[]> {
  const names = await readdir(path.join(folder, '.touchstone'), { recursive: true }).catch(() => []);
  const kinds = names.flatMap((name) => /^(candidates|runs|work|registry)[\\/]./.exec(name)?.[1] ?? []);
  return [...new Set(kinds)];
}
