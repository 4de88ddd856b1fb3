import { randomUUID } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { endless, model } from '../adapters/onnxGraph.ts';
import { bundle, CONFIG, DATA, project, touchstone, TRAIN } from './touchstone.ts';

interface Running {
  readonly processId: number;
  /** Resolves once stderr holds the text. */
  says(text: string): Promise<void>;
  /** Sends a signal and waits for the end. */
  interrupt(signal?: NodeJS.Signals): Promise<Interrupted>;
  send(signal: NodeJS.Signals, to?: 'group'): void;
  readonly ended: Promise<Interrupted>;
  /** Processes that it started and that run still; Linux alone tells. */
  left(): Promise<readonly string[]>;
}

interface Interrupted {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** From the signal to the end. */
  readonly seconds: number;
}

/** Runs the built command line in a group of its own, marked so that all its descendants can be found. */
function start(folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  // Of the variables that a training command is handed on.
  const mark = `LC_TOUCHSTONE_TEST=${randomUUID()}`;
  const [name = '', value = ''] = mark.split('=');
  const child = execa(process.execPath, [bundle, ...args], {
    cwd: folder,
    reject: false,
    detached: true,
    env: { NO_COLOR: '1', CI: '', ...env, [name]: value },
  });
  let signalledMs = performance.now();
  const ended = child.then(({ exitCode, signal, stdout, stderr }) => ({
    exitCode,
    signal,
    stdout,
    stderr,
    seconds: (performance.now() - signalledMs) / 1000,
  }));
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const processId = child.pid ?? 0;
  const send: Running['send'] = (signal, to) => {
    signalledMs = performance.now();
    if (to === 'group') process.kill(-processId, signal);
    else child.kill(signal);
  };
  return {
    processId,
    ended,
    send,
    async says(text) {
      while (!said.includes(text)) {
        if (child.exitCode !== null) throw new Error(`It ended, and never said "${text}":\n${said}`);
        await sleep(10);
      }
    },
    interrupt(signal = 'SIGINT') {
      send(signal);
      return ended;
    },
    left: () => descendants(processId, mark),
  };
}

async function descendants(group: number, mark: string): Promise<readonly string[]> {
  if (process.platform !== 'linux') return [];
  const found: string[] = [];
  for (const id of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = (file: string): Promise<string> => readFile(`/proc/${id}/${file}`, 'latin1').catch(() => '');
    const [stat, environment, command] = await Promise.all([read('stat'), read('environ'), read('cmdline')]);
    const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X' || state === undefined || state === '') continue;
    if (Number(pgrp) === group || environment.split('\0').includes(mark)) found.push(command.replaceAll('\0', ' '));
  }
  return found;
}

/** Nothing half-written is left, and the next run comes to a verdict. */
async function expectSound(folder: string): Promise<void> {
  const left = await readdir(path.join(folder, '.touchstone'), { recursive: true }).catch(() => []);
  // What is written beside its place first is named by its process: <number>-<host>-<random>.
  expect(left.filter((name) => /\d+-[0-9a-f]{8}-[0-9a-f]{12}/.test(name))).toEqual([]);
  expect(left).not.toContain('lock');
  for (const [name, text] of Object.entries({ 'train.py': TRAIN, 'touchstone.yml': CONFIG, 'data.csv': DATA })) {
    await writeFile(path.join(folder, name), text);
  }
  const next = await touchstone(folder, 'run');
  expect(next.exitCode, next.stderr).toBe(0);
  expect((await touchstone(folder, 'registry', 'verify')).exitCode).toBe(0);
}

function expectCalm({ exitCode, stdout, stderr }: Interrupted): void {
  expect(exitCode, stderr).toBe(130);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/(^|\n)Interrupted\.$/);
  // What training says is indented, and Python may well tell of its interruption there.
  expect(stderr.replaceAll(/^ {2}.*$/gm, '')).not.toMatch(/bug in Touchstone|Error/);
}

/** 400,000 rows of 12 columns: seconds of reading on any machine. */
function bigData(): string {
  const names = Array.from({ length: 10 }, (_, column) => `f${column}`);
  const values = Array.from({ length: 100 }, (_, at) => names.map((_name, column) => (at + column) / 7).join(','));
  const rows = Array.from(
    { length: 400_000 },
    (_, at) => `${at},${values[at % 100]},${at % 100},${at % 2 ? 'yes' : 'no'}`,
  );
  return `id,${names.join(',')},x,label\n${rows.join('\n')}\n`;
}

describe('Ctrl-C', () => {
  it('while data are read', async () => {
    const folder = await project({ 'data.csv': bigData() });
    const running = start(folder, ['run']);
    await running.says('Reading the data of churn');
    await sleep(800);
    const end = await running.interrupt();
    expectCalm(end);
    expect(end.stderr).not.toContain('Writing the training data');
    expect(end.seconds).toBeLessThan(2);
    expect(await running.left()).toEqual([]);
    await expectSound(folder);
  });

  it('while it waits for another run, which goes on', async () => {
    const folder = await project({ 'train.py': `import time; print("asleep", flush=True); time.sleep(3)\n${TRAIN}` });
    const first = start(folder, ['run']);
    await first.says('asleep');
    const second = start(folder, ['run']);
    await second.says('Another touchstone run (process');
    const end = await second.interrupt();
    expectCalm(end);
    expect(end.seconds).toBeLessThan(1);
    expect(await first.ended).toMatchObject({ exitCode: 0 });
    await expectSound(folder);
  });

  it('while a set-up command runs', async () => {
    const setup = `setup: { command: [python3, -c, "import time; print('setting up', flush=True); time.sleep(100)"] }`;
    const folder = await project({ 'touchstone.yml': CONFIG.replace('timeout: 60s', `timeout: 60s\n      ${setup}`) });
    const running = start(folder, ['train']);
    await running.says('setting up');
    expectCalm(await running.interrupt());
    expect(await running.left()).toEqual([]);
    await expectSound(folder);
  });

  it('while packages are installed from an index that does not answer', async () => {
    let asked = (): void => undefined;
    const asking = new Promise<void>((resolve) => (asked = resolve));
    const index = createServer(() => asked());
    await new Promise<void>((resolve) => void index.listen(0, '127.0.0.1', resolve));
    const { port } = index.address() as AddressInfo;
    try {
      const cache = await project();
      const folder = await project({
        'requirements.txt': 'numpy\n',
        'touchstone.yml': CONFIG.replace(
          'timeout: 60s',
          'timeout: 60s\n      setup: { requirements: requirements.txt }',
        ),
      });
      const running = start(folder, ['train'], {
        TOUCHSTONE_CACHE_DIR: path.join(cache, 'cache'),
        PIP_INDEX_URL: `http://127.0.0.1:${port}/simple`,
        PIP_CONFIG_FILE: '/dev/null',
        NO_PROXY: '127.0.0.1',
        no_proxy: '127.0.0.1',
      });
      await asking;
      expectCalm(await running.interrupt());
      expect(await running.left()).toEqual([]);
      const left = await readdir(path.join(cache, 'cache', 'venvs'), { recursive: true });
      expect(left.filter((name) => name.includes(path.sep))).toEqual([]);
      await expectSound(folder);
    } finally {
      index.closeAllConnections();
      index.close();
    }
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('as %s while it trains, with what training started', async (signal) => {
    const script = `import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)"], start_new_session=True)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)"])
print("asleep", flush=True)
import time; time.sleep(100)`;
    const folder = await project({ 'train.py': script });
    const running = start(folder, ['run']);
    await running.says('asleep');
    expectCalm(await running.interrupt(signal));
    expect(await running.left()).toEqual([]);
    expect(await readdir(path.join(folder, '.touchstone'))).not.toContain('candidates');
    await expectSound(folder);
  });

  it('of the whole group, as on a terminal, while a model answers that would never end', async () => {
    const rows = Array.from({ length: 200 }, (_, at) => `${at},${at % 7},${at % 11},${at % 13}`);
    const folder = await project({
      'data.csv': `id,a,b,y\n${rows.join('\n')}\n`,
      'endless.onnx': model(endless()),
      'touchstone.yml': `version: 1
models:
  churn:
    task: regression
    target: y
    id: id
    features: [a, b]
    data: { train: data.csv, split: { by: id, holdout: 50% } }
    metrics: [mae]
    gates: [{ metric: mae, max: 100 }]
`,
    });
    const running = start(folder, ['evaluate', '--candidate', 'endless.onnx']);
    await running.says('Judging churn');
    if (process.platform === 'linux') {
      await expect
        .poll(() => running.left(), { timeout: 20_000 })
        .toContainEqual(expect.stringContaining('model-child'));
    }
    await sleep(1000);
    running.send('SIGINT', 'group');
    const end = await running.ended;
    expectCalm(end);
    expect(end.seconds).toBeLessThan(3);
    expect(await running.left()).toEqual([]);
    await expectSound(folder);
  });

  it('a second time ends at once, and what was started ends too', async () => {
    const script = `import signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(100)`;
    const folder = await project({ 'train.py': script });
    const running = start(folder, ['run']);
    await running.says('deaf');
    running.send('SIGINT');
    await sleep(300);
    const end = await running.interrupt('SIGINT');
    expect(end.exitCode).toBe(130);
    expect(end.seconds).toBeLessThan(1);
    await expect.poll(() => running.left(), { timeout: 12_000 }).toEqual([]);
    await writeFile(path.join(folder, 'train.py'), TRAIN);
    // What it left is swept by the next run, which waits for nobody.
    expect(await touchstone(folder, 'run')).toMatchObject({ exitCode: 0 });
    await expectSound(folder);
  });

  it('at any moment of a run', async () => {
    const folder = await project();
    // One in each part of what a run takes, from its start to the writing of its reports.
    for (let delayMs = 100; delayMs <= 1900; delayMs += 150) {
      await writeFile(path.join(folder, 'train.py'), `${TRAIN}# ${delayMs}\n`);
      const running = start(folder, ['run']);
      await sleep(delayMs);
      const end = await running.interrupt();
      // Node's own start is before anybody listens; what had come to its end before the signal is done.
      expect([0, 130, undefined], end.stderr).toContain(end.exitCode);
      if (end.exitCode === undefined) expect(end.signal).toBe('SIGINT');
      if (end.exitCode === 130) expectCalm(end);
      expect(await running.left()).toEqual([]);
    }
    await expectSound(folder);
  });
});

describe('kill -9', () => {
  it('while it trains leaves nobody behind, and nobody waiting', async () => {
    const folder = await project({ 'train.py': 'import time; print("asleep", flush=True); time.sleep(100)' });
    const running = start(folder, ['run']);
    await running.says('asleep');
    expect(await running.interrupt('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    await expect.poll(() => running.left(), { timeout: 12_000 }).toEqual([]);
    await writeFile(path.join(folder, 'train.py'), TRAIN);
    const startedMs = performance.now();
    expect(await touchstone(folder, 'run')).toMatchObject({ exitCode: 0 });
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    await expectSound(folder);
  });
});
