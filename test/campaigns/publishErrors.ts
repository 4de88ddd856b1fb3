// node test/campaigns/publishErrors.ts [name of a fault]: lets every request of the built publishing job go wrong in turn, in every way.
import { ACCEPTED, FAULTS, REJECTED, strike, TURNED } from './publishFaults.ts';
import { Publishing } from './publishing.ts';

const [only] = process.argv.slice(2);
const wrong: string[] = [];
const tally: Record<string, string> = {};
const began = Date.now();
const world = await Publishing.begin();
for (const [answer, expected] of Object.entries({ accepted: ACCEPTED, rejected: REJECTED, turned: TURNED })) {
  for (const { name, fault } of FAULTS.filter((each) => only === undefined || each.name === only)) {
    let done = 0;
    let request = 0;
    for (; ; request += 1) {
      const struck = await strike(world, expected, fault, request);
      wrong.push(...struck.wrong.map((what) => `${answer}, ${name} at request ${request + 1}: ${what}`));
      if (!struck.isMet) break;
      if (struck.isDone) done += 1;
    }
    tally[`${answer}, ${name}`] = `${done} of ${request} done all the same`;
  }
}
await world.close();
process.stdout.write(
  `${JSON.stringify(tally, null, 2)}\n${Math.round((Date.now() - began) / 1000)} s; ${wrong.length} wrong\n`,
);
for (const each of wrong) process.stdout.write(`${each}\n`);
process.exitCode = wrong.length === 0 ? 0 : 1;
