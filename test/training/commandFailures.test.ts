import { describe, expect, it } from 'vitest';
import { ServiceFailure, UserMistake } from '../../src/failure.ts';
import { commandFailure, installationFailure } from '../../src/training/commandFailures.ts';
import type { CommandEnd } from '../../src/training/commandRun.ts';

const failed = (
  end: CommandEnd,
  lastLines: string[] = [],
  command = ['python', 'train.py'],
): Parameters<typeof commandFailure>[0] => ({
  where: 'train',
  command,
  outcome: { end, lastLines, seconds: 1 },
  timeoutSeconds: 60,
  log: '.touchstone/logs/m.log',
});

describe('a command that failed', () => {
  it('is told with its exit code and its last 20 lines', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `line ${i}`);
    const told = commandFailure(failed({ kind: 'exited', code: 1 }, lines));
    expect(told?.code).toBe('command-failed');
    expect(told?.problems[0]?.excerpt).toEqual(lines.slice(10));
    expect(told?.message).toMatch(
      /^train: "python train\.py" ended with exit code 1\. The whole log is in \.touchstone\/logs\/m\.log\.\n {2}\| line 10\n/,
    );
  });

  it.each<[CommandEnd, string, string]>([
    [{ kind: 'killed', signal: 'SIGKILL' }, 'command-killed', 'most often because memory ran out'],
    [{ kind: 'exited', code: 137 }, 'command-killed', 'killed by SIGKILL'],
    [{ kind: 'killed', signal: 'SIGSEGV' }, 'command-killed', 'a fault in native code'],
    [{ kind: 'timed-out' }, 'command-timed-out', 'was stopped after 60 s'],
    [{ kind: 'not-found' }, 'command-not-found', 'Write "python3"'],
    [{ kind: 'not-started', reason: 'it is not executable' }, 'command-not-started', 'it is not executable'],
  ])('%j is %s', (end, code, text) => {
    const told = commandFailure(failed(end));
    expect(told?.code).toBe(code);
    expect(told?.message).toContain(text);
  });

  it('is none where it ended well', () => {
    expect(commandFailure(failed({ kind: 'exited', code: 0 }))).toBeUndefined();
    expect(installationFailure(failed({ kind: 'exited', code: 0 }, ['Retrying: NewConnectionError']))).toBeUndefined();
  });
});

describe('an installation that failed', () => {
  // What pip 24 prints; without a network it ends with the very words of a version that does not exist.
  const unreachable = [
    "WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by 'NewConnectionError('<pip._vendor...>: Failed to establish a new connection: [Errno -3] Temporary failure in name resolution')': /simple/numpy/",
    'ERROR: Could not find a version that satisfies the requirement numpy==2.4.6 (from versions: none)',
    'ERROR: No matching distribution found for numpy==2.4.6',
  ];

  it.each<[string[], string, typeof UserMistake | typeof ServiceFailure]>([
    [unreachable, 'package-index-unreachable', ServiceFailure],
    [unreachable.slice(1), 'requirement-not-found', UserMistake],
    [
      ['ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device'],
      'disk-full',
      ServiceFailure,
    ],
    [['ERROR: ResolutionImpossible: for help visit https://pip.pypa.io'], 'requirements-conflict', UserMistake],
    [['ERROR: Invalid requirement: numpy=2: Expected end or semicolon'], 'requirement-invalid', UserMistake],
    [['error: command gcc failed'], 'command-failed', UserMistake],
  ])('%#: is told as what it is', (lines, code, kind) => {
    const told = installationFailure(failed({ kind: 'exited', code: 1 }, lines, ['pip install -r', 'r.txt']));
    expect(told).toBeInstanceOf(kind);
    expect(told?.code).toBe(code);
    expect(told?.message).toContain(lines.at(-1));
  });

  it('without any version on offer, asks for the name and the index', () => {
    const remedy = (lines: string[]): string | undefined =>
      installationFailure(failed({ kind: 'exited', code: 1 }, lines, ['pip install -r', 'r.txt']))?.message;
    expect(remedy(unreachable.slice(1))).toContain('PIP_INDEX_URL');
    expect(
      remedy(['ERROR: Could not find a version that satisfies the requirement a==9 (from versions: 1)']),
    ).toContain('the version in the requirements file');
  });
});
