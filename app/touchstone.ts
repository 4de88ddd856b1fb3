import type { Registry } from 'prom-client';
import type { Probot } from 'probot';
import type { Settings } from './settings.ts';

/** What the App does with what it is told. */
export interface Touchstone {
  /** Registers its handlers: Probot's app function. Handlers only note a hint and return at once. */
  readonly listen: (probot: Probot) => void;
  /** Looks at everything once, and then hourly. */
  begin(): void;
  /** Resolves when what is at work is done, or after graceMs. */
  stop(graceMs: number): Promise<void>;
}

export interface TouchstoneSurroundings {
  readonly settings: Settings;
  readonly log: Probot['log'];
  /** What is counted is added here, and comes out at /metrics. */
  readonly metrics: Registry;
}

export function openTouchstone({ log }: TouchstoneSurroundings): Touchstone {
  return {
    listen: (probot) => probot.onAny(({ id, name }) => log.debug({ id, event: name }, 'noted')),
    begin: () => undefined,
    stop: () => Promise.resolve(),
  };
}
