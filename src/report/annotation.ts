import { formatProblem, type Problem } from '../failure.ts';

/** A remark on a line of a file, as GitHub shows it beside the changes of a pull request. */
export interface Annotation {
  readonly severity: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
  /** Absent where it is about no file. */
  readonly place?: FilePlace;
}

export interface FilePlace {
  /** Relative to the repository. */
  readonly file: string;
  /** Counted from 1, as the column. */
  readonly line?: number;
  readonly column?: number;
}

/** GitHub shows so many errors of a step, and so many warnings (docs.github.com: workflow commands, limits). */
const MOST_OF_A_SEVERITY = 10;

// `touchstone.yml:12:5 models.churn.gates[2].slice`, as the parsers of configuration and schemas write it.
const PLACE = /^(.+?):(\d+):(\d+)(?: |$)/;

/** Where a problem says that it is; `undefined` where that is no line of a file. */
export function placeOfProblem({ where }: Problem): FilePlace | undefined {
  const [, file, line, column] = PLACE.exec(where) ?? [];
  if (file === undefined) return undefined;
  return { file, line: Number(line), column: Number(column) };
}

export function annotateProblem(problem: Problem, title: string): Annotation {
  const place = placeOfProblem(problem);
  return { severity: 'error', title, message: formatProblem(problem), ...(place && { place }) };
}

/** As many of them as are shown; where there are more of a severity, the last one that is shown says how many. */
export function shownAnnotations(all: readonly Annotation[]): readonly Annotation[] {
  return (['error', 'warning', 'notice'] as const).flatMap((severity) => {
    const these = all.filter((annotation) => annotation.severity === severity);
    if (these.length <= MOST_OF_A_SEVERITY) return these;
    const shown = these.slice(0, MOST_OF_A_SEVERITY - 1);
    const more = these.length - shown.length;
    const message = `${more} more are listed in the summary of this job and in its log.`;
    return [...shown, { severity, title: `${more} more`, message }];
  });
}
