import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { commandRunner } from '../../../src/adapters/training/commandRunner.ts';
import { ServiceFailure } from '../../../src/failure.ts';
import type { CommandOutcome, CommandRequest, OutputLine } from '../../../src/training/commandRun.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';

const GRACE = { interruptMs: 200, terminateMs: 200 };
const PATH = process.env['PATH'] ?? '';

interface Told extends CommandOutcome {
  readonly lines: readonly OutputLine[];
  readonly log: string;
}

async function run(
  command: readonly [string, ...string[]],
  more: Partial<CommandRequest> & { readonly environment?: Record<string, string> } = {},
): Promise<Told> {
  const folder = await temporaryFolder();
  const log = path.join(folder, 'log');
  const lines: OutputLine[] = [];
  const request = { command, folder, timeoutSeconds: 20, log, onLine: (line: OutputLine) => lines.push(line), ...more };
  const outcome = await commandRunner(GRACE).run({ ...request, environment: { PATH, ...more.environment } });
  return { ...outcome, lines, log: await readFile(log, 'utf8').catch(() => '') };
}
const shell = (script: string, more?: Parameters<typeof run>[1]): Promise<Told> => run(['sh', '-c', script], more);

/** Processes that were told to carry this word among their arguments, zombies apart. */
async function living(word: string): Promise<string[]> {
  const found: string[] = [];
  for (const id of await readdir('/proc')) {
    if (!/^\d+$/.test(id) || Number(id) === process.pid) continue;
    const line = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(word)) found.push(`${id} ${line.replaceAll('\0', ' ')}`);
  }
  return found;
}

/** Waits, so that a loaded machine does not decide the test. */
async function none(word: string): Promise<string[]> {
  for (let attempt = 0; attempt < 50 && (await living(word)).length > 0; attempt += 1) await sleep(100);
  return living(word);
}

let count = 0;
/** A word that no other process carries: a length of sleep. */
const unique = (): string => `${3600 + process.pid}.${(count += 1)}`;

describe('running a command', () => {
  it('hands its lines on as they come, and keeps every byte in the log', async () => {
    const { end, lines, log, lastLines } = await shell('echo one; printf "10%%\\r20%%\\r"; printf "two"');
    expect(end).toEqual({ kind: 'exited', code: 0 });
    expect(lines.map((line) => line.text)).toEqual(['one', '10%', '20%', 'two']);
    expect(log).toBe('one\n10%\r20%\rtwo');
    expect(lastLines).toEqual(['one', 'two']);
  });

  it('tells the two streams apart', async () => {
    const { lines } = await shell('echo out; echo err >&2');
    expect(new Set(lines.map((line) => `${line.stream} ${line.text}`))).toEqual(new Set(['stdout out', 'stderr err']));
  });

  it('hands a line on while the command still runs', async () => {
    const stop = new AbortController();
    const { end } = await shell('echo ready; sleep 20', { onLine: () => stop.abort(), signal: stop.signal });
    expect(end).toEqual({ kind: 'cancelled' });
  });

  it('gives it this environment and no other, and no input', async () => {
    const { log } = await run(
      [process.execPath, '-e', 'console.log(JSON.stringify(process.env)); process.stdin.resume()'],
      {
        environment: { TOUCHSTONE_SEED: '7' },
      },
    );
    expect(Object.keys(JSON.parse(log) as object).toSorted()).toEqual(
      expect.arrayContaining(['PATH', 'TOUCHSTONE_PROCESS_MARK', 'TOUCHSTONE_SEED']),
    );
    expect(log).not.toContain('VITEST');
    expect(log).not.toContain('"HOME"');
  });

  it('starts it without a shell: nothing is expanded', async () => {
    expect((await run(['echo', '$PATH; exit 1', '*'])).log).toBe('$PATH; exit 1 *\n');
  });

  it('keeps memory bounded by what it keeps: the last 200 lines', async () => {
    const { lastLines, lines } = await shell('i=0; while [ $i -lt 1000 ]; do echo $i; i=$((i+1)); done');
    expect(lines.length).toBe(1000);
    expect(lastLines.length).toBe(200);
    expect(lastLines.at(-1)).toBe('999');
  });

  it('says how it ended', async () => {
    expect((await shell('exit 3')).end).toEqual({ kind: 'exited', code: 3 });
    expect((await shell('kill -9 $$')).end).toEqual({ kind: 'killed', signal: 'SIGKILL' });
    expect((await run(['no-such-program'])).end).toEqual({ kind: 'not-found' });
    const folder = await temporaryFolder({ 'plain.txt': 'echo hello' });
    expect((await run([path.join(folder, 'plain.txt')])).end).toEqual({
      kind: 'not-started',
      reason: 'it is not executable',
    });
  });

  it('does not start what was cancelled before', async () => {
    const { end, lines } = await shell('echo started', { signal: AbortSignal.abort() });
    expect(end).toEqual({ kind: 'cancelled' });
    expect(lines).toEqual([]);
  });

  it('fails as a service where the log cannot be written, and leaves nothing running', async () => {
    const word = unique();
    await expect(shell(`sleep ${word}`, { log: '/nonexistent/log' })).rejects.toThrow(ServiceFailure);
    await expect(shell(`echo x; sleep ${word}`, { log: '/dev/full' })).rejects.toThrow('the log cannot be written');
    expect(await none(word)).toEqual([]);
  });

  it('ends the command where the listener throws', async () => {
    const word = unique();
    const onLine = (): void => {
      throw new Error('a fault of ours');
    };
    await expect(shell(`echo x; sleep ${word}`, { onLine })).rejects.toThrow('a fault of ours');
    expect(await none(word)).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('ending a command', () => {
  it('is a SIGINT first: one that obeys may tidy up', async () => {
    const { end, lines } = await shell('trap "echo saved; exit 0" INT; echo ready; while :; do sleep 0.05; done', {
      timeoutSeconds: 0.5,
    });
    expect(end).toEqual({ kind: 'timed-out' });
    expect(lines.map((line) => line.text)).toContain('saved');
  });

  it('is a SIGTERM then', async () => {
    const { lines } = await shell('trap "" INT; trap "echo told; exit 0" TERM; while :; do sleep 0.05; done', {
      timeoutSeconds: 0.5,
    });
    expect(lines.map((line) => line.text)).toContain('told');
  });

  it.runIf(process.platform === 'linux')('is a SIGKILL at last, for children and strays too', async () => {
    const word = unique();
    const stubborn = `trap "" INT TERM; (trap "" INT TERM; sleep ${word}) & setsid sleep ${word} & sleep ${word}; sleep ${word}`;
    const startedMs = performance.now();
    const { end } = await shell(stubborn, { timeoutSeconds: 0.5 });
    expect(end).toEqual({ kind: 'timed-out' });
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    expect(await none(word)).toEqual([]);
  });

  it('lets what a command leaves behind tidy up', async () => {
    const { lines } = await shell('(trap "echo tidied; exit 0" TERM; while :; do sleep 0.02; done) & sleep 0.2');
    expect(lines.map((line) => line.text)).toContain('tidied');
  });

  it.runIf(process.platform === 'linux')('spares nothing that a command leaves behind when it ends well', async () => {
    const word = unique();
    const { end } = await shell(`sleep ${word} & setsid sleep ${word} & echo done`);
    expect(end).toEqual({ kind: 'exited', code: 0 });
    expect(await none(word)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('happens also where this process itself is killed', async () => {
    const word = unique();
    const folder = await temporaryFolder();
    const runner = path.resolve('src/adapters/training/commandRunner.ts');
    const script = `
      import { commandRunner } from ${JSON.stringify(runner)};
      await commandRunner(${JSON.stringify(GRACE)}).run({
        command: ['sh', '-c', 'trap "" INT TERM; echo ready; sleep ${word}; sleep ${word}'],
        folder: ${JSON.stringify(folder)}, environment: { PATH: process.env.PATH }, timeoutSeconds: 60,
        log: ${JSON.stringify(path.join(folder, 'log'))}, onLine: () => process.kill(process.pid, 'SIGKILL'),
      });`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    const [, signal] = (await once(parent, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    expect(await none(word)).toEqual([]);
  });
});
