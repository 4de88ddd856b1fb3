import { constants } from 'node:fs';
import {
  access,
  chmod,
  copyFile,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { ServiceFailure, UserMistake } from '../../failure.ts';
import type { Digest } from '../../identity/digest.ts';
import { CLAIM_BYTES, readClaim } from '../../training/claims.ts';
import type { InputFile } from '../../training/declaredInputs.ts';
import type { WrittenFile } from '../../training/outputs.ts';
import { formatCandidate } from '../../training/parseCandidate.ts';
import {
  candidateFolder,
  failedLog,
  type TrainingFolder,
  type TrainingFolders,
} from '../../training/trainingFolder.ts';
import { readCandidate } from './candidateFiles.ts';
import { filesBelow } from '../folderWalk.ts';
import { digestOfFile } from '../inputFiles.ts';
import { makeOwnedFolder, removeFolder, removeOrphanedFolders } from '../ownedFolders.ts';
import { replaceFolder } from '../replaceFolder.ts';

/**
 * Training folders below `.touchstone`, which one rename turns into a candidate.
 *
 * @param checkpoints absolute path of a folder that keeps checkpoints where the project's own is emptied between runs.
 */
export function trainingFolders(checkpoints?: string): TrainingFolders {
  return {
    async open(root) {
      const own = path.join(root, '.touchstone');
      try {
        await mkdir(own, { recursive: true });
        // Nothing of it belongs into the history, whatever the project's own .gitignore says.
        await writeFile(path.join(own, '.gitignore'), '*\n', { flag: 'wx' }).catch(ignoreExisting);
        const work = path.join(own, 'work');
        await sweepWork(root);
        const folder = await makeOwnedFolder(work);
        for (const name of ['inputs', 'output', 'data', 'checkpoints']) await mkdir(path.join(folder, name));
        const held = path.join(folder, 'checkpoints');
        if (checkpoints === undefined)
          return trainingFolder(root, folder, { held, kept: path.join(own, 'checkpoints') });
        return trainingFolder(root, folder, { held: await holdOutside(checkpoints), kept: checkpoints });
      } catch (error) {
        throw new ServiceFailure(
          'folder-not-writable',
          {
            where: checkpoints === undefined ? own : `${own}, or ${checkpoints}`,
            found: `cannot be written (${error instanceof Error ? error.message : String(error)})`,
          },
          { cause: error },
        );
      }
    },
  };
}

/** Where checkpoints lie while they are written to, and afterwards; both on one file system, so that a rename moves them. */
interface Checkpoints {
  readonly held: string;
  readonly kept: string;
}

/** A folder of this process for them; what killed ones held is kept first. */
async function holdOutside(kept: string): Promise<string> {
  const held = path.join(kept, HELD);
  await mkdir(held, { recursive: true });
  await removeOrphanedFolders(held, (folder) => rescueCheckpoints({ held: folder, kept }));
  return makeOwnedFolder(held);
}

const HELD = 'held';

/** Removes what killed processes of this host left below `.touchstone/work`, but for what of it is of use. */
export async function sweepWork(root: string): Promise<void> {
  const own = path.join(root, '.touchstone');
  await removeOrphanedFolders(path.join(own, 'work'), async (folder) => {
    await rescueCheckpoints({ held: path.join(folder, 'checkpoints'), kept: path.join(own, 'checkpoints') });
    await rescueCandidate(folder, root);
  });
}

function trainingFolder(root: string, folder: string, checkpoints: Checkpoints): TrainingFolder {
  const inputs = path.join(folder, 'inputs');
  const output = path.join(folder, 'output');
  const log = path.join(folder, 'train.log');
  return {
    inputs,
    output,
    log,
    copyInputs: (from, files) => copyInputs(from, files, inputs),
    async placeData(role, file) {
      const channel = path.join(folder, 'data', role);
      const copy = path.join(channel, `${role === 'training' ? 'train' : role}${path.extname(file)}`);
      await mkdir(channel);
      // A clone where the file system can: the command can spoil its copy, never the dataset.
      await copyFile(file, copy, constants.COPYFILE_FICLONE);
      await chmod(copy, 0o444);
      return copy;
    },
    async claimCheckpoints(key) {
      const claimed = path.join(checkpoints.held, key);
      await rename(path.join(checkpoints.kept, key), claimed).catch(() => mkdir(claimed));
      return claimed;
    },
    keepCheckpoints: () => rescueCheckpoints(checkpoints),
    written: () => written(output),
    wroteIntoInputs: (name) =>
      access(path.join(inputs, name)).then(
        () => true,
        () => false,
      ),
    async claim(name) {
      const file = path.join(output, name);
      const status = await stat(file).catch(() => undefined);
      if (status === undefined) return undefined;
      if (!status.isFile()) return { kind: 'unreadable', because: 'it is no file' };
      if (status.size > CLAIM_BYTES) return { kind: 'unreadable', because: 'it is larger than 1 MiB' };
      return readClaim(await readFile(file, 'utf8'));
    },
    async digest(file) {
      return { path: file.path, digest: await digestOfFile(path.join(output, file.path)), bytes: file.bytes };
    },
    async publish(candidate) {
      const staged = path.join(folder, 'candidate');
      for (const file of [candidate.output, ...candidate.files]) await stage(output, staged, file);
      await rename(log, path.join(staged, 'train.log'));
      await writeFile(path.join(staged, 'candidate.json'), formatCandidate(candidate));
      const place = await replaceFolder(staged, path.join(root, candidateFolder(candidate.model)), folder);
      // The log of an earlier failure would speak of something else now.
      await rm(path.join(root, failedLog(candidate.model)), { force: true });
      return place;
    },
    async keepLog(model) {
      const place = path.join(root, failedLog(model));
      await mkdir(path.dirname(place), { recursive: true });
      await rename(log, place).catch(ignoreMissing);
    },
    async close() {
      await removeFolder(checkpoints.held);
      await removeFolder(folder);
    },
  };
}

async function copyInputs(root: string, files: readonly InputFile[], inputs: string): Promise<void> {
  for (const file of files) {
    const copy = path.join(inputs, file.path);
    await mkdir(path.dirname(copy), { recursive: true });
    await copyFile(path.join(root, file.path), copy, constants.COPYFILE_FICLONE);
    await chmod(copy, file.executable ? 0o755 : 0o644);
    if ((await digestOfFile(copy)) === file.digest) continue;
    throw new UserMistake('input-changed', {
      where: file.path,
      found: 'the file changed while training was being prepared',
      remedy: 'Run again once it is saved',
    });
  }
}

async function written(output: string): Promise<WrittenFile[]> {
  const realOutput = await realpath(output);
  const names = (await filesBelow(output)).toSorted();
  const files = names.map(async (name): Promise<WrittenFile> => {
    const real = await realpath(path.join(output, name)).catch(() => undefined);
    if (real === undefined || !real.startsWith(realOutput + path.sep)) return { path: name, bytes: 0, leadsOut: true };
    return { path: name, bytes: (await stat(real)).size, leadsOut: false };
  });
  return Promise.all(files);
}

/** Moves a file of the output into the candidate, a link as what it leads to; the bytes must be those that were digested. */
async function stage(output: string, staged: string, file: { path: string; digest: Digest }): Promise<void> {
  const place = path.join(staged, file.path);
  await mkdir(path.dirname(place), { recursive: true });
  await copyFile(path.join(output, file.path), place, constants.COPYFILE_FICLONE);
  if ((await digestOfFile(place)) !== file.digest) throw new Error(`${file.path} changed after training had ended.`);
}

/** A process that was killed between the two renames of a publication left the new candidate whole, and none in its place. */
async function rescueCandidate(folder: string, root: string): Promise<void> {
  const staged = path.join(folder, 'candidate');
  const replaced = path.join(folder, 'replaced-0');
  for (const left of [staged, replaced]) {
    const candidate = await readCandidate(left).catch(() => undefined);
    const place = candidate && path.join(root, candidateFolder(candidate.model));
    // Where there is one by now, the rename fails.
    if (place !== undefined) await rename(left, place).catch(() => undefined);
  }
}

async function rescueCheckpoints({ held, kept }: Checkpoints): Promise<void> {
  for (const key of await readdir(held).catch(() => [])) {
    const files = await readdir(path.join(held, key)).catch(() => []);
    if (files.length === 0) continue;
    await mkdir(kept, { recursive: true });
    // Where another run has left some meanwhile, those stay.
    await rename(path.join(held, key), path.join(kept, key)).catch(() => undefined);
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
