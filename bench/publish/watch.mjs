// Loaded before the job: what memory it came to, and every host that it connected to.
import diagnostics from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';

const hosts = new Set();
diagnostics.subscribe('undici:client:beforeConnect', ({ connectParams }) => hosts.add(connectParams.host));
diagnostics.subscribe('net.client.socket', ({ socket }) => {
  socket.on('lookup', (_error, _address, _family, host) => hosts.add(host));
  socket.on('connect', () => hosts.add(`${socket.remoteAddress}:${socket.remotePort}`));
});
process.on('exit', () => {
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  writeFileSync(process.env.WATCHED, JSON.stringify({ peakMiB, hosts: [...hosts] }));
});
