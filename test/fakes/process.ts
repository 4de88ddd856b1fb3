import type { Process } from '../../src/workbench/terminal.ts';

/** A process that remembers what was written to it. */
export interface FakeProcess extends Process {
  readonly out: () => string;
  readonly err: () => string;
}

export function fakeProcess(
  argv: readonly string[],
  given: { readonly cwd?: string; readonly env?: Process['env']; readonly signal?: AbortSignal } = {},
): FakeProcess {
  const out: string[] = [];
  const err: string[] = [];
  return {
    argv,
    cwd: given.cwd ?? '/',
    env: given.env ?? {},
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    signal: given.signal ?? new AbortController().signal,
    now: () => new Date('2026-05-03T10:00:00Z'),
    storeTrial: 'store-trial.js',
    modelRuntime: { node: 'node', child: 'model-child.js' },
    out: () => out.join(''),
    err: () => err.join(''),
  };
}
