// A process of a store that writes over what is there, as some synchronised folders do: see storeTrials.test.ts.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TrialAnswer, TrialAsk } from '../../../src/adapters/diagnosis/storeTrialProcess.ts';

const [folder = '', number = ''] = process.argv.slice(2);
process.on('message', ({ key }: TrialAsk) => {
  const file = path.join(folder, key);
  mkdirSync(path.dirname(file), { recursive: true });
  // Looks and then writes: what lies between is the whole difference to link(2).
  const told = existsSync(file) ? 'exists' : 'created';
  setTimeout(() => {
    if (told === 'created') writeFileSync(file, number);
    const read = Number(readFileSync(file, 'utf8'));
    process.send?.({ kind: 'tried', told, read } satisfies TrialAnswer);
  }, 5);
});
process.once('disconnect', () => process.exit());
process.send?.('ready');
