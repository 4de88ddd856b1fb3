const RUN = 'touchstone-judge: run ';
const OVERRIDE = 'touchstone-override: run ';
const NUMBER = '([1-9]\\d{0,14})';

/**
 * The title of a run of `touchstone-judge.yml`: its `run-name` says which run of `touchstone-pr.yml` it judges, which no
 * field of a run does. Any workflow can call its runs so: the path tells them apart.
 */
export function judgingTitle(run: number): string {
  return `${RUN}${run}`;
}

/** The run that is judged; `undefined` where the title is none of ours to the letter. */
export function parseJudgingTitle(title: string): number | undefined {
  const [, run] = new RegExp(`^${RUN}${NUMBER}$`).exec(title) ?? [];
  return run === undefined ? undefined : Number(run);
}

/** Which judged run an override is of, and the comment that asked for it. */
export interface OverrideRequest {
  /** Of `touchstone-pr.yml`. */
  readonly run: number;
  readonly comment: number;
}

/** The title of a run of `touchstone-override.yml`. */
export function overrideTitle({ run, comment }: OverrideRequest): string {
  return `${OVERRIDE}${run} by comment ${comment}`;
}

export function parseOverrideTitle(title: string): OverrideRequest | undefined {
  const [, run, comment] = new RegExp(`^${OVERRIDE}${NUMBER} by comment ${NUMBER}$`).exec(title) ?? [];
  return run === undefined ? undefined : { run: Number(run), comment: Number(comment) };
}
