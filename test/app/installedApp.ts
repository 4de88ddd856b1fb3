import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { EVENTS, PERMISSIONS } from '../../app/manifest.ts';
import { runApp } from '../../app/run.ts';
import { openTouchstone, type Touchstone, type TouchstoneSurroundings } from '../../app/touchstone.ts';
import type { GitHub } from '../github/gitHub.ts';
import type { Account } from '../github/state/account.ts';
import type { App, Installation } from '../github/state/app.ts';
import { APP_KEY, SECRET, WEBHOOK_PATH } from './runningApp.ts';

/** The App as a stand-in knows it: with the permissions and events of `app.yml`, and no others. */
export interface InstalledApp {
  readonly app: App;
  readonly installation: Installation;
  /** Where its webhooks go. */
  readonly port: number;
}

/** One of the processes of an App. */
export interface AppInstance {
  readonly url: string;
  readonly touchstone: Touchstone & { idle(): Promise<void> };
  readonly stopping: AbortController;
  readonly ended: Promise<number>;
  /** Until it has seen to all that it acknowledged. */
  idle(): Promise<void>;
}

/** Registers the App, and installs it in all repositories of an account. */
export async function installApp(
  github: GitHub,
  owner: Account,
  { silent = false }: { /** Whether it is told of nothing. */ readonly silent?: boolean } = {},
): Promise<InstalledApp> {
  const app = github.createApp('touchstone', {
    owner,
    publicKey: APP_KEY.publicKey,
    permissions: PERMISSIONS,
    events: EVENTS,
  });
  const port = await freePort();
  if (!silent) {
    github.hooks.add({
      owner: { kind: 'app', app },
      url: `http://127.0.0.1:${port}${WEBHOOK_PATH}`,
      secret: SECRET,
      events: EVENTS,
    });
  }
  const installation = github.install(app, owner);
  await github.settled();
  return { app, installation, port };
}

export interface StartedWith extends Omit<Partial<TouchstoneSurroundings>, 'settings' | 'log' | 'metrics'> {
  readonly port: number;
  /** Told of what the App logs, a line each. */
  readonly onLog: (line: string) => void;
}

/** Starts the App as `npm run app` does, over HTTP, and waits until it is ready. */
export async function startApp(
  github: GitHub,
  app: App,
  { port, onLog, ...surroundings }: StartedWith,
): Promise<AppInstance> {
  const stopping = new AbortController();
  const opened: { touchstone?: AppInstance['touchstone'] } = {};
  const url = `http://127.0.0.1:${port}`;
  const acknowledged = (): number =>
    github.hooks.deliveries.filter(({ hook, statusCode }) => statusCode === 202 && hook.url.startsWith(`${url}/`))
      .length;
  const before = acknowledged();
  let handled = 0;
  const ended = runApp(
    {
      env: {
        APP_ID: String(app.id),
        PRIVATE_KEY: APP_KEY.privateKey,
        WEBHOOK_SECRET: SECRET,
        PORT: String(port),
        GHE_HOST: github.url.replace('http://', ''),
        GHE_PROTOCOL: 'http',
        LOG_LEVEL: 'fatal',
      },
      stdout: { write: onLog },
      stderr: { write: onLog },
      signal: stopping.signal,
      readFile: (file) => readFileSync(file, 'utf8'),
      manifestFile: path.resolve(import.meta.dirname, '../../app.yml'),
      envFile: '/nowhere/.env',
    },
    (given) => {
      const touchstone = openTouchstone({ ...given, msPerSecond: 1, ...surroundings, log: logTo(onLog) });
      opened.touchstone = touchstone;
      return {
        ...touchstone,
        listen: (probot) => {
          touchstone.listen(probot);
          probot.onAny(() => void (handled += 1));
        },
      };
    },
  );
  await readyAt(url, ended);
  const { touchstone } = opened;
  if (touchstone === undefined) throw new Error('the App did not open');
  return {
    ...{ url, touchstone, stopping, ended },
    async idle() {
      // What was acknowledged is handed on a moment later.
      while (handled < acknowledged() - before) await new Promise((resolve) => setTimeout(resolve, 2));
      await touchstone.idle();
    },
  };
}

export async function stopApp({ stopping, ended }: AppInstance): Promise<void> {
  stopping.abort();
  await ended;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function logTo(onLog: (line: string) => void): TouchstoneSurroundings['log'] {
  return {
    debug: () => undefined,
    info: (what: object) => onLog(JSON.stringify(what)),
    warn: (what: object) => onLog(JSON.stringify(what)),
    error: ({ err, ...what }: { readonly err?: unknown }) =>
      onLog(`${JSON.stringify(what)} ${err instanceof Error ? (err.stack ?? err.message) : String(err)}`),
  } as never;
}

async function readyAt(url: string, ended: Promise<number>): Promise<void> {
  let exit: number | undefined;
  void ended.then((code) => (exit = code));
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    if (exit !== undefined) throw new Error(`the App ended with ${exit}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
