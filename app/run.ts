import { Probot } from 'probot';
import { ServiceFailure, UserMistake } from '../src/failure.ts';
import type { AppProcess } from './appProcess.ts';
import { findKnownApp, type KnownApp } from './knownApp.ts';
import { openLog, QuietOctokit, type Log } from './log.ts';
import { openMetrics } from './metrics.ts';
import { Readiness } from './readiness.ts';
import { openServer } from './server.ts';
import { needsSetup, readSettings, readSurroundings, type Settings } from './settings.ts';
import { setUp } from './setup.ts';
import { openTouchstone, type Touchstone } from './touchstone.ts';
import { openWebhooks } from './webhooks.ts';

const EXIT = { done: 0, mistake: 2, service: 3, bug: 70 } as const;

/** Runs until it is stopped; what goes wrong before that is said on stderr and becomes the exit code. */
export async function runApp(process: AppProcess, open = openTouchstone): Promise<number> {
  try {
    if (needsSetup(process.env)) await setUp(process, readSurroundings(process.env));
    else await serve(process, readSettings(process.env, process.readFile), open);
    return EXIT.done;
  } catch (error) {
    if (process.signal.aborted) return EXIT.done;
    const { says, code } = failureOf(error);
    process.stderr.write(`${says}\n`);
    return code;
  }
}

function failureOf(error: unknown): { readonly says: string; readonly code: number } {
  if (error instanceof UserMistake) return { says: error.message, code: EXIT.mistake };
  if (error instanceof ServiceFailure) return { says: error.message, code: EXIT.service };
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { says: `This is a bug in Touchstone. Please report it with these lines:\n${trace}`, code: EXIT.bug };
}

// Kubernetes kills 30 seconds after it asked; Docker after ten, unless it is told otherwise.
const GRACE_MS = 25_000;
const PATIENCE = { forMs: 5 * 60_000, firstWaitMs: 500 };

async function serve({ env, signal }: AppProcess, settings: Settings, open: typeof openTouchstone): Promise<void> {
  const log = await openLog(settings.log);
  const metrics = openMetrics();
  const readiness = new Readiness();
  const touchstone = open({ settings, log, metrics: metrics.registry });
  const probot = await openProbot(settings, log, touchstone);
  const webhooks = openWebhooks({ probot, log, metrics, secret: settings.webhookSecret });
  const { webhookPath, port, host } = settings;
  const server = await openServer({ webhookPath, webhooks, readiness, metrics }, port, host);
  try {
    log.info({ url: server.url, webhooks: webhookPath, gitHub: settings.gitHub.webUrl }, 'listening');
    const app = await findKnownApp(settings, env, { ...PATIENCE, signal, onFailure: unreached(readiness, log) });
    tellKnown(app, log);
    readiness.become({ kind: 'ready' });
    touchstone.begin();
    await aborted(signal);
    log.info('stopping: no webhook is taken any more');
  } finally {
    readiness.stop();
    webhooks.close();
    await touchstone.stop(GRACE_MS);
    await server.close();
  }
  log.info('stopped');
}

/** Its own server, set-up, static pages and reading of .env stay outside: what comes in has been looked at by `webhooks.ts`. */
async function openProbot(settings: Settings, log: Log, touchstone: Touchstone): Promise<Probot> {
  const { appId, privateKey, webhookSecret: secret, gitHub } = settings;
  const probot = new Probot({ appId, privateKey, secret, baseUrl: gitHub.apiUrl, log, Octokit: QuietOctokit });
  await probot.load((listener) => touchstone.listen(listener));
  return probot;
}

function unreached(readiness: Readiness, log: Log): (why: string) => void {
  return (why) => {
    readiness.become({ kind: 'not-ready', why: `GitHub cannot be reached: ${why}` });
    log.warn({ why }, 'GitHub cannot be reached, asking again');
  };
}

function tellKnown({ slug, url, lacking }: KnownApp, log: Log): void {
  log.info({ app: slug, url }, 'GitHub knows this App');
  if (lacking.length === 0) return;
  log.warn(
    { lacking },
    'the App lacks permissions or events: add them on its page, and accept them where it is installed',
  );
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
