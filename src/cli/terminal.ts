import type { Json } from '../identity/digest.ts';

/** The process as the command line sees it; handed in, so that a test can hand in another. */
export interface Process {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: { readonly [name: string]: string | undefined };
  readonly stdout: Output;
  readonly stderr: Output;
  /** Aborted at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** What runs a model's process: Node, and the absolute path of the entry that the bundle lays beside its own. */
  readonly modelRuntime: { readonly node: string; readonly child: string };
}

interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Options that every command takes. */
export interface GlobalOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Where a command says things: its answer on stdout, everything else on stderr. */
export class Terminal {
  readonly colour: boolean;
  readonly #process: Process;
  readonly #options: GlobalOptions;

  constructor(process: Process, options: GlobalOptions) {
    this.#process = process;
    this.#options = options;
    const { NO_COLOR, FORCE_COLOR } = process.env;
    const unwanted = NO_COLOR !== undefined && NO_COLOR !== '';
    const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0';
    this.colour = !unwanted && (forced || process.stdout.isTTY === true);
  }

  /** The answer: `text` for a person, or `json` as the one document of `--json`. */
  answer(text: string, json: Json): void {
    const out = this.#options.json === true ? JSON.stringify(json, null, 2) : text;
    this.#process.stdout.write(out.endsWith('\n') ? out : `${out}\n`);
  }

  /** A line on how the work goes; silenced by `--quiet`. */
  progress(line: string): void {
    if (this.#options.quiet !== true) this.#process.stderr.write(`${line}\n`);
  }

  /** Whether a line of progress can be written over: a person is watching. */
  get rewritable(): boolean {
    return this.#process.stderr.isTTY === true && this.#options.quiet !== true;
  }

  /** Writes over the line of progress; empty clears it. */
  rewrite(line: string): void {
    this.#process.stderr.write(`\r\u001b[2K${line}`);
  }

  /** A line that a person should read even with `--quiet`. */
  warn(line: string): void {
    this.#process.stderr.write(`${line}\n`);
  }
}
