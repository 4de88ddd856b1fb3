import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ownName } from '../../src/adapters/ownedFolders.ts';
import { takeLock } from '../../src/adapters/ownedLock.ts';
import { whileAlone, type OtherRun } from '../../src/adapters/runLock.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';

const now = (): Date => new Date('2026-05-03T10:31:00Z');
// Beyond any process id that the kernel gives.
const dead = (): string => ownName().replace(/^\d+/, '99999999');

describe.concurrent('a run that works in a folder', () => {
  it('keeps a second one waiting, which says for whom, until it is done', async () => {
    const folder = await temporaryFolder();
    const order: string[] = [];
    const others: (OtherRun | undefined)[] = [];
    const run = (name: string): Promise<void> =>
      whileAlone(folder, { now, onWait: (other) => others.push(other) }, async () => {
        order.push(`${name} begins`);
        await sleep(400);
        order.push(`${name} ends`);
      });
    await Promise.all([run('first'), sleep(50).then(() => run('second'))]);
    expect(order).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
    expect(others).toEqual([{ processId: process.pid, since: now() }]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('lets the next one in where it fails', async () => {
    const folder = await temporaryFolder();
    const onWait = (): never => expect.fail('there is nobody to wait for');
    const failing = whileAlone(folder, { now, onWait }, () => Promise.reject(new Error('broken')));
    await expect(failing).rejects.toThrow('broken');
    expect(await whileAlone(folder, { now, onWait }, () => Promise.resolve(7))).toBe(7);
  });

  it('is passed over without a word where its process was killed', async () => {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'lock'), `${dead()}\n99999999\n${now().toISOString()}\nhere`);
    const startedMs = performance.now();
    const onWait = (): never => expect.fail('nobody is there');
    expect(await whileAlone(folder, { now, onWait }, () => Promise.resolve(7))).toBe(7);
    expect(performance.now() - startedMs).toBeLessThan(5000);
  });

  it('is waited for where it beats, though no process of its number can be seen from here', async () => {
    const folder = await temporaryFolder();
    const lock = path.join(folder, 'lock');
    await writeFile(lock, `${dead()}\n99999999\n${now().toISOString()}\nelsewhere`);
    let beat = Date.now() / 1000;
    const heart = setInterval(() => void utimes(lock, beat, (beat += 1)), 300);
    const others: (OtherRun | undefined)[] = [];
    const waiting = whileAlone(
      folder,
      { now, onWait: (other) => others.push(other), signal: AbortSignal.timeout(4500) },
      () => Promise.resolve('alone'),
    );
    await expect(waiting).rejects.toThrow(/abort/i);
    clearInterval(heart);
    expect(others).toEqual([{ processId: 99999999, since: now(), host: 'elsewhere' }]);
  });

  it('is given up for lost after a silence, whatever its number says', async () => {
    const folder = await temporaryFolder();
    // This very process, which beats no lock: as another program would under a number that was given anew.
    await writeFile(path.join(folder, 'lock'), ownName());
    const startedMs = performance.now();
    expect(await whileAlone(folder, { now, onWait: () => undefined }, () => Promise.resolve(7))).toBe(7);
    expect(performance.now() - startedMs).toBeGreaterThan(10_000);
  });

  it('is one of many, each alone, where the first was killed', async () => {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'lock'), dead());
    let [inside, most] = [0, 0];
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(20);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 8 }, () => whileAlone(folder, { now, onWait: () => undefined }, work)));
    expect([inside, most]).toEqual([0, 1]);
  });

  it('does not take the lock of another with it, when it was passed over meanwhile', async () => {
    const folder = await temporaryFolder();
    const lock = path.join(folder, 'lock');
    const held = await takeLock(lock);
    await writeFile(lock, 'another');
    await held?.release();
    expect(await readFile(lock, 'utf8')).toBe('another');
  });

  it('is a failure of the machine where the folder cannot be written', async () => {
    const missing = path.join(await temporaryFolder(), 'nowhere');
    await expect(whileAlone(missing, { now, onWait: () => undefined }, () => Promise.resolve())).rejects.toMatchObject({
      code: 'folder-not-writable',
    });
  });
});
