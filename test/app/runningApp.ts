import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { Probot } from 'probot';
import { onTestFinished } from 'vitest';
import { openLog, QuietOctokit } from '../../app/log.ts';
import { openMetrics, type Metrics } from '../../app/metrics.ts';
import { Readiness } from '../../app/readiness.ts';
import { openServer } from '../../app/server.ts';
import { openWebhooks, type Webhooks } from '../../app/webhooks.ts';

export const SECRET = 'a secret of the tests';
export const WEBHOOK_PATH = '/api/github/webhooks';

/** The key of an App, made once. */
export const APP_KEY = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});

export interface RunningApp {
  readonly url: string;
  readonly probot: Probot;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly webhooks: Webhooks;
  /** How often something was counted, as `/metrics` says; 0 where it never was. */
  counted(line: string): Promise<number>;
}

/** The door of the App with the real Probot behind it, over HTTP. */
export async function runningApp(
  listen: (probot: Probot) => void = () => undefined,
  { patienceMs = 10_000 }: { readonly patienceMs?: number } = {},
): Promise<RunningApp> {
  const log = await openLog({ level: 'fatal', format: 'json' });
  const { privateKey } = APP_KEY;
  const probot = new Probot({ appId: 1, privateKey, secret: SECRET, log, Octokit: QuietOctokit });
  await probot.load(listen);
  const metrics = openMetrics();
  const readiness = new Readiness();
  const webhooks = openWebhooks({ probot, log, metrics, secret: SECRET });
  const ports = { webhookPath: WEBHOOK_PATH, webhooks, readiness, metrics, patienceMs };
  const server = await openServer(ports, 0, '127.0.0.1');
  onTestFinished(() => server.close());
  const counted = async (line: string): Promise<number> => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const found = text.split('\n').find((each) => each.startsWith(`${line} `));
    return found === undefined ? 0 : Number(found.slice(line.length));
  };
  return { url: server.url, probot, metrics, readiness, webhooks, counted };
}

export function signatureOf(body: string | Uint8Array, secret = SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** The headers that GitHub sends with a body. */
export function headersOf(event: string, body: string | Uint8Array): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-github-event': event,
    'x-github-delivery': randomUUID(),
    'x-hub-signature-256': signatureOf(body),
  };
}

export interface Sent {
  readonly event?: string;
  readonly headers?: { readonly [name: string]: string | undefined };
  readonly method?: string;
  readonly path?: string;
}

/** Sends a delivery as GitHub would, with what a test changes about it. */
export async function deliver(
  { url }: Pick<RunningApp, 'url'>,
  body: string | Uint8Array<ArrayBuffer>,
  { event = 'pull_request', headers = {}, method = 'POST', path = WEBHOOK_PATH }: Sent = {},
): Promise<number> {
  const all = Object.entries({ ...headersOf(event, body), ...headers }).filter(([, value]) => value !== undefined);
  const sent = method === 'GET' || method === 'HEAD' ? {} : { body };
  const answer = await fetch(`${url}${path}`, { method, headers: all as [string, string][], ...sent });
  await answer.arrayBuffer();
  return answer.status;
}

/** Speaks bare TCP: what no client would send. Answers all that came back until the connection ended. */
export function speak(
  { url }: Pick<RunningApp, 'url'>,
  say: (write: (text: string) => void, end: () => void) => void,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    let heard = '';
    socket.on('connect', () =>
      say(
        (text) => void socket.write(text),
        () => void socket.end(),
      ),
    );
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    socket.on('end', () => {
      socket.destroy();
      resolve(heard);
    });
    socket.on('error', (error) => (heard === '' ? reject(error) : resolve(heard)));
  });
}

export function headOf(event: string, body: string, headers: { readonly [name: string]: string } = {}): string {
  const lines = Object.entries({ host: 'app', ...headersOf(event, body), ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return [`POST ${WEBHOOK_PATH} HTTP/1.1`, ...lines, '', ''].join('\r\n');
}
