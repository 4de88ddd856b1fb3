// Every benchmark that takes minutes at most, one after the other: npm run bench
// The calibration study takes longer and is run by itself: node bench/calibration/run.ts
import { spawnSync } from 'node:child_process';
import path from 'node:path';

for (const file of ['start/run', 'native/run', 'cache/run', 'evaluation/run', 'app/run', 'app/latency']) {
  console.log(`\n## ${file.replace('/run', '')}\n`);
  const { status } = spawnSync(process.execPath, [path.join(import.meta.dirname, `${file}.ts`)], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
