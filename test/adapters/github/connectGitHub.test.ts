import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { execa } from 'execa';
import { expect, it, onTestFinished } from 'vitest';

/** Asks an API that only the proxy knows, in a process of its own: the proxy is read from its environment. */
const ASK = `
import { connectGitHub } from './src/adapters/github/connectGitHub.ts';
const client = await connectGitHub({ baseUrl: 'http://api.github.example', token: 'secret', msPerSecond: 1 }, process.env);
const { data } = await client.rest.repos.get({ owner: 'octocat', repo: 'churn' });
console.log(data.full_name);
`;

it('GitHub is asked by way of the proxy that the environment names', async () => {
  const api = await listening(
    createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ full_name: request.url?.replace('/repos/', '') }));
    }),
  );
  const asked: (string | undefined)[] = [];
  const tunnel = createServer();
  tunnel.on('connect', (request: IncomingMessage, socket: Duplex) => {
    asked.push(request.url);
    const onward = connect(api, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    socket.on('error', () => onward.destroy());
  });
  const proxy = await listening(tunnel);

  const { stdout } = await execa(process.execPath, ['--input-type=module-typescript', '--eval', ASK], {
    env: { http_proxy: `http://127.0.0.1:${proxy}`, GITHUB_API_URL: 'http://api.github.example' },
  });
  expect(stdout).toBe('octocat/churn');
  expect(asked).toEqual(['api.github.example:80']);
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
