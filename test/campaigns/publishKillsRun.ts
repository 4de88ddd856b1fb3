// node test/campaigns/publishKillsRun.ts [kills] [seed]: kills the built publishing job as often as asked.
import { killPublishing, type KillTally } from './publishKills.ts';
import { Publishing } from './publishing.ts';

const [kills = '100', seed = `${Date.now() % 1_000_000}`] = process.argv.slice(2);
const began = Date.now();
print(`Seed ${seed}`);

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function tell({ kills: done, inWindow, wrong }: KillTally): void {
  const seconds = Math.round((Date.now() - began) / 1000);
  print(`${done} kills in ${seconds} s: ${inWindow} between its first request and its end; ${wrong.length} wrong`);
}

const world = await Publishing.begin();
const tally = await killPublishing(world, {
  kills: Number(kills),
  seed: Number(seed),
  onKill: (now) => {
    if (now.kills % 25 === 0) tell(now);
  },
});
await world.close();
tell(tally);
print(JSON.stringify(tally.byRequest));
for (const each of tally.wrong) print(each);
process.exitCode = tally.wrong.length === 0 ? 0 : 1;
