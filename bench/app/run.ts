// Acknowledged deliveries per second, against bare Probot: node bench/app/run.ts
// Signed pull_request and check_run events of 10 to 50 KB over loopback, 16 connections; servers and sender in processes of their
// own, by turns. What was acknowledged has to have reached a handler by the end, so nobody gains by putting work off.
import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { markdownTable } from 'markdown-table';

const ROUNDS = Number(process.argv[2] ?? 9);
const ROUND_MS = 2000;
const here = import.meta.dirname;

interface Contender {
  readonly name: string;
  readonly server: ChildProcess;
  readonly url: string;
  readonly perSecond: number[];
  acknowledged: number;
}

const bare = await open('bare Probot', 'bare');
const own = await open("Touchstone's App", 'own');
for (let round = -1; round < ROUNDS; round += 1) {
  // Whoever is first in a round is second in the next.
  for (const contender of round % 2 === 0 ? [bare, own] : [own, bare]) {
    const perSecond = await load(contender);
    if (round >= 0) contender.perSecond.push(perSecond);
  }
}
const unhandled = [await missing(bare), await missing(own)];
bare.server.kill();
own.server.kill();

const ratio = median(own.perSecond.map((rate, round) => rate / (bare.perSecond[round] ?? NaN)));
console.log(
  markdownTable([
    [`deliveries, median of ${ROUNDS}`, 'per second', 'times bare Probot', 'acknowledged, not handled'],
    [bare.name, median(bare.perSecond).toFixed(0), '1.00', String(unhandled[0])],
    [own.name, median(own.perSecond).toFixed(0), ratio.toFixed(2), String(unhandled[1])],
  ]),
);
process.exitCode = ratio >= 1 && unhandled.every((count) => count === 0) ? 0 : 1;

async function open(name: string, which: 'bare' | 'own'): Promise<Contender> {
  // Its log goes where logs go that nobody reads.
  const server = fork(path.join(here, 'server.ts'), [which], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const { url } = await told<{ url: string }>(server);
  return { name, server, url, perSecond: [], acknowledged: 0 };
}

async function load(contender: Contender): Promise<number> {
  const sender = fork(path.join(here, 'load.ts'), [contender.url, String(ROUND_MS)]);
  const { acknowledged, ms } = await told<{ acknowledged: number; ms: number }>(sender);
  contender.acknowledged += acknowledged;
  return acknowledged / (ms / 1000);
}

/** Those that were acknowledged and reached no handler. */
async function missing({ server, acknowledged }: Contender): Promise<number> {
  server.send('handled?');
  const { handled } = await told<{ handled: number }>(server);
  return Math.max(0, acknowledged - handled);
}

function told<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as T));
    child.once('exit', (code) => reject(new Error(`A process of the benchmark ended with ${code}.`)));
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
