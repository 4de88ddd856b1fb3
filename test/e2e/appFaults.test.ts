import { expect, it } from 'vitest';
import { runSchedule } from '../campaigns/appSchedules.ts';

const LASTS_MS = 2 * 60_000;

it(
  'ends with every pull request right, whatever became of deliveries, answers and Apps on the way',
  async () => {
    const seed = Date.now() % 1_000_000;
    const began = Date.now();
    let done = 0;
    for (; Date.now() - began < LASTS_MS; done += 1) {
      const { wrong, acts } = await runSchedule(seed + done);
      const how = `node test/campaigns/appSchedulesRun.ts 1 ${seed + done}\n${acts.join('\n')}`;
      expect(wrong, how).toEqual([]);
    }
    process.stdout.write(`${done} schedules, from seed ${seed} on\n`);
  },
  2 * LASTS_MS,
);
