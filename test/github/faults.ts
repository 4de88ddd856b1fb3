import type { Answer } from './route.ts';

/** Something that goes wrong at GitHub, or on the way there or back. */
export interface Fault {
  /** The operation it befalls, as `POST /repos/{owner}/{repo}/pulls`, or those a pattern fits; without it any. */
  readonly operation?: string | RegExp;
  /** Whether the request takes effect and its answer is lost, or nothing happens. */
  readonly when?: 'before' | 'after';
  /** How many requests it befalls; one where nothing is said. */
  readonly times?: number;
  /** How many such requests it lets through before. */
  readonly skip?: number;
  readonly answer: Answer | 'reset' | 'hang';
}

/** GitHub says to wait a while, since too much was asked at once. https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
export function secondaryLimit(retryAfterSeconds = 60, status: 403 | 429 = 403): Answer {
  return {
    status,
    headers: { 'retry-after': String(retryAfterSeconds) },
    body: {
      message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
      documentation_url:
        'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits',
      status: String(status),
    },
  };
}

/** GitHub itself fails. */
export function serverError(status: 500 | 502 | 503 | 504 = 502): Answer {
  return { status, body: { message: 'Server Error', status: String(status) } };
}

interface Waiting {
  readonly fault: Fault;
  left: number;
  skip: number;
}

/** What is to go wrong next. */
export class Faults {
  readonly #waiting: Waiting[] = [];

  /** Lets the next fitting request, or the next `times`, go wrong. */
  next(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1, skip: fault.skip ?? 0 });
  }

  clear(): void {
    this.#waiting.length = 0;
  }

  /** Faults that no request has met yet. */
  get pending(): number {
    return this.#waiting.reduce((sum, { left }) => sum + left, 0);
  }

  take(operation: string): Fault | undefined {
    for (const waiting of this.#waiting) {
      const { operation: wanted } = waiting.fault;
      if (wanted !== undefined && !(typeof wanted === 'string' ? wanted === operation : wanted.test(operation)))
        continue;
      if (waiting.skip > 0) {
        waiting.skip -= 1;
        continue;
      }
      waiting.left -= 1;
      if (waiting.left === 0) this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      return waiting.fault;
    }
    return undefined;
  }
}
