import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Probot } from 'probot';
import { appClients, type AppClients } from '../src/adapters/github/appClients.ts';
import { KeptAnswers } from '../src/adapters/github/recordedAnswers.ts';
import { Answering } from './answering.ts';
import { hintsOf } from './hints.ts';
import type { Later } from './later.ts';
import { Rounds } from './rounds.ts';
import type { Settings } from './settings.ts';
import { WorkQueue } from './workQueue.ts';

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
  readonly settings: Pick<Settings, 'appId' | 'privateKey' | 'gitHub'>;
  readonly log: Pick<Probot['log'], 'debug' | 'info' | 'warn' | 'error'>;
  /** What is counted is added here, and comes out at /metrics. */
  readonly metrics: Registry;
  readonly now?: () => Date;
  /** What a second of waiting lasts; a test hands in less. */
  readonly msPerSecond?: number;
  /** How long one waits for an answer of GitHub; a test hands in less. */
  readonly answerWithinMs?: number;
  readonly later?: Later;
  /** A test hands in one that can be cut off. */
  readonly fetch?: typeof fetch;
}

/** Requests at a time for one installation: GitHub asks for no more than a hundred from one App. */
const WIDTH = 4;

export function openTouchstone(surroundings: TouchstoneSurroundings): Touchstone & { idle(): Promise<void> } {
  const { settings, log, now = () => new Date(), msPerSecond = 1000, answerWithinMs, later, fetch } = surroundings;
  const stopping = new AbortController();
  const counted = openCounts(surroundings.metrics, () => queue.length);
  const clients: AppClients = appClients(settings, {
    baseUrl: settings.gitHub.apiUrl,
    signal: stopping.signal,
    msPerSecond,
    ...(answerWithinMs !== undefined && { answerWithinMs }),
    ...(fetch && { fetch }),
    onWait: (seconds, because) => log.warn({ seconds, because }, 'GitHub asks to wait'),
  });
  const queue = new WorkQueue({
    ...{ width: WIDTH, now, msPerSecond },
    ...(later && { later }),
    onDone: (key, tookMs) => counted.took.observe({ work: kindOf(key) }, tookMs / 1000),
    onFailure: (key, error, retryMs) => {
      if (stopping.signal.aborted) return;
      counted.failures.inc({ work: kindOf(key) });
      log.error({ work: key, err: error, retryMs }, 'not done');
    },
  });
  const answering = new Answering({
    ...{ clients, queue, log, now },
    appId: settings.appId,
    webUrl: settings.gitHub.webUrl,
    keptAnswers: new KeptAnswers(),
    onWrites: (writes) => counted.writes.inc(writes),
  });
  const rounds = new Rounds({
    ...{ clients, queue, log, now },
    ...(later && { later }),
    take: (hint) => answering.take(hint),
  });
  return {
    listen(probot) {
      probot.onAny(({ id, name, payload }) => {
        for (const hint of hintsOf(name, payload)) {
          if (hint.kind === 'installation') rounds.look(hint.installation);
          else answering.take(hint, id);
        }
      });
    },
    begin: () => rounds.begin(),
    idle: () => queue.idle(),
    async stop(graceMs) {
      rounds.stop();
      queue.stop();
      const late = setTimeout(() => stopping.abort(new DOMException('The App stops.', 'AbortError')), graceMs);
      await queue.idle();
      clearTimeout(late);
      stopping.abort(new DOMException('The App stopped.', 'AbortError'));
    },
  };
}

interface Counts {
  readonly took: Histogram<'work'>;
  readonly failures: Counter<'work'>;
  readonly writes: Counter;
}

function openCounts(registry: Registry, length: () => number): Counts {
  const registers = [registry];
  new Gauge({
    ...{ registers, name: 'touchstone_work_waiting', help: 'Pull requests and groups that wait or are at work' },
    collect() {
      this.set(length());
    },
  });
  return {
    took: new Histogram({
      ...{ registers, name: 'touchstone_work_seconds', help: 'Time that it took to make one thing right' },
      labelNames: ['work'],
      buckets: [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000],
    }),
    failures: new Counter({
      ...{ registers, name: 'touchstone_work_failures_total', help: 'Attempts that failed; each is made again' },
      labelNames: ['work'],
    }),
    writes: new Counter({
      ...{ registers, name: 'touchstone_writes_total', help: 'Checks, comments and orders that were written' },
    }),
  };
}

/** `pull acme/churn#12` is work of the kind `pull`. */
function kindOf(key: string): string {
  return key.split(' ', 1)[0] ?? '';
}
