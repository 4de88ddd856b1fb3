import type { CommandEnd, CommandOutcome } from './commandRun.ts';
import { ServiceFailure, UserMistake, type Problem } from '../failure.ts';

const EXCERPT_LINES = 20;

/** What a failed command is told with. */
export interface FailedCommand {
  /** `models.digits.train`. */
  readonly where: string;
  readonly command: readonly string[];
  readonly outcome: CommandOutcome;
  readonly timeoutSeconds: number;
  /** Where the whole log lies. */
  readonly log: string;
}

/** Why the training (or set-up) command counts as failed; `undefined` where it ended well. */
export function commandFailure(failed: FailedCommand): UserMistake | undefined {
  const told = explain(failed.outcome.end, failed);
  if (told === undefined) return undefined;
  const excerpt = failed.outcome.lastLines.slice(-EXCERPT_LINES);
  return new UserMistake(told.code, { ...told.problem, ...(excerpt.length > 0 && { excerpt }) });
}

function explain(end: CommandEnd, failed: FailedCommand): { code: string; problem: Problem } | undefined {
  const [program = ''] = failed.command;
  const command = failed.command.join(' ');
  const log = `The whole log is in ${failed.log}`;
  switch (end.kind) {
    case 'exited':
      if (end.code === 0) return undefined;
      // A shell in between reports the signal that ended its last command as 128 + its number: 137 is SIGKILL.
      if (end.code === 137) return explain({ kind: 'killed', signal: 'SIGKILL' }, failed);
      return {
        code: 'command-failed',
        problem: { where: failed.where, found: `"${command}" ended with exit code ${end.code}`, remedy: log },
      };
    case 'killed':
      return {
        code: 'command-killed',
        problem: {
          where: failed.where,
          found: `"${command}" was killed by ${end.signal}${KILLED_BY[end.signal] ?? ''}`,
          remedy: log,
        },
      };
    case 'timed-out':
      return {
        code: 'command-timed-out',
        problem: {
          where: failed.where,
          found: `"${command}" was stopped after ${failed.timeoutSeconds} s`,
          expected: 'it to end within timeout',
          remedy: `Raise the timeout, or make it faster; what it left in TOUCHSTONE_CHECKPOINT_DIR is handed to the next run of the same inputs. ${log}`,
        },
      };
    case 'not-found':
      return {
        code: 'command-not-found',
        problem: {
          where: failed.where,
          found: `the program "${program}" was not found`,
          expected: 'a program on PATH, or a path relative to the repository',
          remedy:
            NOT_FOUND[program] ??
            'Install it, or correct the command; a file that it starts must be among train.inputs',
        },
      };
    case 'not-started':
      return {
        code: 'command-not-started',
        problem: {
          where: failed.where,
          found: `"${program}" cannot be run: ${end.reason}`,
          remedy: 'Mend the command',
        },
      };
    case 'cancelled':
      return undefined;
  }
}

const KILLED_BY: { readonly [signal: string]: string } = {
  SIGKILL: ', most often because memory ran out',
  SIGSEGV: ', a fault in native code',
  SIGABRT: ', a fault in native code',
  SIGBUS: ', a fault in native code',
  SIGILL: ', an instruction that this processor does not know',
};

const NOT_FOUND: { readonly [program: string]: string } = {
  python: 'Write "python3", or give train.setup a requirements file: its virtual environment has a "python"',
};

/**
 * Why pip could not fill the virtual environment. An index that cannot be reached is a service's failure, and often the
 * reason why pip then says that a version does not exist: so it is looked for first.
 */
export function installationFailure(failed: FailedCommand): UserMistake | ServiceFailure | undefined {
  const mistake = commandFailure(failed);
  if (mistake === undefined || failed.outcome.end.kind !== 'exited') return mistake;
  const excerpt = failed.outcome.lastLines.slice(-EXCERPT_LINES);
  const told = INSTALLATION.find(({ says }) => failed.outcome.lastLines.some((line) => says.test(line)));
  if (told === undefined) return mistake;
  const problem = { where: failed.where, found: told.found, remedy: told.remedy, excerpt };
  return told.kind === 'service' ? new ServiceFailure(told.code, problem) : new UserMistake(told.code, problem);
}

const INSTALLATION: readonly {
  readonly says: RegExp;
  readonly kind: 'service' | 'mistake';
  readonly code: string;
  readonly found: string;
  readonly remedy: string;
}[] = [
  {
    says: /NewConnectionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|SSLError|name resolution|Network is unreachable|Connection refused|Could not fetch URL|HTTP error 5\d\d/i,
    kind: 'service',
    code: 'package-index-unreachable',
    found: 'pip cannot reach the package index',
    remedy: 'Check the network, PIP_INDEX_URL and the proxy, then run again',
  },
  {
    says: /No space left on device|Disk quota exceeded/i,
    kind: 'service',
    code: 'disk-full',
    found: 'the disk is full',
    remedy: 'Free some space, or let TOUCHSTONE_CACHE_DIR name a folder with more',
  },
  {
    says: /\(from versions: none\)/i,
    kind: 'mistake',
    code: 'requirement-not-found',
    found: 'pip finds no version at all of a requirement',
    remedy: 'Check its name in the requirements file, and that PIP_INDEX_URL is an index that pip reaches',
  },
  {
    says: /No matching distribution found|Could not find a version/i,
    kind: 'mistake',
    code: 'requirement-not-found',
    found: 'a requirement does not exist in that version for this Python and platform',
    remedy: 'Correct the name or the version in the requirements file',
  },
  {
    says: /ResolutionImpossible|conflicting dependencies/i,
    kind: 'mistake',
    code: 'requirements-conflict',
    found: 'the requirements contradict each other',
    remedy: 'Loosen one of them in the requirements file',
  },
  {
    says: /Invalid requirement|HASHES ARE REQUIRED|DO NOT MATCH THE HASHES/i,
    kind: 'mistake',
    code: 'requirement-invalid',
    found: 'pip refuses a line of the requirements file',
    remedy: 'Correct it as pip says',
  },
];
