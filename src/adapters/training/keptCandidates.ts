import { createHmac, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UserMistake } from '../../failure.ts';
import { digestOfBytes, type Digest } from '../../identity/digest.ts';
import type { ModelName } from '../../identity/names.ts';
import type { Candidate } from '../../training/candidate.ts';
import type { FoundCandidate, KeptCandidates } from '../../training/keptCandidates.ts';
import { formatCandidate } from '../../training/parseCandidate.ts';
import { candidateFolder } from '../../training/trainingFolder.ts';
import { readCandidate } from './candidateFiles.ts';
import { digestOfFile } from '../inputFiles.ts';
import { linkOnce } from '../folderStore/linkOnce.ts';
import { makeOwnedFolder, ownName, removeFolder } from '../ownedFolders.ts';
import { replaceFolder } from '../replaceFolder.ts';
import { sweepWork } from './trainingFolders.ts';

const SALT_BYTES = 32;

const SEAL = 'seal';

/** Kept in `.touchstone/cache/candidates/<model>/<key>`, each as whole a candidate as the one that was published. */
export function keptCandidates(root: string): KeptCandidates {
  const own = path.join(root, '.touchstone');
  const work = path.join(own, 'work');
  const folderOf = (model: ModelName): string => path.join(own, 'cache', 'candidates', model);

  /** Copies a candidate to where nobody looks for it yet, and has it appear at its place. */
  const put = async (from: string, candidate: Candidate, place: string, seal?: Digest): Promise<string> => {
    await sweepWork(root);
    const folder = await makeOwnedFolder(work);
    try {
      const staged = path.join(folder, 'candidate');
      await copyCandidate(from, candidate, staged);
      if (seal !== undefined) await writeFile(path.join(staged, SEAL), seal);
      return await replaceFolder(staged, place, folder);
    } finally {
      await removeFolder(folder);
    }
  };

  return {
    async fingerprint(text) {
      const salt = await saltOf(path.join(own, 'cache'));
      return createHmac('sha256', salt).update(text).digest('hex') as Digest;
    },
    async find(model, key) {
      const folder = path.join(folderOf(model), key);
      try {
        const candidate = await readCandidate(folder);
        if (candidate.model !== model) return { kind: 'none' };
        if ((await readFile(path.join(folder, SEAL), 'utf8').catch(() => '')) !== sealOf(key, candidate)) {
          return await damaged(folder, path.join(folder, 'candidate.json'), 'it was changed');
        }
        const now = new Date();
        await utimes(folder, now, now).catch(() => undefined);
        return { kind: 'found', candidate };
      } catch (error) {
        if (!(error instanceof UserMistake)) throw error;
        if (error.code === 'candidate-missing') return { kind: 'none' };
        const [problem] = error.problems;
        return damaged(folder, problem?.where ?? folder, problem?.found ?? '');
      }
    },
    async keep(key, candidate) {
      const place = path.join(folderOf(candidate.model), key);
      await put(path.join(root, candidateFolder(candidate.model)), candidate, place, sealOf(key, candidate));
    },
    async publish(key, candidate) {
      const place = path.join(root, candidateFolder(candidate.model));
      if (await holds(place, candidate)) return place;
      return put(path.join(folderOf(candidate.model), key), candidate, place);
    },
  };
}

/** Nobody finds it a second time. */
async function damaged(
  folder: string,
  where: string,
  found: string,
): Promise<Extract<FoundCandidate, { readonly kind: 'damaged' }>> {
  await removeFolder(folder);
  return { kind: 'damaged', because: `what was kept of the same training is damaged (${where}: ${found})` };
}

/** Ties a description to the key that it is kept under: files are held by the digests in it, and it by this. */
function sealOf(key: Digest, candidate: Candidate): Digest {
  return digestOfBytes(`${key}\n${formatCandidate(candidate)}`);
}

/** Whether exactly this candidate lies there. */
async function holds(place: string, candidate: Candidate): Promise<boolean> {
  const found = await readCandidate(place).catch(() => undefined);
  return found !== undefined && formatCandidate(found) === formatCandidate(candidate);
}

async function copyCandidate(from: string, candidate: Candidate, to: string): Promise<void> {
  for (const { path: name, digest } of [candidate.output, ...candidate.files]) {
    const copy = path.join(to, name);
    await mkdir(path.dirname(copy), { recursive: true });
    await copyFile(path.join(from, name), copy, constants.COPYFILE_FICLONE);
    if ((await digestOfFile(copy)) !== digest) throw new Error(`${path.join(from, name)} changed while it was copied.`);
  }
  await copyFile(path.join(from, 'train.log'), path.join(to, 'train.log')).catch(() => undefined);
  await writeFile(path.join(to, 'candidate.json'), formatCandidate(candidate));
}

/** The secret of this folder, made once; nobody but its owner may read it. */
async function saltOf(folder: string): Promise<Buffer> {
  const file = path.join(folder, 'salt');
  const known = await readFile(file).catch(() => undefined);
  if (known?.length === SALT_BYTES) return known;
  await mkdir(folder, { recursive: true });
  const temporary = path.join(folder, ownName());
  try {
    await writeFile(temporary, randomBytes(SALT_BYTES), { mode: 0o600 });
    // Of two that make one at once, the first counts; what is no salt is replaced.
    if (known === undefined) await linkOnce(temporary, file);
    else await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
  return readFile(file);
}
