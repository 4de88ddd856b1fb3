/** A command to run to its end: no shell between, and no environment but this one. */
export interface CommandRequest {
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
  readonly environment: EnvironmentVariables;
  readonly timeoutSeconds: number;
  /** File that both streams are appended to, every byte as it came. */
  readonly log: string;
  readonly onLine: (line: OutputLine) => void;
  readonly signal?: AbortSignal;
}

export interface EnvironmentVariables {
  readonly [name: string]: string;
}

export interface OutputLine {
  readonly stream: 'stdout' | 'stderr';
  /** Without its line end; colours and other escapes as they came; cut where it is very long. */
  readonly text: string;
  /** Ended by a carriage return: the next line is meant to be written over it, as progress bars do. */
  readonly transient: boolean;
}

/** How a command ended. By then nothing that it started is left running. */
export type CommandEnd =
  | { readonly kind: 'exited'; readonly code: number }
  /** By a signal that was not ours. */
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'not-started'; readonly reason: string };

export interface CommandOutcome {
  readonly end: CommandEnd;
  /** The last lines of both streams, transient ones left out, oldest first; at most {@link LAST_LINES}. */
  readonly lastLines: readonly string[];
  readonly seconds: number;
}

export const LAST_LINES = 200;

export interface CommandRunner {
  /** @throws ServiceFailure where the log cannot be written. How the command itself fares is its outcome. */
  run(request: CommandRequest): Promise<CommandOutcome>;
}
