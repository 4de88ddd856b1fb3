import { formatProblem, ServiceFailure, UserMistake, type Problem } from '../failure.ts';

/** `problem` is what will stop a command; `warning` what a person should know and may leave. */
export type CheckStatus = 'ok' | 'warning' | 'problem' | 'not-applicable';

/** One thing that was looked at. */
export interface Check {
  /** Stable: `node`, `registry.creation`, `churn.gates.accuracy@overall`. */
  readonly id: string;
  readonly status: CheckStatus;
  /** What was found, as a sentence without its full stop. */
  readonly found: string;
  /** What would have been right, as a clause that follows "Expected". */
  readonly expected?: string;
  /** The command or the line that mends it, as a sentence without its full stop. */
  readonly remedy?: string;
}

export const ok = (id: string, found: string): Check => ({ id, status: 'ok', found });
export const notApplicable = (id: string, found: string): Check => ({ id, status: 'not-applicable', found });

/** What there is to do about a finding; `expected` where it does not say itself. */
export interface Advice {
  readonly expected?: string;
  readonly remedy: string;
}

export const warning = (id: string, found: string, advice: Advice): Check => ({
  id,
  status: 'warning',
  found,
  ...advice,
});
export const problem = (id: string, found: string, advice: Advice): Check => ({
  id,
  status: 'problem',
  found,
  ...advice,
});

/** What a mistake, a failing service or the system says of itself: a check for each problem. Our bugs come through. */
export function checksOfFailure(id: string, error: unknown): readonly Check[] {
  if (error instanceof UserMistake) return error.problems.map((each) => checkOfProblem(id, each));
  if (error instanceof ServiceFailure) return [{ id, status: 'problem', found: withoutStop(error.message) }];
  // An error of the system carries a code: no such file, permission denied.
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return [{ id, status: 'problem', found: `it cannot be looked at (${error.message})` }];
  }
  throw error;
}

function checkOfProblem(id: string, { expected, remedy, ...rest }: Problem): Check {
  const found = withoutStop(formatProblem(rest));
  return { id, status: 'problem', found, ...(expected && { expected }), ...(remedy && { remedy }) };
}

const withoutStop = (text: string): string => text.replace(/\.$/, '');

/** `1.5 GiB`, as `df -h` and `ls -h` count. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** step;
  return `${step === 0 ? bytes : value.toFixed(value < 10 ? 1 : 0)} ${units[step] ?? ''}`;
}

/** `1 gate`, `2 gates`. */
export function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
