// node test/campaigns/judgeErrors.ts: lets every request of the built judging job go wrong in turn, in every way.
import { JUDGE_FAULTS, reach, strikeJudging } from './judgeFaults.ts';
import { Judging } from './judging.ts';

const wrong: string[] = [];
const tally: Record<string, string> = {};
const began = Date.now();
const world = await Judging.begin();
const reached = await reach(world);
for (const { name, fault } of JUDGE_FAULTS) {
  let done = 0;
  let request = 0;
  for (; ; request += 1) {
    const struck = await strikeJudging(world, reached, fault, request);
    wrong.push(...struck.wrong.map((what) => `${name} at request ${request + 1}: ${what}`));
    if (!struck.isMet) break;
    if (struck.isDone) done += 1;
  }
  tally[name] = `${done} of ${request} done all the same`;
}
await world.close();
process.stdout.write(
  `${JSON.stringify(tally, null, 2)}\n${Math.round((Date.now() - began) / 1000)} s; ${wrong.length} wrong\n`,
);
for (const each of wrong) process.stdout.write(`${each}\n`);
process.exitCode = wrong.length === 0 ? 0 : 1;
