import { cp, mkdir, readdir, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCandidate, readPublishedCandidate } from '../../../src/adapters/training/candidateFiles.ts';
import { keptCandidates } from '../../../src/adapters/training/keptCandidates.ts';
import { ownName } from '../../../src/adapters/ownedFolders.ts';
import { sweepWorkspace } from '../../../src/adapters/sweepWorkspace.ts';
import { trainingFolders } from '../../../src/adapters/training/trainingFolders.ts';
import { digestOfBytes, type Digest } from '../../../src/identity/digest.ts';
import { parseModelName } from '../../../src/identity/names.ts';
import type { Candidate } from '../../../src/training/candidate.ts';
import { train, writes } from '../../commands/trainingWorld.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';

const key = (name: string): Digest => digestOfBytes(name);

/** A project in which training leaves a model of so many letters. */
async function world(): Promise<{ readonly root: string; readonly trained: (model: string) => Promise<Candidate> }> {
  const root = await temporaryFolder({ 'data.csv': 'digit\n1\n', 'train.mjs': '' });
  const trained = async (model: string): Promise<Candidate> => {
    await writeFile(path.join(root, 'train.mjs'), writes({ 'model.onnx': model, 'notes/scaler.bin': model }));
    return (await train(root, { files: ['notes/*'] })).candidate;
  };
  return { root, trained };
}

const candidatesOf = (root: string): string => path.join(root, '.touchstone/candidates/digits');

describe('kept candidates', () => {
  it('come back whole, in place of the last one', async () => {
    const { root, trained } = await world();
    const kept = keptCandidates(root);
    const first = await trained('first');
    await kept.keep(key('a'), first);
    await trained('second');
    expect(await kept.find(first.model, key('a'))).toEqual({ kind: 'found', candidate: first });
    expect(await kept.publish(key('a'), first)).toBe(candidatesOf(root));
    expect(await readCandidate(candidatesOf(root))).toEqual(first);
    expect(await readFile(path.join(candidatesOf(root), 'notes/scaler.bin'), 'utf8')).toBe('first');
    expect(await readdir(path.join(root, '.touchstone/work'))).toEqual([]);
  });

  it('stay as they are where the published one is edited', async () => {
    const { root, trained } = await world();
    const kept = keptCandidates(root);
    const first = await trained('first');
    await kept.keep(key('a'), first);
    await writeFile(path.join(candidatesOf(root), 'model.onnx'), 'edited');
    expect(await kept.find(first.model, key('a'))).toMatchObject({ kind: 'found' });
    await kept.publish(key('a'), first);
    expect(await readFile(path.join(candidatesOf(root), 'model.onnx'), 'utf8')).toBe('first');
  });

  it.each<[string, (folder: string) => Promise<void>]>([
    ['a file was changed', (folder) => writeFile(path.join(folder, 'notes/scaler.bin'), 'edited')],
    [
      'its description was edited',
      async (folder) => {
        const file = path.join(folder, 'candidate.json');
        await writeFile(file, (await readFile(file, 'utf8')).replace(/"rows":\s*3/, '"rows": 4'));
      },
    ],
    ['its description was cut off', (folder) => writeFile(path.join(folder, 'candidate.json'), '{"schema"')],
  ])('are damaged, and gone, where %s', async (_, damage) => {
    const { root, trained } = await world();
    const kept = keptCandidates(root);
    const candidate = await trained('first');
    await kept.keep(key('a'), candidate);
    await damage(path.join(root, '.touchstone/cache/candidates/digits', key('a')));
    expect(await kept.find(candidate.model, key('a'))).toMatchObject({ kind: 'damaged' });
    expect(await kept.find(candidate.model, key('a'))).toEqual({ kind: 'none' });
  });

  it('are of one key and of one model, wherever somebody moves them', async () => {
    const { root, trained } = await world();
    const kept = keptCandidates(root);
    const candidate = await trained('first');
    await kept.keep(key('a'), candidate);
    const folder = path.join(root, '.touchstone/cache/candidates');
    const other = parseModelName('letters');
    await cp(path.join(folder, 'digits', key('a')), path.join(folder, other, key('a')), { recursive: true });
    expect(await kept.find(other, key('a'))).toEqual({ kind: 'none' });
    await rename(path.join(folder, 'digits', key('a')), path.join(folder, 'digits', key('b')));
    expect(await kept.find(candidate.model, key('b'))).toMatchObject({ kind: 'damaged' });
  });

  it('are not written again where they lie already', async () => {
    const { root, trained } = await world();
    const kept = keptCandidates(root);
    const candidate = await trained('first');
    await kept.keep(key('a'), candidate);
    const { ino } = await stat(path.join(candidatesOf(root), 'model.onnx'));
    await kept.publish(key('a'), candidate);
    expect((await stat(path.join(candidatesOf(root), 'model.onnx'))).ino).toBe(ino);
  });

  it('are the ten that were asked for last', async () => {
    const { root, trained } = await world();
    const kept = keptCandidates(root);
    const candidate = await trained('first');
    const folder = path.join(root, '.touchstone/cache/candidates/digits');
    for (let at = 0; at < 10; at += 1) {
      await kept.keep(key(`${at}`), candidate);
      await utimes(path.join(folder, key(`${at}`)), at + 1, at + 1);
    }
    await kept.find(candidate.model, key('0'));
    await kept.keep(key('eleventh'), candidate);
    await sweepWorkspace(path.join(root, '.touchstone'), Date.now());
    expect((await readdir(folder)).toSorted()).toEqual(
      ['0', '2', '3', '4', '5', '6', '7', '8', '9', 'eleventh'].map(key).toSorted(),
    );
  });
});

describe('a fingerprint', () => {
  it('is one for equal texts in one project, and another in any other', async () => {
    const [here, there] = [keptCandidates(await temporaryFolder()), keptCandidates(await temporaryFolder())];
    expect(await here.fingerprint('secret')).toBe(await here.fingerprint('secret'));
    expect(await here.fingerprint('secret')).not.toBe(await here.fingerprint('secrets'));
    expect(await here.fingerprint('secret')).not.toBe(await there.fingerprint('secret'));
  });

  it('is one for all who ask at once for the first time, by a salt that is nobody else’s to read', async () => {
    const root = await temporaryFolder();
    const all = await Promise.all(Array.from({ length: 8 }, () => keptCandidates(root).fingerprint('secret')));
    expect(new Set(all).size).toBe(1);
    expect(await readdir(path.join(root, '.touchstone/cache'))).toEqual(['salt']);
    if (process.platform !== 'win32') {
      expect((await stat(path.join(root, '.touchstone/cache/salt'))).mode & 0o777).toBe(0o600);
    }
  });

  it('outlives a salt that is cut off', async () => {
    const root = await temporaryFolder({ '.touchstone/cache/salt': 'short' });
    const kept = keptCandidates(root);
    expect(await kept.fingerprint('secret')).toBe(await kept.fingerprint('secret'));
  });
});

describe('a publication that was killed between its two renames', () => {
  // Beyond any process id that the kernel gives.
  const dead = ownName().replace(/^\d+/, '99999999');

  it('leaves the new candidate, once the next training looks', async () => {
    const { root, trained } = await world();
    const candidate = await trained('new');
    const work = path.join(root, '.touchstone/work', dead);
    await mkdir(work, { recursive: true });
    await cp(candidatesOf(root), path.join(work, 'replaced-0'), { recursive: true });
    await rename(candidatesOf(root), path.join(work, 'candidate'));
    await (await trainingFolders().open(root)).close();
    expect(await readCandidate(candidatesOf(root))).toEqual(candidate);
    expect(await readdir(path.join(root, '.touchstone/work'))).toEqual([]);
  });

  it('never takes the place of a candidate that is there', async () => {
    const { root, trained } = await world();
    await trained('old');
    const work = path.join(root, '.touchstone/work', dead);
    await mkdir(work, { recursive: true });
    await cp(candidatesOf(root), path.join(work, 'candidate'), { recursive: true });
    const last = await trained('last');
    expect(await readCandidate(candidatesOf(root))).toEqual(last);
  });
});

describe('a candidate that is read while others take its place', () => {
  it('is one of them, whole', async () => {
    const { root, trained } = await world();
    const kept = keptCandidates(root);
    const both: Candidate[] = [];
    for (const name of ['one', 'two']) {
      const candidate = await trained(name);
      await kept.keep(key(name), candidate);
      both.push(candidate);
    }
    const state = { replacing: true };
    const replaced = (async (): Promise<void> => {
      for (let at = 0; at < 30; at += 1) {
        const name = at % 2 === 0 ? 'one' : 'two';
        await kept.publish(key(name), both[at % 2] as Candidate);
        await new Promise((resolve) => setTimeout(resolve, 120));
      }
      state.replacing = false;
    })();
    let reads = 0;
    while (state.replacing) {
      expect(both).toContainEqual(await readPublishedCandidate(candidatesOf(root)));
      reads += 1;
    }
    await replaced;
    expect(reads).toBeGreaterThan(30);
  });
});
