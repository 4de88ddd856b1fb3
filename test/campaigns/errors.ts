// node test/campaigns/errors.ts [path of touchstone.js]: makes every call of every kind of deed fail in turn, by a full
// disk (from that call on) and by an i/o error (at that call alone).
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FileFault } from './fileFault.ts';
import { Project } from './killCampaign.ts';

const [app] = process.argv.slice(2);
const scratch = await realpath(await mkdtemp(path.join(tmpdir(), 'touchstone-errors-')));
const began = Date.now();
const template = new Project(path.join(scratch, 'template'), app);
await template.begin();
await template.versions([50, 51], 1);
await template.train(52);

const FAULTS: readonly Partial<FileFault>[] = [
  { how: 'error', code: 'ENOSPC', lasting: true },
  { how: 'error', code: 'EIO' },
  { how: 'signal', signal: 'SIGINT' },
];
const EXPECTED = [3, 3, 130];
const wrong: string[] = [];
const ends: Record<string, number> = {};
for (const args of [
  ['register', '--cause', 'once'],
  ['promote', 'churn@v2', '--cause', 'once'],
]) {
  const calls = (await (await template.copyTo(path.join(scratch, 'trial'))).run(args, {})).noted.length;
  for (const [index, fault] of FAULTS.entries()) {
    for (let call = 1; call <= calls; call += 1) {
      const project = await template.copyTo(path.join(scratch, 'struck'));
      const { exitCode, stderr } = await project.run(args, { ...fault, call });
      const name = `${args[0]} ${fault.code ?? fault.signal}`;
      ends[`${name} ${exitCode}`] = (ends[`${name} ${exitCode}`] ?? 0) + 1;
      const state = await project.state();
      const complain = (what: string): void => void wrong.push(`${name} at call ${call} of ${calls}: ${what}`);
      if (exitCode !== 0 && exitCode !== EXPECTED[index]) complain(`ended with ${exitCode}: ${stderr}`);
      if (exitCode === 0 && state.events !== 4) complain(`told of success with ${state.events} events`);
      if (/^\s+at /m.test(stderr)) complain(`a trace: ${stderr}`);
      if (state.problems.length > 0) complain(state.problems.join('; '));
      if ((await project.leftovers()).length > 0) complain('something half-written is left');
      const again = await project.run(args, {});
      const after = await project.state();
      if (again.exitCode !== 0) complain(`the next try ended with ${again.exitCode}: ${again.stderr}`);
      if (after.events !== 4 || after.problems.length > 0) complain(`the next try left ${JSON.stringify(after)}`);
    }
  }
}
await rm(scratch, { recursive: true });
process.stdout.write(
  `${JSON.stringify(ends, null, 2)}\n${Math.round((Date.now() - began) / 1000)} s; ${wrong.length} wrong\n`,
);
for (const each of wrong) process.stdout.write(`${each}\n`);
process.exitCode = wrong.length === 0 ? 0 : 1;
