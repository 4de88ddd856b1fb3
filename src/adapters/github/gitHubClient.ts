import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import Bottleneck from 'bottleneck/light.js';
import packageJson from '../../../package.json' with { type: 'json' };

/** GitHub's API as one token sees it. Each adapter takes of it what its port needs. */
export type GitHubClient = Octokit;

export interface GitHubClientOptions {
  /** Root of the REST API without a slash at its end: `https://api.github.com`, `https://HOST/api/v3`. */
  readonly baseUrl: string;
  /** Without one only what is public can be read, 60 times an hour. */
  readonly token?: string;
  readonly signal?: AbortSignal;
  /** Told before a wait that GitHub asked for. */
  readonly onWait?: (seconds: number, because: 'rate limit' | 'secondary rate limit') => void;
  /** What a second of waiting lasts here; a test hands in less. */
  readonly msPerSecond?: number;
  /** A test hands in one that counts. */
  readonly fetch?: typeof fetch;
  /** Another way to sign than by one token. */
  readonly signing?: { readonly strategy: (options: never) => unknown; readonly options: object };
  /** Longest wait for the answer to one try of any request. */
  readonly answerWithinMs?: number;
  readonly plugins?: readonly ((octokit: Octokit) => void)[];
}

/** GitHub asks for a minute where it says nothing else, and for up to an hour where the limit of the hour is reached. */
const LONGEST_WAIT_SECONDS = 15 * 60;
const MOST_WAITS = 4;

/**
 * What is not asked again at once: what plugin-retry leaves alone; 409, where who comes second decides again; and 429, whose
 * answer says how long to wait, which throttling does.
 */
const ANSWERED = [400, 401, 403, 404, 409, 410, 422, 429, 451];

// The last one is called first.
const PatientOctokit = Octokit.plugin(timed, retry, throttling, unshared);

/** Requests that say nothing of their own share one `request`, in which each notes what is its own: tries, its signal. */
function unshared({ hook }: Parameters<typeof retry>[0]): void {
  hook.wrap('request', (request, options) => {
    options.request = { ...options.request };
    return request(options);
  });
}

/** A try of a request that says `answerWithinMs` has no longer than that; the waits between tries do not count. */
function timed({ hook }: Parameters<typeof retry>[0]): void {
  hook.wrap('request', async (request, options) => {
    const own = options.request;
    const { answerWithinMs, signal } = own;
    if (typeof answerWithinMs !== 'number') return request(options);
    const late = AbortSignal.timeout(answerWithinMs);
    const either = signal instanceof AbortSignal ? AbortSignal.any([signal, late]) : late;
    // What is called next has these options already, whatever it is given: they are changed, and put back for the next try.
    options.request = { ...own, signal: either };
    try {
      return await request(options);
    } finally {
      options.request = own;
    }
  });
}

/**
 * A client that waits as long as GitHub asks it to (403 and 429 with a limit) and asks again where GitHub failed (5xx).
 * A request whose effect must not be asked for twice says `request: { retries: 0 }`, one that is of no use later `neverWaits`.
 */
export function openGitHub(options: GitHubClientOptions): GitHubClient {
  const { baseUrl, token, signing, signal, onWait, msPerSecond = 1000, fetch, answerWithinMs, plugins = [] } = options;
  const waitFor =
    (because: 'rate limit' | 'secondary rate limit') =>
    (seconds: number, { request }: { readonly request?: object }, _octokit: unknown, waits: number): boolean => {
      if (
        (request !== undefined && 'neverWaits' in request) ||
        seconds > LONGEST_WAIT_SECONDS ||
        waits >= MOST_WAITS ||
        signal?.aborted === true
      )
        return false;
      onWait?.(seconds, because);
      return true;
    };
  // The plugin lets three seconds pass between comments. Ours are one per run, and GitHub says when it is too much.
  const unspaced = (): Bottleneck.Group => new Bottleneck.Group({ maxConcurrent: 8 });
  const client = new PatientOctokit({
    baseUrl,
    ...(token !== undefined && { auth: token }),
    ...(signing && { authStrategy: signing.strategy, auth: signing.options }),
    userAgent: `touchstone/${packageJson.version}`,
    request: {
      ...(signal && { signal }),
      ...(fetch && { fetch }),
      ...(answerWithinMs !== undefined && { answerWithinMs }),
    },
    // What goes wrong is told by whoever asked.
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    retry: { retryAfterBaseValue: msPerSecond, doNotRetry: ANSWERED },
    throttle: {
      retryAfterBaseValue: msPerSecond,
      write: unspaced(),
      notifications: unspaced(),
      onRateLimit: waitFor('rate limit'),
      onSecondaryRateLimit: waitFor('secondary rate limit'),
    },
  });
  for (const plugin of plugins) plugin(client);
  return client;
}
