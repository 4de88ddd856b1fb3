// Every benchmark that takes minutes at most, one after the other: npm run bench
// The calibration study takes longer and is run by itself: node bench/calibration/run.ts
import { spawnSync } from 'node:child_process';
import path from 'node:path';

for (const name of ['start', 'native', 'cache', 'evaluation', 'app']) {
  console.log(`\n## ${name}\n`);
  const { status } = spawnSync(process.execPath, [path.join(import.meta.dirname, name, 'run.ts')], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
