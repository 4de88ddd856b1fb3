import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '../route.ts';

/** Somebody who takes deliveries and keeps them. */
export interface Receiver {
  readonly url: string;
  readonly received: { readonly event: string; readonly payload: Json }[];
  /** `EVENT.ACTION` of all that came. */
  readonly names: readonly string[];
  readonly close: () => Promise<void>;
}

export async function receive(): Promise<Receiver> {
  const received: { readonly event: string; readonly payload: Json }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const payload = JSON.parse(Buffer.concat(chunks).toString()) as Json;
      received.push({ event: String(request.headers['x-github-event']), payload });
      response.writeHead(200).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received,
    get names() {
      return received.map(({ event, payload }) => [event, payload['action']].join('.'));
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
