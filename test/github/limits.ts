import type { Actor } from './actor.ts';
import { type Answer, Refusal } from './route.ts';

interface Window {
  used: number;
  readonly limit: number;
  readonly resets: number;
}

const HOUR_SECONDS = 3600;

/**
 * How much may be asked in an hour: 5,000 by a person or an installation, 1,000 by the workflows of a repository, 60 by nobody.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export class RateLimits {
  readonly #now: () => Date;
  readonly #windows = new Map<string, Window>();
  /** Requests that made content; GitHub allows 80 a minute and 500 an hour. */
  contentCreated = 0;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Leaves somebody only so many requests until the window ends. */
  leave(actor: Actor, requests: number, secondsLeft: number): void {
    const { key, limit } = windowOf(actor);
    const resets = Math.floor(this.#now().getTime() / 1000) + secondsLeft;
    this.#windows.set(key, { limit, resets, used: limit - requests });
  }

  /** Counts a request; a refusal where the hour's are used up. */
  count(actor: Actor): Refusal | undefined {
    const window = this.#of(actor);
    if (window.used >= window.limit) {
      return new Refusal(
        403,
        `API rate limit exceeded for ${actor.kind === 'anonymous' ? '127.0.0.1' : `${actor.kind} ID ${actor.account.id}`}.`,
      );
    }
    window.used += 1;
    return undefined;
  }

  /** Takes a request back that GitHub does not count: one that finds nothing changed. */
  uncount(actor: Actor): void {
    this.#of(actor).used -= 1;
  }

  headers(actor: Actor): Record<string, string> {
    const { limit, used, resets } = this.#of(actor);
    return {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(Math.max(limit - used, 0)),
      'x-ratelimit-used': String(used),
      'x-ratelimit-reset': String(resets),
      'x-ratelimit-resource': 'core',
    };
  }

  answer(actor: Actor): Answer {
    const { limit, used, resets } = this.#of(actor);
    const core = { limit, used, remaining: Math.max(limit - used, 0), reset: resets };
    return {
      status: 200,
      body: { resources: { core, search: { limit: 30, used: 0, remaining: 30, reset: resets } }, rate: core },
    };
  }

  #of(actor: Actor): Window {
    const { key, limit } = windowOf(actor);
    const now = Math.floor(this.#now().getTime() / 1000);
    const found = this.#windows.get(key);
    if (found && found.resets > now) return found;
    const fresh = { used: 0, limit, resets: now + HOUR_SECONDS };
    this.#windows.set(key, fresh);
    return fresh;
  }
}

/** What requests are counted together: the tokens of all jobs of a repository share one window. */
function windowOf(actor: Actor): { readonly key: string; readonly limit: number } {
  switch (actor.kind) {
    case 'anonymous':
      return { key: 'anonymous', limit: 60 };
    case 'app':
      return { key: `app ${actor.app.id}`, limit: 5000 };
    case 'user':
      return { key: actor.account.login, limit: 5000 };
    case 'installation':
      return actor.installation
        ? { key: `installation ${actor.installation.id}`, limit: 5000 }
        : { key: `workflows of ${actor.repositories?.[0]?.fullName}`, limit: 1000 };
  }
}
