// A server of its own process, which says where it listens: node bench/app/server.ts own|bare
// Both have the real Probot, with a handler for each event that does nothing.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { createNodeMiddleware, Probot } from 'probot';
import { openLog, QuietOctokit } from '../../app/log.ts';
import { openMetrics } from '../../app/metrics.ts';
import { Readiness } from '../../app/readiness.ts';
import { openServer } from '../../app/server.ts';
import { openWebhooks } from '../../app/webhooks.ts';
import { SECRET, WEBHOOK_PATH } from './payloads.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});
let handled = 0;
const listen = (probot: Probot): void => probot.on(['pull_request', 'check_run'], () => void (handled += 1));

const url = process.argv[2] === 'bare' ? await openBare() : await openOwn();
process.send?.({ url });
process.on('message', () => process.send?.({ handled }));

async function openBare(): Promise<string> {
  const probot = new Probot({ appId: 1, privateKey, secret: SECRET });
  const middleware = await createNodeMiddleware(listen, { probot, webhooksPath: WEBHOOK_PATH });
  const server = createServer((request, response) => void middleware(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

/** As `app/run.ts` joins it, with its line in the log for each delivery. */
async function openOwn(): Promise<string> {
  const log = await openLog({ level: 'info', format: 'json' });
  const metrics = openMetrics();
  const probot = new Probot({ appId: 1, privateKey, secret: SECRET, log, Octokit: QuietOctokit });
  await probot.load(listen);
  const webhooks = openWebhooks({ probot, log, metrics, secret: SECRET });
  const ports = { webhookPath: WEBHOOK_PATH, webhooks, readiness: new Readiness(), metrics };
  return (await openServer(ports, 0, '127.0.0.1')).url;
}
