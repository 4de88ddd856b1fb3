/**
 * The three ways a request ends badly. A rejected candidate is none of them: it is a verdict.
 *
 * - {@link UserMistake}: something the person can mend; exit code 2, no stack trace.
 * - {@link ServiceFailure}: a store, a network or a machine did not do its part; exit code 3.
 * - anything else that is thrown is our bug; exit code 70, with a stack trace.
 */

/** One thing that is wrong. Printed as one sentence a part: `where: found. Expected expected. remedy`. */
export interface Problem {
  /** The place: `touchstone.yml:12:5 models.churn.gates[2].slice`, or a path, or a command. */
  readonly where: string;
  /** What was found there, as a clause without its full stop: `no slice "country=FR" is defined`. */
  readonly found: string;
  /** What would have been right, as a clause that follows "Expected". */
  readonly expected?: string;
  /** What to do now, as a sentence without its full stop. */
  readonly remedy?: string;
  /** The last lines that a program said before it failed; printed below the sentence, a line each. */
  readonly excerpt?: readonly string[];
}

export function formatProblem(problem: Problem): string {
  const expected = problem.expected === undefined ? '' : ` Expected ${problem.expected}.`;
  const remedy = problem.remedy === undefined ? '' : ` ${problem.remedy}.`;
  const excerpt = (problem.excerpt ?? []).map((line) => `\n  | ${line}`).join('');
  return `${problem.where}: ${problem.found}.${expected}${remedy}${excerpt}`;
}

/** The person's mistake. All problems that were found are told at once; `code` is stable and safe to test against. */
export class UserMistake extends Error {
  readonly code: string;
  readonly problems: readonly Problem[];

  constructor(code: string, ...problems: readonly [Problem, ...Problem[]]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'UserMistake';
    this.code = code;
    this.problems = problems;
  }
}

/** A store, a network or a machine failed. `code` is stable and safe to test against. */
export class ServiceFailure extends Error {
  readonly code: string;

  constructor(code: string, problem: Problem, options?: ErrorOptions) {
    super(formatProblem(problem), options);
    this.name = 'ServiceFailure';
    this.code = code;
  }
}
