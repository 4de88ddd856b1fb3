import { CommanderError } from 'commander';
import { ServiceFailure, UserMistake, type Problem } from '../failure.ts';
import { EXIT, type ExitCode } from './exitCode.ts';
import type { Process } from '../workbench/terminal.ts';

/** Says what went wrong, to a person on stderr or as JSON on stdout, and picks the exit code. */
export function tellFailure(error: unknown, process: Process): ExitCode {
  const failure = classify(error, process);
  if (process.argv.includes('--json')) {
    const { kind, code, message, problems } = failure;
    const document = { schema: 'touchstone/failure/v1', kind, code, message, ...(problems && { problems }) };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  }
  process.stderr.write(`${failure.message}\n`);
  return failure.exitCode;
}

interface Failure {
  readonly kind: 'mistake' | 'service' | 'bug' | 'interrupted';
  readonly code: string;
  readonly message: string;
  readonly problems?: readonly Problem[];
  readonly exitCode: ExitCode;
}

function classify(error: unknown, process: Process): Failure {
  // Whatever the interruption made fail first, it was the person who ended it.
  if (process.signal.aborted) {
    return { kind: 'interrupted', code: 'interrupted', message: 'Interrupted.', exitCode: EXIT.interrupted };
  }
  if (error instanceof UserMistake) {
    const { code, message, problems } = error;
    return { kind: 'mistake', code, message, problems, exitCode: EXIT.mistake };
  }
  if (error instanceof CommanderError) {
    return { kind: 'mistake', code: error.code, message: usageMessage(error), exitCode: EXIT.mistake };
  }
  if (error instanceof ServiceFailure) {
    return { kind: 'service', code: error.code, message: error.message, exitCode: EXIT.service };
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    kind: 'bug',
    code: 'bug',
    message: `This is a bug in Touchstone, not a mistake of yours. Please report it with these lines:\n${trace}`,
    exitCode: EXIT.bug,
  };
}

/** Commander's message without its own "error:" and with the way to the list of what is right. */
function usageMessage(error: CommanderError): string {
  const message = error.message.replace(/^error: /, '').trim();
  return `touchstone: ${message}\nRun "touchstone --help" for the commands and their options.`;
}
