import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Registry } from 'prom-client';
import { ServiceFailure } from '../src/failure.ts';
import { REFUSALS, type Refusal } from './delivery.ts';
import type { Metrics } from './metrics.ts';
import type { Readiness } from './readiness.ts';
import { turnAway, type Webhooks } from './webhooks.ts';

export interface ServerPorts {
  readonly webhookPath: string;
  readonly webhooks: Webhooks;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
  /** GitHub waits ten seconds for an answer; whoever takes longer to send a request is cut off. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 10_000;

export interface AppServer {
  /** `http://HOST:PORT`. */
  readonly url: string;
  /** Ends at once what still hangs on it. */
  close(): Promise<void>;
}

/** @throws ServiceFailure `port-taken` */
export async function openServer(ports: ServerPorts, port: number, host: string): Promise<AppServer> {
  const { patienceMs = PATIENCE_MS } = ports;
  const server = createServer({
    requestTimeout: patienceMs,
    headersTimeout: patienceMs,
    connectionsCheckingInterval: Math.min(1000, patienceMs / 2),
  });
  watchConnections(server, ports.metrics);
  const pages = pagesOf(ports);
  server.on('request', (request, response) => route(ports, pages, request, response));
  await listening(server, port, host);
  return { url: urlOf(server, host), close: () => closed(server) };
}

type Page = (response: ServerResponse) => void;

function route(
  { webhookPath, webhooks, metrics }: ServerPorts,
  pages: ReadonlyMap<string, Page>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { method, url = '' } = request;
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  if (path === webhookPath) {
    if (method !== 'POST') return notAllowed(response, 'POST');
    countBroken(request, metrics);
    return webhooks.take(request, response);
  }
  const page = pages.get(path);
  if (page === undefined) return turnAway(response, 404, 'There is nothing here.');
  if (method !== 'GET' && method !== 'HEAD') return notAllowed(response, 'GET, HEAD');
  page(response);
}

function notAllowed(response: ServerResponse, allow: string): void {
  turnAway(response, 405, `This is asked for by ${allow}.`, { allow });
}

function pagesOf({ readiness, metrics }: ServerPorts): ReadonlyMap<string, Page> {
  return new Map<string, Page>([
    ['/healthz', (response) => say(response, 200, 'ok')],
    [
      '/readyz',
      (response) => {
        const { state } = readiness;
        if (state.kind === 'ready') say(response, 200, 'ready');
        else say(response, 503, state.why);
      },
    ],
    ['/metrics', (response) => void sayMetrics(response, metrics.registry)],
  ]);
}

function say(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  const body = Buffer.from(`${text}\n`);
  response.writeHead(status, { 'content-type': type, 'content-length': body.length, 'cache-control': 'no-store' });
  response.end(body);
}

async function sayMetrics(response: ServerResponse, registry: Registry): Promise<void> {
  try {
    say(response, 200, (await registry.metrics()).trimEnd(), registry.contentType);
  } catch (error) {
    // Something that was counted outside cannot be read; the rest of the App works on.
    say(response, 500, String(error));
  }
}

const lateSockets = new WeakSet<Socket>();

/** What Node itself finds wrong with a request, before or while it is read, is answered here. */
function watchConnections(server: Server, metrics: Metrics): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
      lateSockets.add(socket);
      return cutOff(socket, 'slow');
    }
    // A body that was announced and did not come is counted where its request is known.
    if (error.code === 'HPE_INVALID_EOF_STATE') return cutOff(socket, 'truncated');
    if (error.code === 'ECONNRESET') return socket.destroy();
    metrics.refusal('malformed');
    return cutOff(socket, 'malformed');
  });
}

function cutOff(socket: Socket, reason: Refusal): void {
  if (!socket.writable) return void socket.destroy();
  const { status, says } = REFUSALS[reason];
  const head = `HTTP/1.1 ${status} ${reason}\r\nconnection: close\r\ncontent-type: text/plain\r\n`;
  socket.end(`${head}content-length: ${Buffer.byteLength(says)}\r\n\r\n${says}`, () => socket.destroy());
}

function countBroken(request: IncomingMessage, metrics: Metrics): void {
  const { socket } = request;
  request.once('close', () => {
    if (!request.complete) metrics.refusal(lateSockets.has(socket) ? 'slow' : 'truncated');
  });
}

async function listening(server: Server, port: number, host: string): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    const found =
      code === 'EADDRINUSE' ? 'another process listens there already' : `this process cannot listen there (${code})`;
    throw new ServiceFailure(
      'port-taken',
      { where: `${host}:${port}`, found, remedy: 'Set PORT and HOST to an address that is free on this machine' },
      { cause: error },
    );
  }
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function closed(server: Server): Promise<void> {
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  server.closeAllConnections();
  await done;
}
