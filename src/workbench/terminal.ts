import { styleText } from 'node:util';
import type { Json } from '../identity/digest.ts';
import { fitted } from './progressText.ts';

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
  readonly modelRuntime: {
    readonly node: string;
    readonly child: string;
    /** Absolute path of the verified pack that onnxruntime is taken from; without it, it is a package beside the bundle. */
    readonly nativePart?: string;
  };
  /** Absolute path of the entry that tries a store: see `adapters/diagnosis/storeTrials.ts`. */
  readonly storeTrial: string;
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

// What a terminal that does not say how wide it is has had since there are terminals.
const DEFAULT_COLUMNS = 80;

/** Where a command says things: its answer on stdout, everything else on stderr. */
export class Terminal {
  readonly colour: boolean;
  readonly #process: Process;
  readonly #options: GlobalOptions;
  #drawn = false;

  constructor(process: Process, options: GlobalOptions) {
    this.#process = process;
    this.#options = options;
    this.colour = paints(process.env, process.stdout);
  }

  /** The answer: `text` for a person, or `json` as the one document of `--json`. */
  answer(text: string, json: Json): void {
    const out = this.#options.json === true ? JSON.stringify(json, null, 2) : text;
    this.clear();
    this.#process.stdout.write(out.endsWith('\n') ? out : `${out}\n`);
  }

  /** A line on how the work goes; silenced by `--quiet`. */
  progress(line: string): void {
    if (this.#options.quiet !== true) this.warn(line);
  }

  /** Whether a line of progress can be written over: a person is watching, on a terminal that knows how. */
  get rewritable(): boolean {
    const { env, stderr } = this.#process;
    return stderr.isTTY === true && this.#options.quiet !== true && env['TERM'] !== 'dumb';
  }

  /**
   * Writes over the line of progress: as much as the terminal is wide, so that it stays one line.
   *
   * @param aside what is said less loudly at its end.
   */
  rewrite(line: string, aside = ''): void {
    const { env, stderr } = this.#process;
    // The last column stays free: some terminals go on to the next line as soon as it is filled.
    const room = (stderr.columns ?? DEFAULT_COLUMNS) - 1;
    const whole = fitted(aside === '' ? line : `${line}  ${aside}`, room);
    const shown = paints(env, stderr) ? whole.slice(0, line.length) + dimmed(whole.slice(line.length)) : whole;
    stderr.write(`\r\u001b[2K${shown}`);
    this.#drawn = true;
  }

  /** Takes the line of progress away. */
  clear(): void {
    if (this.#drawn) this.#process.stderr.write('\r\u001b[2K');
    this.#drawn = false;
  }

  /** A line that a person should read even with `--quiet`. */
  warn(line: string): void {
    this.clear();
    this.#process.stderr.write(`${line}\n`);
  }
}

/** https://no-color.org, and FORCE_COLOR as Node reads it. */
function paints(env: Process['env'], output: Output): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return true;
  return output.isTTY === true && TERM !== 'dumb';
}

function dimmed(text: string): string {
  return text === '' ? '' : styleText('dim', text, { validateStream: false });
}
