// node test/campaigns/gitHubErrors.ts: lets every request of every deed on a GitHub registry go wrong in turn, in every way.
import { begin, DEEDS, FAULTS, strike } from './gitHubFaults.ts';

const wrong: string[] = [];
const tally: Record<string, string> = {};
const began = Date.now();
for (const deed of DEEDS) {
  const registry = await begin();
  for (const { name, fault } of FAULTS) {
    let done = 0;
    let request = 0;
    for (; ; request += 1) {
      const struck = await strike(registry, deed, fault, request);
      wrong.push(...struck.wrong.map((what) => `${deed.name}, ${name} at request ${request + 1}: ${what}`));
      if (!struck.isMet) break;
      if (struck.isDone) done += 1;
    }
    tally[`${deed.name}, ${name}`] = `${done} of ${request} done all the same`;
  }
  await registry.place.close();
}
process.stdout.write(
  `${JSON.stringify(tally, null, 2)}\n${Math.round((Date.now() - began) / 1000)} s; ${wrong.length} wrong\n`,
);
for (const each of wrong) process.stdout.write(`${each}\n`);
process.exitCode = wrong.length === 0 ? 0 : 1;
