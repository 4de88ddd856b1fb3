// Sends deliveries over 16 connections that stay open, each the next one once the last was acknowledged, for a while, and
// says how many were: node bench/app/load.ts URL MILLISECONDS
// Requests are made beforehand, and of an answer only its status is read: the server has to be what there is to wait for.
import { connect, type Socket } from 'node:net';
import { deliveries } from './payloads.ts';

const CONNECTIONS = 16;
const url = new URL(process.argv[2] ?? '');
const forMs = Number(process.argv[3]);
const requests = deliveries(url.host);

const begun = performance.now();
const counts = await Promise.all(Array.from({ length: CONNECTIONS }, (_, at) => send(at)));
const acknowledged = counts.reduce((sum, count) => sum + count, 0);
process.send?.({ acknowledged, ms: performance.now() - begun });

function send(at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(url.port), url.hostname);
    socket.setNoDelay(true);
    let sent = at;
    let acknowledgedHere = 0;
    let rest = '';
    socket.on('connect', () => next(socket, sent));
    socket.on('data', (chunk: Buffer) => {
      rest += chunk.toString('latin1');
      const end = endOfAnswer(rest);
      if (end === undefined) return;
      if (!/^HTTP\/1\.1 20[02] /.test(rest)) return reject(new Error(`Not acknowledged: ${rest.slice(0, 200)}`));
      rest = rest.slice(end);
      acknowledgedHere += 1;
      if (performance.now() - begun >= forMs) {
        socket.destroy();
        resolve(acknowledgedHere);
      } else next(socket, (sent += 1));
    });
    socket.on('error', reject);
  });
}

function next(socket: Socket, at: number): void {
  const request = requests[at % requests.length];
  if (request) socket.write(request);
}

/** Where the answer ends; nothing while it is not all there. */
function endOfAnswer(text: string): number | undefined {
  const head = text.indexOf('\r\n\r\n');
  if (head === -1) return undefined;
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? 0);
  return text.length >= head + 4 + length ? head + 4 + length : undefined;
}
