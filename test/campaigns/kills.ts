// node test/campaigns/kills.ts [kills] [seed] [path of touchstone.js]: kills the built command line as often as asked.
import { killCampaign, type Tally } from './killCampaign.ts';

const [kills = '200', seed = `${Date.now() % 1_000_000}`, app] = process.argv.slice(2);
const began = Date.now();
print(`Seed ${seed}`);

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function tell({ kills: done, inWindow, afterTheEvent, outside, wrong }: Tally): void {
  const seconds = Math.round((Date.now() - began) / 1000);
  print(
    `${done} kills in ${seconds} s: ${inWindow} while it wrote (${afterTheEvent} with the event standing), ${outside} outside; ${wrong.length} wrong`,
  );
}

const tally = await killCampaign({
  kills: Number(kills),
  seed: Number(seed),
  ...(app !== undefined && { app }),
  onKill: (now) => {
    if (now.kills % 50 === 0) tell(now);
  },
});
tell(tally);
print(JSON.stringify({ byDeed: tally.byDeed, byCall: tally.byCall }));
for (const each of tally.wrong) print(each);
process.exitCode = tally.wrong.length === 0 ? 0 : 1;
