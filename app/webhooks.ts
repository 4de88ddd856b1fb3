import { createHmac, createSecretKey } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Probot } from 'probot';
import {
  isSigned,
  LARGEST_BODY,
  parseBody,
  readHeaders,
  REFUSALS,
  tellOf,
  type Announced,
  type Payload,
  type Refusal,
} from './delivery.ts';
import type { Metrics } from './metrics.ts';

type Event = Parameters<Probot['receive']>[0];

export interface WebhookPorts {
  readonly probot: Pick<Probot, 'receive'>;
  readonly log: Pick<Probot['log'], 'info' | 'warn'>;
  readonly metrics: Metrics;
  readonly secret: string;
}

/** The door for webhooks: refuses what is none before it is parsed, acknowledges the others, and only then hands them on. */
export interface Webhooks {
  take(request: IncomingMessage, response: ServerResponse): void;
  /** From now on GitHub is told to keep what it has: it lists it as failed, and whoever starts next looks there. */
  close(): void;
}

export function openWebhooks({ probot, log, metrics, secret }: WebhookPorts): Webhooks {
  const key = createSecretKey(secret, 'utf8');
  let isOpen = true;

  function refuse(response: ServerResponse, reason: Refusal): void {
    metrics.refusal(reason);
    turnAway(response, REFUSALS[reason].status, REFUSALS[reason].says);
  }

  function take(request: IncomingMessage, response: ServerResponse): void {
    if (!isOpen) {
      refuse(response, 'stopping');
      return;
    }
    const announced = readHeaders(request.headers);
    if (announced.kind === 'refused') refuse(response, announced.reason);
    else readBody(request, response, announced);
  }

  function readBody(request: IncomingMessage, response: ServerResponse, announced: Announced): void {
    const chunks: Buffer[] = [];
    const hmac = createHmac('sha256', key);
    let length = 0;
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > LARGEST_BODY) {
        request.off('data', onData).off('end', onEnd);
        chunks.length = 0;
        refuse(response, 'too-large');
      } else {
        chunks.push(chunk);
        hmac.update(chunk);
      }
    };
    const onEnd = (): void => {
      if (!isSigned(announced, hmac)) return refuse(response, 'forged');
      const parsed = parseBody(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length));
      if (parsed.kind === 'refused') return refuse(response, parsed.reason);
      response.writeHead(202, { 'content-length': 0 }).end();
      handOn(announced, parsed.payload);
    };
    request.on('data', onData).on('end', onEnd);
  }

  /** GitHub has its answer: what goes wrong from here on is ours, and the next look at everything mends it. */
  function handOn(announced: Announced, payload: Payload): void {
    const { id, event } = announced;
    const told = tellOf(announced, payload);
    metrics.delivery(event, 'acknowledged');
    log.info(told, 'delivery');
    // Whatever name and payload there are, Probot looks for handlers of that name, and there may be none.
    probot.receive({ id, name: event, payload } as Event).then(
      () => metrics.delivery(event, 'handled'),
      // Why, its own handler of errors has logged.
      () => {
        metrics.delivery(event, 'failed');
        log.warn(told, 'delivery failed');
      },
    );
  }

  return { take, close: () => void (isOpen = false) };
}

/** Ends the connection with the answer: what else comes over it, nobody reads. */
export function turnAway(
  response: ServerResponse,
  status: number,
  says: string,
  headers: { readonly [name: string]: string } = {},
): void {
  const text = `${says}\n`;
  const length = Buffer.byteLength(text);
  response.writeHead(status, {
    ...headers,
    'content-type': 'text/plain',
    'content-length': length,
    connection: 'close',
  });
  response.end(text);
}
