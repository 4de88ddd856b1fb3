// Probot has a set-up of its own, and it is not used: it fetches a program with npx to make a channel at smee.io, a third party
// that then sees every webhook; it writes .env readable for everybody, line breaks and all, over what was there; it cannot say
// at which path webhooks come; and anybody who reaches its port can write keys.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import * as v from 'valibot';
import { answerOf } from '../src/adapters/github/answer.ts';
import { connectGitHub } from '../src/adapters/github/connectGitHub.ts';
import { ServiceFailure, UserMistake, type Problem } from '../src/failure.ts';
import type { AppProcess } from './appProcess.ts';
import { addToEnvFile, keysInEnvFile } from './envFile.ts';
import { parseManifest, type Manifest } from './manifest.ts';
import { registrationOf } from './registration.ts';
import type { Environment, Surroundings } from './settings.ts';
import { askingPage, donePage, failedPage, sendingPage } from './setupPages.ts';

const KEYS = ['APP_ID', 'PRIVATE_KEY', 'WEBHOOK_SECRET'];
const LONGEST_ADDRESS = 2000;

/** Registers an App at GitHub by way of a page on this machine alone, and keeps its keys; ends when that is done. */
export async function setUp(process: AppProcess, surroundings: Surroundings): Promise<void> {
  const { envFile, stdout, signal } = process;
  refuseKept(envFile, await keysInEnvFile(envFile, KEYS));
  const manifest = parseManifest(process.readFile(process.manifestFile));
  const server = createServer({ requestTimeout: 10_000 });
  const origin = await listenHere(server, surroundings.port);
  // Another page in the same browser may post to localhost; it cannot know this.
  const token = randomBytes(24).toString('base64url');
  const done = new Promise<void>((resolve) => {
    const conversation = new Conversation({ process, surroundings, manifest, root: `${origin}/${token}/`, resolve });
    server.on('request', (request, response) => void conversation.answer(request, response));
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  stdout.write(
    `There is no App yet: neither APP_ID nor a key is set. Open this page, on this machine, to make one:\n\n`,
  );
  stdout.write(`  ${origin}/${token}/\n\n`);
  await done;
  await closed(server);
}

interface ConversationPorts {
  readonly process: AppProcess;
  readonly surroundings: Surroundings;
  readonly manifest: Manifest;
  /** Where its pages are, with the word that only the terminal was told. */
  readonly root: string;
  readonly resolve: () => void;
}

class Conversation {
  readonly #ports: ConversationPorts;
  readonly #state = randomBytes(24).toString('base64url');
  #isConverting = false;

  constructor(ports: ConversationPorts) {
    this.#ports = ports;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { root, surroundings } = this.#ports;
    const { method, url = '' } = request;
    const asked = new URL(url.slice(0, LONGEST_ADDRESS), root);
    const page = asked.href.startsWith(root) ? asked.pathname.slice(new URL(root).pathname.length) : undefined;
    const say = (status: number, html: string): void => sendPage(response, status, html, surroundings.gitHub.webUrl);
    if (method !== 'GET') say(405, failedPage('This page is only read.'));
    else if (page === '') say(200, this.#asking(asked.searchParams));
    else if (page === 'send') this.#sending(asked.searchParams, say);
    else if (page === 'created') await this.#created(asked.searchParams, say);
    else say(404, failedPage('There is nothing here. The address of the page is in the terminal.'));
  }

  #asking(query: URLSearchParams, problems: readonly Problem[] = []): string {
    const { manifest, surroundings } = this.#ports;
    return askingPage({
      name: query.get('name') ?? manifest.name,
      address: query.get('address') ?? '',
      organization: query.get('organization') ?? '',
      webhookPath: surroundings.webhookPath,
      webUrl: surroundings.gitHub.webUrl,
      problems,
    });
  }

  #sending(query: URLSearchParams, say: (status: number, html: string) => void): void {
    const { manifest, surroundings, root } = this.#ports;
    const registration = registrationOf(
      {
        name: query.get('name') ?? '',
        address: query.get('address') ?? '',
        organization: query.get('organization') ?? '',
      },
      { manifest, surroundings, redirectUrl: `${root}created`, state: this.#state },
    );
    if (registration.kind === 'problems') say(422, this.#asking(query, registration.problems));
    else say(200, sendingPage(registration));
  }

  async #created(query: URLSearchParams, say: (status: number, html: string) => void): Promise<void> {
    const { process, surroundings, resolve } = this.#ports;
    const code = query.get('code') ?? '';
    if (!isSame(query.get('state') ?? '', this.#state)) {
      return say(403, failedPage('This answer does not belong to what was sent from here. Begin again from the page.'));
    }
    if (!/^[\w-]{1,200}$/.test(code)) return say(400, failedPage('GitHub sent no code. Begin again from the page.'));
    // The code is good for one time: a page that is loaded again must not ask a second time.
    if (this.#isConverting) return say(409, failedPage('This was asked for already.'));
    this.#isConverting = true;
    try {
      const app = await convert(code, surroundings, process.env);
      await keep(process.envFile, app);
      process.stdout.write(
        `${app.html_url} is registered. Its keys are in ${process.envFile}, which only you can read.\n\n` +
          `Install it:  ${app.html_url}/installations/new\nThen start:  npm run app\n`,
      );
      say(200, donePage({ name: app.name, url: app.html_url, envFile: process.envFile }));
      resolve();
    } catch (error) {
      this.#isConverting = false;
      if (!(error instanceof UserMistake) && !(error instanceof ServiceFailure))
        process.stderr.write(`${String(error)}\n`);
      say(502, failedPage(error instanceof Error ? error.message : String(error)));
    }
  }
}

const createdSchema = v.object({
  id: v.number(),
  name: v.string(),
  html_url: v.pipe(v.string(), v.url()),
  pem: v.string(),
  webhook_secret: v.nullable(v.string()),
});

type CreatedApp = v.InferOutput<typeof createdSchema>;

async function convert(code: string, { gitHub }: Surroundings, env: Environment): Promise<CreatedApp> {
  const client = await connectGitHub({ baseUrl: gitHub.apiUrl }, env);
  const what = `${gitHub.apiUrl}/app-manifests/.../conversions`;
  try {
    // Its second answer would be another one: the code has been used up by then.
    const { data } = await client.rest.apps.createFromManifest({
      code,
      request: { retries: 0, answerWithinMs: 30_000 },
    });
    return answerOf(what, createdSchema, data);
  } catch (error) {
    if (error instanceof ServiceFailure) throw error;
    const { status, message } = error as Error & { readonly status?: number };
    throw new ServiceFailure(
      'setup-failed',
      {
        where: what,
        found: status === 404 ? 'GitHub does not know this code (404): it is good for one hour and one time' : message,
        remedy: 'Where an App was made all the same, delete it on its page; then begin again',
      },
      { cause: error },
    );
  }
}

/** The key in base64, so that it is one line which Node, Docker, Compose and systemd all read alike. */
async function keep(envFile: string, app: CreatedApp): Promise<void> {
  const kept = await addToEnvFile(envFile, {
    APP_ID: String(app.id),
    PRIVATE_KEY: Buffer.from(app.pem).toString('base64'),
    ...(app.webhook_secret !== null && { WEBHOOK_SECRET: app.webhook_secret }),
  });
  if (kept.kind === 'there') throw mistakeOfKept(envFile, kept.names, `Make a new private key on ${app.html_url}`);
  if (app.webhook_secret === null) {
    throw new ServiceFailure('setup-failed', {
      where: app.html_url,
      found: 'GitHub made the App without a webhook secret; its id and key are kept',
      remedy: `Set one on its page, and the same as WEBHOOK_SECRET in ${envFile}`,
    });
  }
}

function refuseKept(envFile: string, names: readonly string[]): void {
  if (names.length > 0) throw mistakeOfKept(envFile, names, 'To make another App, move that file away');
}

function mistakeOfKept(envFile: string, names: readonly string[], remedy: string): UserMistake {
  return new UserMistake('setup-kept', {
    where: envFile,
    found: `${names.join(', ')} ${names.length === 1 ? 'has a value' : 'have values'} there, which the set-up does not overwrite`,
    expected: 'a file without them, or none; or APP_ID, PRIVATE_KEY and WEBHOOK_SECRET all set',
    remedy,
  });
}

/** On this machine alone, whatever HOST says. */
async function listenHere(server: Server, port: number): Promise<string> {
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    const problem = { where: `127.0.0.1:${port}`, found: `the page of the set-up cannot be served there (${code})` };
    throw new ServiceFailure('port-taken', { ...problem, remedy: 'Set PORT to one that is free' }, { cause: error });
  }
  const address = server.address();
  return `http://localhost:${typeof address === 'object' && address !== null ? address.port : port}`;
}

const LAST_PAGE_MS = 2000;

/** The last page is still on its way to the browser. */
async function closed(server: Server): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), LAST_PAGE_MS);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(timer);
}

function sendPage(response: ServerResponse, status: number, html: string, webUrl: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    // The address of the page is a secret: only its origin goes with what is sent to GitHub.
    'referrer-policy': 'strict-origin',
    'x-content-type-options': 'nosniff',
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; form-action 'self' ${webUrl}; frame-ancestors 'none'; base-uri 'none'`,
    connection: 'close',
  });
  response.end(html);
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
