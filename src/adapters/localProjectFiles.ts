import { copyFile, constants, mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ServiceFailure, UserMistake } from '../failure.ts';
import type { FileChange, ProjectFiles, Standing } from '../scaffold/projectFiles.ts';
import { linkOnce } from './folderStore/linkOnce.ts';
import { isOrphaned, ownName } from './ownedFolders.ts';

/** The files of a folder on this machine. */
export function localProjectFiles(root: string): ProjectFiles {
  return {
    standing: (name) => standing(path.join(root, name)),
    async carryOut(changes, signal) {
      const undo: (() => Promise<unknown>)[] = [];
      const temporaries: string[] = [];
      try {
        const prepared: { readonly change: FileChange; readonly file: string; readonly temporary: string }[] = [];
        for (const change of changes) {
          const file = path.join(root, change.path);
          await makeFolderFor(file, undo);
          await removeUnfinished(path.dirname(file));
          const temporary = path.join(path.dirname(file), `${UNFINISHED}${ownName()}`);
          temporaries.push(temporary);
          await write(change, temporary, file);
          prepared.push({ change, file, temporary });
        }
        for (const { change, file, temporary } of prepared) {
          signal?.throwIfAborted();
          if (change.kind === 'edit') await edit(change, file, temporary, undo);
          else await create(change, file, temporary, undo);
        }
      } catch (error) {
        // A folder can go once nothing lies in it.
        await removeAll(temporaries);
        for (const step of undo.toReversed()) await step().catch(() => undefined);
        throw failureOf(error, root);
      } finally {
        await removeAll(temporaries);
      }
    },
  };
}

async function removeAll(files: readonly string[]): Promise<void> {
  for (const file of files) await rm(file, { force: true });
}

const UNFINISHED = '.touchstone-';

/** What killed processes left of files that they were writing. */
async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(UNFINISHED) || !isOrphaned(name.slice(UNFINISHED.length))) continue;
    await rm(path.join(folder, name), { force: true });
  }
}

async function standing(file: string): Promise<Standing> {
  try {
    const bytes = await readFile(file);
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'ENOENT' ? { kind: 'nothing' } : { kind: 'other' };
  }
}

async function makeFolderFor(file: string, undo: (() => Promise<unknown>)[]): Promise<void> {
  const folder = path.dirname(file);
  const first = await mkdir(folder, { recursive: true });
  if (first !== undefined) undo.push(() => rmdir(first));
}

async function write(change: FileChange, temporary: string, file: string): Promise<void> {
  if (change.kind === 'copy') {
    // Where the file system can, the copy shares its blocks with the original.
    await copyFile(change.from, temporary, constants.COPYFILE_FICLONE);
    return;
  }
  const mode = change.kind === 'edit' ? (await stat(file)).mode & 0o777 : 0o666;
  await writeFile(temporary, change.text, { mode });
}

async function create(
  change: FileChange,
  file: string,
  temporary: string,
  undo: (() => Promise<unknown>)[],
): Promise<void> {
  if ((await linkOnce(temporary, file)) === 'exists') throw changed(change.path, 'a file of that name appeared');
  undo.push(() => rm(file, { force: true }));
}

async function edit(
  change: Extract<FileChange, { kind: 'edit' }>,
  file: string,
  temporary: string,
  undo: (() => Promise<unknown>)[],
): Promise<void> {
  const now = await standing(file);
  if (now.kind !== 'text' || now.text !== change.before) throw changed(change.path, 'the file was changed');
  await rename(temporary, file);
  undo.push(() => writeFile(file, change.before));
}

function changed(where: string, what: string): UserMistake {
  const found = `${what} while this was being prepared; nothing was written`;
  return new UserMistake('file_changed', { where, found, remedy: 'Run the command again' });
}

function failureOf(error: unknown, root: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR'].includes(code)) {
    const found = `files cannot be written there (${code}); nothing was written`;
    return new UserMistake('folder_not_writable', {
      where: root,
      found,
      remedy: 'Change to a folder that you may write to',
    });
  }
  if (['ENOSPC', 'EDQUOT'].includes(code)) {
    const found = 'the disk is full; nothing was written';
    return new ServiceFailure('disk_full', { where: root, found, remedy: 'Make room' });
  }
  return error;
}
