// What publishing takes: node bench/publish/run.ts (after npm run build)
// The built action against a stand-in for GitHub on this machine, by turns with a bare Node that sends the same requests.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { markdownTable } from 'markdown-table';
import { openWorld } from './world.ts';

const ROUNDS = 15;
const MOST_OWN_MS = 250;
const bundle = path.resolve(import.meta.dirname, '../../dist/action-publish.js');
const floor = path.join(import.meta.dirname, 'floor.mjs');
const watch = path.join(import.meta.dirname, 'watch.mjs');

const world = await openWorld();
const { github, folder } = world;
const gitConfig = path.join(folder, 'home', '.gitconfig');
const watched = path.join(folder, 'watched.json');
const replay = path.join(folder, 'requests.json');
const before = readFileSync(gitConfig);

// The first one creates the comment; what is measured is every one after it.
await publish();
github.requests.length = 0;
await publish();
const requests = [...github.requests];
recordRequests();

const own: number[] = [];
const bare: number[] = [];
const peaks: number[] = [];
const hosts = new Set<string>();
for (let round = 0; round < ROUNDS; round += 1) {
  bare.push(await timed([floor, replay], process.env));
  own.push(await publish());
  const seen = JSON.parse(readFileSync(watched, 'utf8')) as { peakMiB: number; hosts: readonly string[] };
  peaks.push(seen.peakMiB);
  for (const host of seen.hosts) hosts.add(host);
}
const unchanged = before.equals(readFileSync(gitConfig));
const expected = new URL(github.url).host;
const foreign = [...hosts].filter((host) => host !== expected);
const reads = requests.filter(({ method, path: asked }) => method === 'GET' || asked === '/graphql').length;
await github.close();
rmSync(folder, { recursive: true, force: true });

const difference = own.map((ms, round) => ms - (bare[round] ?? ms));
const ownMs = median(difference);
console.log(
  markdownTable([
    [`publish, median of ${ROUNDS}`, ''],
    ['whole job', `${median(own).toFixed(0)} ms`],
    ['bare Node with the same requests', `${median(bare).toFixed(0)} ms`],
    ['our own time', `${ownMs.toFixed(0)} ms (at most ${MOST_OWN_MS} ms)`],
    ['peak memory', `${median(peaks).toFixed(0)} MiB`],
    ['requests, 100 comments', `${reads} read, ${requests.length - reads} written`],
    ['global git configuration', unchanged ? 'the same bytes' : 'CHANGED'],
    ['hosts other than GitHub', foreign.length === 0 ? 'none' : foreign.join(', ')],
  ]),
);
const holds =
  ownMs <= MOST_OWN_MS &&
  unchanged &&
  foreign.length === 0 &&
  hosts.size > 0 &&
  reads <= 2 &&
  requests.length - reads <= 2;
process.exitCode = holds ? 0 : 1;

function publish(): Promise<number> {
  return timed(['--import', watch, bundle], { ...world.environment(), WATCHED: watched });
}

function recordRequests(): void {
  const token = world.environment()['INPUT_TOKEN'] ?? '';
  const sent = requests.map(({ method, path: asked, query, body }) => ({
    method,
    url: asked === '/graphql' ? github.graphQlUrl : `${github.apiUrl}${asked}${query}`,
    headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }));
  writeFileSync(replay, JSON.stringify(sent));
}

/** Milliseconds from start to end of a process. The stand-in answers meanwhile, so it must not block. */
function timed(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const started = process.hrtime.bigint();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: path.join(folder, 'checkout'),
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(Number(process.hrtime.bigint() - started) / 1e6);
      else reject(new Error(`${args.join(' ')} ended with ${code}:\n${said}`));
    });
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
