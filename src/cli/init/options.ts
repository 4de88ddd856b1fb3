/** What `touchstone init` is told on the command line. */
export interface InitOptions {
  readonly yes?: boolean;
  readonly model?: string;
  readonly data?: string;
  readonly target?: string;
  readonly dryRun?: boolean;
}
