import type { GlobalOptions, Process, Terminal } from '../workbench/terminal.ts';

/** What a command's handler gets: the process, where to say things, and the options that every command takes. */
export interface Invocation<Options = unknown> {
  readonly process: Process;
  readonly terminal: Terminal;
  readonly options: Options & GlobalOptions;
}
