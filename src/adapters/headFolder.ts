import { createReadStream, createWriteStream } from 'node:fs';
import { lstat, mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UserMistake } from '../failure.ts';
import type { DeclaredFile } from '../pullRequest/declaredFiles.ts';
import type { GitTree, TreeEntry } from '../pullRequest/gitTree.ts';
import { hashOfBlob, type GitHubObjects } from './github/gitObjects.ts';

/** GitHub hands out no larger file than this by its id. */
const MOST_FETCHED_BYTES = 100 * 1024 ** 2;
/** Of all files of a head together. */
const MOST_BYTES = 16 * 1024 ** 3;

/** A fresh folder that files of a head are put in as data: each by its path, as a plain file, never executed. */
export interface HeadFolder {
  /** Absolute. */
  readonly root: string;
  /** @throws UserMistake where one is too large, kept elsewhere (Git LFS), or has a name that leads out. */
  put(files: readonly DeclaredFile[], tree: GitTree): Promise<void>;
}

export interface HeadFolderOptions {
  /** A folder that does not exist yet. */
  readonly root: string;
  /** A checkout of another commit, by the same paths: a file that has the same id there is not fetched. */
  readonly checkout: string;
  readonly objects: Pick<GitHubObjects, 'stream'>;
  readonly mostBytes?: number;
}

export function headFolder({ root, checkout, objects, mostBytes = MOST_BYTES }: HeadFolderOptions): HeadFolder {
  const held = new Map<string, string>();
  let left = mostBytes;

  async function put(file: DeclaredFile, entry: TreeEntry): Promise<void> {
    const { bytes = 0, object } = entry;
    if (bytes > left) throw tooMuch(file.path, mostBytes);
    left -= bytes;
    const place = placeBelow(root, file.path);
    await mkdir(path.dirname(place), { recursive: true });
    if (!(await copyIfSame(placeBelow(checkout, file.path), place, object, bytes))) {
      // Whole or not at all: it is held against its id at its end.
      const chunks = await objects.stream({ ...entry, path: file.path }, MOST_FETCHED_BYTES);
      await pipeline(chunks, createWriteStream(place, { flags: 'wx', mode: 0o600 })).catch(async (error: unknown) => {
        await rm(place, { force: true });
        throw error;
      });
    }
    if (bytes <= MOST_POINTER_BYTES && (await isPointer(place))) throw inLfs(file.path);
    held.set(file.path, object);
  }

  return {
    root,
    async put(files, tree) {
      await mkdir(root, { recursive: true });
      for (const file of files) {
        if (held.get(file.path) === file.object) continue;
        const entry = tree.get(file.source);
        if (entry?.kind !== 'file') throw notAFile(file.path);
        await put(file, entry).catch((error: unknown) => {
          throw asMistake(error, file.path);
        });
      }
    },
  };
}

/** @throws UserMistake where a path leads out, or through what is no folder on some system. */
function placeBelow(root: string, name: string): string {
  const steps = name.split('/');
  const isPlain = steps.every((step) => step !== '' && step !== '.' && step !== '..' && !/[\\\0]/.test(step));
  if (isPlain) return path.join(root, ...steps);
  throw new UserMistake('head-file-refused', {
    where: JSON.stringify(name),
    found: 'the name leads out of the commit',
    expected: 'a plain relative path',
  });
}

/** Copies a file whose content has this id, and says whether it had: it is hashed while it is copied. */
async function copyIfSame(from: string, to: string, object: string, bytes: number): Promise<boolean> {
  const status = await lstat(from).catch(() => undefined);
  if (status?.isFile() !== true || status.size !== bytes) return false;
  const hash = hashOfBlob(object, bytes);
  await pipeline(
    createReadStream(from),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(to, { flags: 'wx', mode: 0o600 }),
  );
  if (hash.digest('hex') === object) return true;
  await rm(to, { force: true });
  return false;
}

// https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: pointers are of less than 1024 bytes.
const MOST_POINTER_BYTES = 1024;
const POINTER = 'version https://git-lfs.github.com/spec/';

async function isPointer(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(POINTER.length), 0, POINTER.length, 0);
    return buffer.toString('latin1', 0, bytesRead) === POINTER;
  } finally {
    await handle.close();
  }
}

function inLfs(where: string): UserMistake {
  return new UserMistake('data-in-lfs', {
    where,
    found: 'git holds a pointer of Git LFS there, and not the data',
    expected: 'a file that git itself holds: those are what a judge can read of a head without running anything of it',
    remedy: 'Keep the file out of LFS; Parquet takes a fraction of the space of CSV',
  });
}

function notAFile(where: string): UserMistake {
  return new UserMistake('head-file-refused', {
    where,
    found: 'the commit holds no such file',
    expected: 'a plain file',
  });
}

function tooMuch(where: string, mostBytes: number): UserMistake {
  return new UserMistake('head-too-large', {
    where,
    found: `with it the data of this commit are more than ${mostBytes} bytes`,
    expected: 'less',
  });
}

/** A name that this system cannot have is the commit's fault; a full disk is not. */
function asMistake(error: unknown, where: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!['ENOTDIR', 'EEXIST', 'EISDIR', 'ENAMETOOLONG', 'EINVAL', 'EILSEQ'].includes(code)) return error;
  return new UserMistake('head-file-refused', {
    where: JSON.stringify(where),
    found: `no file of that name can be made beside the others (${code})`,
    expected: 'names that do not stand in each other’s way',
  });
}
