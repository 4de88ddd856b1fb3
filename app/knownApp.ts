import { setTimeout as sleep } from 'node:timers/promises';
import { createAppAuth } from '@octokit/auth-app';
import * as v from 'valibot';
import { answerOf } from '../src/adapters/github/answer.ts';
import { connectGitHub } from '../src/adapters/github/connectGitHub.ts';
import { ServiceFailure, UserMistake } from '../src/failure.ts';
import { lacking } from './manifest.ts';
import type { Environment, Settings } from './settings.ts';

const appSchema = v.object({
  slug: v.string(),
  html_url: v.string(),
  permissions: v.record(v.string(), v.string()),
  events: v.array(v.string()),
});

/** The App as GitHub knows it. */
export interface KnownApp {
  readonly slug: string;
  readonly url: string;
  /** What it needs and was not granted, a line each. */
  readonly lacking: readonly string[];
}

export interface Patience {
  /** How long GitHub may be out of reach before the App gives up. */
  readonly forMs: number;
  /** The wait after the first try; each one after it is twice as long, up to half a minute. */
  readonly firstWaitMs: number;
  readonly onFailure: (why: string) => void;
  readonly signal: AbortSignal;
}

const LONGEST_WAIT_MS = 30_000;
const ANSWER_WITHIN_MS = 10_000;

/**
 * Asks GitHub, in the App's own name, who it is; again and again while GitHub cannot be reached.
 *
 * @throws UserMistake `app-unknown` where GitHub knows no such App, or not this key of it.
 * @throws ServiceFailure `github-unreachable` after all that patience.
 */
export async function findKnownApp(settings: Settings, env: Environment, patience: Patience): Promise<KnownApp> {
  const { forMs, firstWaitMs, onFailure, signal } = patience;
  const begun = performance.now();
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    try {
      return await askForApp(settings, env, signal);
    } catch (error) {
      if (signal.aborted || error instanceof UserMistake) throw error;
      const why = error instanceof Error ? error.message : String(error);
      if (performance.now() - begun + waitMs > forMs) throw unreachable(settings, why, error);
      onFailure(why);
    }
    await sleep(waitMs, undefined, { signal });
  }
}

async function askForApp(settings: Settings, env: Environment, signal: AbortSignal): Promise<KnownApp> {
  const { appId, privateKey, gitHub } = settings;
  // A token of ten minutes, made here and sent nowhere else.
  const { token } = await createAppAuth({ appId, privateKey })({ type: 'app' });
  const client = await connectGitHub({ baseUrl: gitHub.apiUrl, token, signal }, env);
  try {
    const { data } = await client.request('GET /app', { request: { retries: 0, answerWithinMs: ANSWER_WITHIN_MS } });
    const { slug, html_url: url, permissions, events } = answerOf(`${gitHub.apiUrl}/app`, appSchema, data);
    const without = lacking({ permissions, events });
    return { slug, url, lacking: [...without.permissions, ...without.events] };
  } catch (error) {
    const status = (error as { readonly status?: unknown }).status;
    if (status === 401 || status === 404) throw unknownApp(settings, status);
    throw error;
  }
}

function unknownApp({ appId, gitHub }: Settings, status: number): UserMistake {
  return new UserMistake('app-unknown', {
    where: 'APP_ID and PRIVATE_KEY',
    found: `${gitHub.webUrl} knows no App ${appId} with this key (${status})`,
    expected:
      'the id of an App there, one of its keys that was not deleted, and a clock on this machine that goes right',
    remedy: `Compare both with the page of the App, and GHE_HOST where it is not one of ${gitHub.webUrl}`,
  });
}

function unreachable({ gitHub }: Settings, why: string, cause: unknown): ServiceFailure {
  return new ServiceFailure(
    'github-unreachable',
    {
      where: gitHub.apiUrl,
      found: `it did not answer who this App is: ${why}`,
      remedy: 'Look at GHE_HOST, GHE_PROTOCOL and at what lies between this machine and GitHub (HTTPS_PROXY)',
    },
    { cause },
  );
}
