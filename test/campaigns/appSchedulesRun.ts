// node test/campaigns/appSchedulesRun.ts [schedules] [seed]: as many schedules as asked, each of a seed of its own.
import { runSchedule } from './appSchedules.ts';

const [schedules = '200', seed = `${Date.now() % 1_000_000}`] = process.argv.slice(2);
const began = Date.now();
print(`Seed ${seed}`);

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

let wrong = 0;
const made: { calm: Record<string, number>; troubled: Record<string, number> } = { calm: {}, troubled: {} };
for (let done = 0; done < Number(schedules); done += 1) {
  const scheduled = await runSchedule(Number(seed) + done);
  const kind = scheduled.isCalm ? made.calm : made.troubled;
  for (const [times, commits] of Object.entries(scheduled.checksMade)) kind[times] = (kind[times] ?? 0) + commits;
  if (scheduled.wrong.length > 0) {
    wrong += 1;
    print(`\nSeed ${scheduled.seed}:`);
    for (const each of scheduled.wrong) print(`  ${each}`);
    print(`  after: ${scheduled.acts.join(' | ')}`);
    if (schedules === '1') print(scheduled.log.join('\n'));
  }
  if ((done + 1) % 10 === 0) {
    print(
      `${done + 1} schedules in ${Math.round((Date.now() - began) / 1000)} s, ${wrong} of them wrong; checks made on a commit: ${JSON.stringify(made)}`,
    );
  }
}
print(
  `${schedules} schedules in ${Math.round((Date.now() - began) / 1000)} s, ${wrong} of them wrong; checks made on a commit: ${JSON.stringify(made)}`,
);
process.exit(wrong === 0 ? 0 : 1);
