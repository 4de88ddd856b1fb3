// As app/main.ts, with work that takes two seconds to end, and a handler that throws.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { runApp } from '../../app/run.ts';
import { stoppingOf } from '../../app/stopping.ts';
import { openTouchstone } from '../../app/touchstone.ts';

const { env, stdout, stderr } = process;
const code = await runApp(
  {
    env,
    stdout,
    stderr,
    signal: stoppingOf(process),
    readFile: (path) => readFileSync(path, 'utf8'),
    manifestFile: 'app.yml',
    envFile: '.env',
  },
  (surroundings) => ({
    ...openTouchstone(surroundings),
    listen: (probot) =>
      probot.on('ping', () => {
        throw new Error('the handler threw');
      }),
    stop: async (graceMs) => {
      surroundings.log.info({ graceMs }, 'at work');
      await sleep(2000);
      surroundings.log.info('work is done');
    },
  }),
);
process.exit(code);
