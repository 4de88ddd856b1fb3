import { chmod, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { folderStoreTrials, type TrialSettings } from '../../../src/adapters/diagnosis/storeTrials.ts';
import { checkStoreTrial } from '../../../src/diagnosis/storeTrial.ts';
import { ServiceFailure } from '../../../src/failure.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';

const real = fileURLToPath(new URL('../../../src/adapters/diagnosis/storeTrialProcess.ts', import.meta.url));
const overwriting = fileURLToPath(new URL('./overwritingProcess.ts', import.meta.url));
const dying = fileURLToPath(new URL('./dyingProcess.ts', import.meta.url));

const trials = (registry: string, settings: Partial<TrialSettings> = {}) =>
  folderStoreTrials(registry, () => new Date(), { node: process.execPath, child: real, rounds: 12, ...settings });

describe('a trial of a folder store', () => {
  it('proves that one of several processes creates a name, and leaves nothing', async () => {
    const folder = await temporaryFolder({ 'registry.json': '{}' });
    const trial = await trials(folder).run();
    expect(trial.rounds).toHaveLength(12);
    expect(checkStoreTrial(trial)).toMatchObject({
      status: 'ok',
      found: '4 processes raced to create each of 12 names: one won every time',
    });
    // Each of them wins at times, or it was no race.
    const winners = trial.rounds.map(({ stands }) => stands);
    expect(new Set(winners).size).toBeGreaterThan(1);
    expect(await readdir(folder)).toEqual(['registry.json']);
  });

  it('makes no registry where none is yet', async () => {
    const folder = await temporaryFolder();
    const trial = await trials(path.join(folder, 'not', 'yet')).run();
    expect(checkStoreTrial(trial).status).toBe('ok');
    expect(await readdir(folder)).toEqual([]);
  });

  it('removes what a doctor left that was killed', async () => {
    const folder = await temporaryFolder({ 'registry.json': '{}' });
    const { makeOwnedFolder } = await import('../../../src/adapters/ownedFolders.ts');
    const own = await makeOwnedFolder(path.join(folder, '.touchstone-doctor'));
    // A process id beyond any: nobody runs under it.
    await mkdir(own.replace(/\/\d+-/, '/4194999-'));
    await trials(folder, { rounds: 1 }).run();
    expect(await readdir(path.join(folder, '.touchstone-doctor'))).toEqual([path.basename(own)]);
  });

  it('catches a store that looks first and writes then', async () => {
    const folder = await temporaryFolder();
    const trial = await trials(folder, { child: overwriting }).run();
    expect(checkStoreTrial(trial)).toMatchObject({
      status: 'problem',
      remedy: expect.stringContaining('lose events') as string,
    });
  });

  it('fails, and does not wait, where a process dies', async () => {
    const folder = await temporaryFolder();
    await expect(trials(folder, { child: dying }).run()).rejects.toMatchObject({
      code: 'trial-failed',
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0)('says that a folder may not be written', async () => {
    const folder = await temporaryFolder({ 'registry.json': '{}' });
    await chmod(folder, 0o555);
    const failure: unknown = await trials(folder)
      .run()
      .catch((error: unknown) => error);
    await chmod(folder, 0o755);
    expect(failure).toBeInstanceOf(ServiceFailure);
    expect(failure).toMatchObject({ code: 'store_denied' });
  });
});
