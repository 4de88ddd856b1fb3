import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { during, Progress } from '../../src/workbench/progress.ts';
import { describeAdvance, duration, fitted, plainLine } from '../../src/workbench/progressText.ts';
import { Terminal, type Process } from '../../src/workbench/terminal.ts';
import { widthOf } from '../../src/report/columns.ts';
import { fakeProcess } from '../fakes/process.ts';

const ESCAPE = String.fromCharCode(27);
const CLEARED = `\r${ESCAPE}[2K`;

/** What was written to stderr, each time. */
function terminal(
  given: {
    readonly columns?: number;
    readonly tty?: boolean;
    readonly env?: Process['env'];
    readonly quiet?: boolean;
  } = {},
): { readonly terminal: Terminal; readonly written: string[]; readonly out: string[] } {
  const written: string[] = [];
  const out: string[] = [];
  const process: Process = {
    ...fakeProcess([], { env: given.env ?? { NO_COLOR: '1' } }),
    stdout: { write: (text) => out.push(text), isTTY: given.tty ?? true },
    stderr: { write: (text) => written.push(text), isTTY: given.tty ?? true, columns: given.columns ?? 80 },
  };
  return { terminal: new Terminal(process, { quiet: given.quiet ?? false }), written, out };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('progress on a terminal', () => {
  it('is one line with a bar, a rate and the time that is left, and is gone in the end', () => {
    const { terminal: shown, written, out } = terminal();
    const progress = new Progress(shown, 'Judging churn', () => Date.now());
    vi.advanceTimersByTime(4000);
    progress.at({ kind: 'count', done: 50_000, all: 200_000, unit: 'rows' });
    vi.advanceTimersByTime(1000);
    progress.end();
    expect(written.at(0)).toBe(`${CLEARED}Judging churn`);
    expect(written.at(-2)).toBe(`${CLEARED}Judging churn  █████░░░░░░░░░░░░░░░  25 %  10 k rows/s  15 s left`);
    expect(written.at(-1)).toBe(CLEARED);
    expect(written.join('')).not.toContain('\n');
    vi.advanceTimersByTime(5000);
    expect(written.at(-1)).toBe(CLEARED);
    expect(out).toEqual([]);
  });

  it('is the time that it has taken, and the last line that the work wrote, dimmed', () => {
    const { terminal: shown, written } = terminal({ env: { FORCE_COLOR: '1' } });
    const progress = new Progress(shown, 'Training churn', () => Date.now());
    progress.said(`${ESCAPE}[31mepoch 3${ESCAPE}[0m\tloss 0.2`);
    vi.advanceTimersByTime(65_000);
    expect(written.at(-1)).toBe(`${CLEARED}Training churn  1 min 5 s${ESCAPE}[2m  epoch 3 loss 0.2${ESCAPE}[22m`);
    progress.end();
  });

  it('never takes more than the width, however wide its characters are', () => {
    for (const columns of [20, 21, 40]) {
      const { terminal: shown, written } = terminal({ columns });
      const progress = new Progress(shown, 'Training 模型', () => Date.now());
      progress.said('損失 0.1 '.repeat(40));
      vi.advanceTimersByTime(1000);
      for (const line of written) expect(widthOf(line.replace(CLEARED, ''))).toBeLessThan(columns);
      progress.end();
    }
  });

  it('makes room for what is to stay', () => {
    const { terminal: shown, written } = terminal();
    const progress = new Progress(shown, 'Training churn', () => Date.now());
    shown.warn('metrics.json is left out of the report');
    expect(written.slice(-2)).toEqual([CLEARED, 'metrics.json is left out of the report\n']);
    vi.advanceTimersByTime(250);
    expect(written.at(-1)).toContain('Training churn');
    progress.end();
  });

  it('is gone where the work fails', async () => {
    const { terminal: shown, written } = terminal();
    await expect(during(shown, 'Reading', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(written.at(-1)).toBe(CLEARED);
  });

  it('begins anew with each step', () => {
    const { terminal: shown, written } = terminal();
    const progress = new Progress(shown, 'Reading the data', () => Date.now());
    progress.at({ kind: 'fraction', fraction: 0.5 }, 'looking at types');
    vi.advanceTimersByTime(10_000);
    progress.at({ kind: 'fraction', fraction: 0.1 }, 'reading rows');
    vi.advanceTimersByTime(250);
    expect(written.at(-1)).toBe(`${CLEARED}Reading the data: reading rows  ██░░░░░░░░░░░░░░░░░░  10 %`);
    progress.end();
  });
});

describe('progress elsewhere', () => {
  it.each<[string, Parameters<typeof terminal>[0]]>([
    ['where stderr is no terminal', { tty: false }],
    ['on a terminal that cannot write over a line', { env: { TERM: 'dumb' } }],
  ])('is a line at the beginning and at each quarter, %s', (_, given) => {
    const { terminal: shown, written } = terminal(given);
    const progress = new Progress(shown, 'Judging churn', () => Date.now());
    for (let done = 0; done <= 100; done += 5) progress.at({ kind: 'count', done, all: 100, unit: 'rows' });
    vi.advanceTimersByTime(60_000);
    progress.end();
    expect(written).toEqual([
      'Judging churn\n',
      'Judging churn: 25 % of 100 rows\n',
      'Judging churn: 50 % of 100 rows\n',
      'Judging churn: 75 % of 100 rows\n',
      'Judging churn: 100 % of 100 rows\n',
    ]);
  });

  it('is a line every 30 s where nobody knows how long it takes, and what the work writes', () => {
    const { terminal: shown, written } = terminal({ tty: false });
    const progress = new Progress(shown, 'Preparing', () => Date.now());
    progress.become('Training churn');
    progress.said('epoch 1');
    progress.said('10 %', true);
    vi.advanceTimersByTime(61_000);
    progress.end();
    expect(written).toEqual([
      'Preparing\n',
      'Training churn\n',
      '  epoch 1\n',
      'Training churn: 30 s so far\n',
      'Training churn: 1 min 0 s so far\n',
    ]);
  });

  it.each([true, false])('is nothing at all with --quiet (a terminal: %s)', (tty) => {
    const { terminal: shown, written } = terminal({ quiet: true, tty });
    const progress = new Progress(shown, 'Training churn', () => Date.now());
    progress.said('epoch 1');
    progress.at({ kind: 'fraction', fraction: 1 });
    vi.advanceTimersByTime(61_000);
    progress.end();
    expect(written).toEqual([]);
  });
});

describe('colour', () => {
  it.each<[Process['env'], boolean]>([
    [{}, true],
    [{ TERM: 'dumb' }, false],
    [{ NO_COLOR: '1' }, false],
    [{ NO_COLOR: '' }, true],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    [{ TERM: 'dumb', FORCE_COLOR: '1' }, true],
  ])('with %j on a terminal is %s', (env, colour) => {
    expect(terminal({ env }).terminal.colour).toBe(colour);
  });

  it('is not where output goes into a file, unless it is forced', () => {
    expect(terminal({ env: {}, tty: false }).terminal.colour).toBe(false);
    expect(terminal({ env: { FORCE_COLOR: '1' }, tty: false }).terminal.colour).toBe(true);
    expect(terminal({ env: { FORCE_COLOR: '0' }, tty: false }).terminal.colour).toBe(false);
  });
});

describe('a line of progress', () => {
  it('says durations as people do', () => {
    expect([0, 59.4, 60, 125, 3600, 12_000].map(duration)).toEqual([
      '0 s',
      '59 s',
      '1 min 0 s',
      '2 min 5 s',
      '1 h 0 min',
      '3 h 20 min',
    ]);
  });

  it('guesses no rate from the first moments, and nothing where nothing is done', () => {
    const half = { kind: 'count', done: 5, all: 10, unit: 'rows' } as const;
    expect(describeAdvance(half, 1)).toBe('██████████░░░░░░░░░░  50 %');
    expect(describeAdvance({ ...half, done: 0 }, 10)).toBe('░░░░░░░░░░░░░░░░░░░░  0 %');
    expect(describeAdvance({ ...half, all: 0 }, 1)).toBe('████████████████████  100 %');
    expect(describeAdvance({ ...half, done: 2e7, all: 2e7 }, 10)).toBe('████████████████████  100 %  2.0 M rows/s');
  });

  it('is cut where it is too long, and says so', () => {
    expect(fitted('abcdef', 6)).toBe('abcdef');
    expect(fitted('abcdef', 5)).toBe('abcd…');
    expect(fitted('日本語', 5)).toBe('日本…');
    expect(fitted('日本語', 4)).toBe('日…');
    expect(fitted('abc', 0)).toBe('');
  });

  it('holds nothing that a terminal would obey', () => {
    expect(plainLine(`a${ESCAPE}[2Jb\u0007c\u202ed\r\ne`)).toBe('ab c d e');
  });
});
