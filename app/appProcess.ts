import type { Environment } from './settings.ts';

/** The process as the App sees it; handed in, so that a test can hand in another. */
export interface AppProcess {
  readonly env: Environment;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** Aborted at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  readonly readFile: (path: string) => string;
  /** `app.yml`. */
  readonly manifestFile: string;
  /** Where the set-up keeps what GitHub hands out. */
  readonly envFile: string;
}
