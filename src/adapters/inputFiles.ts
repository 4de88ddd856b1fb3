import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { distance } from 'fastest-levenshtein';
import picomatch from 'picomatch';
import { UserMistake, type Problem } from '../failure.ts';
import type { Digest } from '../identity/digest.ts';
import {
  isNeverInput,
  NEVER_INPUTS,
  withoutDots,
  type InputFile,
  type InputFiles,
} from '../training/declaredInputs.ts';
import { filesBelow } from './folderWalk.ts';
import { pathInside } from './pathInside.ts';

/** Finds the files of `train.inputs` in a folder. */
export const inputFiles: InputFiles = {
  async list(root, patterns, known) {
    const problems: Problem[] = [];
    const found = new Map<string, string>();
    const realRoot = await realpath(root);
    const add = async (name: string, ancestors: readonly string[] = []): Promise<void> => {
      const real = await realpath(path.join(root, name)).catch(() => undefined);
      const source = real === undefined ? undefined : pathInside(realRoot, real);
      if (real === undefined || source === undefined || isNeverInput(source)) {
        problems.push(brokenLink(name, real));
        return;
      }
      const status = await stat(real);
      if (status.isFile()) {
        found.set(name, source);
      } else if (!status.isDirectory()) {
        problems.push({
          where: name,
          found: 'it is neither a file nor a folder',
          expected: 'a file of the repository',
        });
      } else if (!ancestors.includes(real)) {
        // A link to a folder: what it holds stands below the link's name. A folder that holds itself is read once.
        for (const below of await filesBelow(real, NEVER_INPUTS)) await add(`${name}/${below}`, [...ancestors, real]);
      }
    };
    for (const pattern of patterns) {
      const matched = await matching(root, pattern, known);
      if (matched.length === 0) problems.push(await nothingFound(root, pattern));
      for (const name of matched) await add(name);
    }
    const [first, ...rest] = problems;
    if (first) throw new UserMistake('input-missing', first, ...rest);
    const names = [...found].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Promise.all(names.map(([name, source]) => describe(root, name, source)));
  },
};

/** Files and links, unresolved. */
async function matching(root: string, pattern: string, known: ReadonlySet<string> | undefined): Promise<string[]> {
  const plain = withoutDots(pattern);
  const status = await lstat(path.join(root, plain)).catch(() => undefined);
  if (status !== undefined && !status.isDirectory()) return isNeverInput(plain) ? [] : [plain];
  const names = status === undefined ? await globbed(root, plain) : await namesBelow(root, plain);
  const visible = names.filter((name) => !isNeverInput(name));
  const listed = visible.filter((name) => known?.has(name) ?? true);
  // What git ignores as a whole was named on purpose.
  return listed.length > 0 ? listed : visible;
}

/** A link to a folder is no match for what stands below it, and is not followed. */
async function globbed(root: string, pattern: string): Promise<string[]> {
  if (!isGlob(pattern)) return [];
  const { base } = picomatch.scan(pattern);
  const folder = await realpath(path.join(root, base)).catch(() => undefined);
  if (folder === undefined || pathInside(await realpath(root), folder) === undefined) return [];
  const matches = picomatch(pattern, { dot: true });
  return (await namesBelow(root, base)).filter((name) => matches(name));
}

async function namesBelow(root: string, folder: string): Promise<string[]> {
  const names = await filesBelow(path.join(root, folder), NEVER_INPUTS).catch(() => []);
  return folder === '' ? names : names.map((name) => `${folder}/${name}`);
}

function isGlob(pattern: string): boolean {
  return picomatch.scan(pattern).isGlob;
}

async function describe(root: string, name: string, source: string): Promise<InputFile> {
  const file = path.join(root, name);
  const [{ mode, size }, unresolved] = await Promise.all([stat(file), lstat(file)]);
  return {
    path: name,
    source,
    ...(unresolved.isSymbolicLink() && { link: await readlink(file) }),
    digest: await digestOfFile(file),
    bytes: size,
    executable: (mode & 0o111) !== 0,
  };
}

// Pieces of 64 KiB, the default, take a third longer.
const PIECE_BYTES = 2 ** 20;

/** The sha256 of a file's bytes, read as a stream. */
export async function digestOfFile(file: string, signal?: AbortSignal): Promise<Digest> {
  const hash = createHash('sha256');
  const bytes = createReadStream(file, { highWaterMark: PIECE_BYTES, ...(signal && { signal }) });
  for await (const chunk of bytes) hash.update(chunk as Buffer);
  return hash.digest('hex') as Digest;
}

function brokenLink(name: string, real: string | undefined): Problem {
  return {
    where: name,
    found: real === undefined ? 'the link leads nowhere' : `the link leads to ${real}`,
    expected: 'a link to a file of the repository',
    remedy: 'Put the file itself there, or leave the link out of train.inputs',
  };
}

async function nothingFound(root: string, pattern: string): Promise<Problem> {
  const near = await nearest(root, withoutDots(pattern));
  return {
    where: 'train.inputs',
    found: isGlob(pattern) ? `no file matches "${pattern}"` : `"${pattern}" does not exist or holds no file`,
    expected: `a file, a folder or a glob below ${root}`,
    remedy: near === undefined ? 'Correct the name, or take it out of train.inputs' : `Did you mean "${near}"`,
  };
}

async function nearest(root: string, name: string): Promise<string | undefined> {
  const folder = path.posix.dirname(name);
  const siblings = await readdir(path.join(root, folder)).catch(() => []);
  const ranked = siblings
    .map((sibling) => ({ sibling, edits: distance(sibling, path.posix.basename(name)) }))
    .filter(({ sibling, edits }) => edits <= Math.max(2, sibling.length / 3))
    .toSorted((a, b) => a.edits - b.edits);
  const best = ranked[0]?.sibling;
  return best === undefined || folder === '.' ? best : `${folder}/${best}`;
}
