import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { suggestion } from '../../config/complaint.ts';
import { byBytes } from '../../dataset/sqlText.ts';
import type { Problem } from '../../failure.ts';

export interface FoundFile {
  /** Absolute. */
  readonly path: string;
  /** Relative to the root, `/` between segments. */
  readonly shown: string;
}

/** The files that paths and globs name, each once, in the order of their names; what names none is a problem. */
export async function findFiles(
  root: string,
  patterns: readonly string[],
  where: string,
  problems: Problem[],
): Promise<readonly FoundFile[]> {
  const shown = new Set<string>();
  for (const pattern of patterns) {
    const matched = await matches(root, pattern, where);
    if ('found' in matched) problems.push(matched);
    else for (const name of matched.names) shown.add(name);
  }
  return [...shown].toSorted(byBytes).map((name) => ({ path: path.resolve(root, name), shown: name }));
}

async function matches(
  root: string,
  pattern: string,
  where: string,
): Promise<Problem | { readonly names: readonly string[] }> {
  const plain = pattern.replaceAll(path.sep, '/').replace(/^(\.\/)+/, '');
  // A name that exists is that file, even where it could be read as a glob.
  const status = await stat(path.resolve(root, plain)).catch(() => undefined);
  if (status?.isFile()) return { names: [plain] };
  if (status?.isDirectory()) {
    return {
      where,
      found: `"${pattern}" is a folder`,
      expected: 'a file or a glob',
      remedy: `Name its files: "${plain.replace(/\/$/, '')}/*.csv"`,
    };
  }
  // A pipe would wait for its writer for ever.
  if (status !== undefined) {
    return {
      where,
      found: `"${pattern}" is neither a file nor a folder`,
      expected: 'a file or a glob',
      remedy: 'Write what it gives to a file, and name that',
    };
  }
  if (!isDynamicPattern(plain)) return missing(root, pattern, plain, where);
  const names = await glob(plain, { cwd: root, dot: true, onlyFiles: true, expandDirectories: false });
  if (names.length > 0) return eachOnce(root, names, where);
  return {
    where,
    found: `no file matches "${pattern}"`,
    expected: `at least one file below ${root}`,
    remedy: 'Correct the pattern, or fetch the data',
  };
}

/** A link to a folder above would have a file read once more for each way to it. */
async function eachOnce(
  root: string,
  names: readonly string[],
  where: string,
): Promise<Problem | { readonly names: readonly string[] }> {
  const reached = await Promise.all(
    names.toSorted(byBytes).map(async (name) => ({
      name,
      real: await realpath(path.resolve(root, name)).catch(() => undefined),
    })),
  );
  const lost = reached.find(({ real }) => real === undefined);
  if (lost !== undefined) {
    const misnamed = lost.name.includes('\ufffd');
    return {
      where,
      found: misnamed
        ? `the name of the file "${lost.name}" is not UTF-8, so it cannot be opened by it`
        : `"${lost.name}" is a link that leads nowhere`,
      remedy: misnamed ? 'Rename the file' : 'Fetch the data that it leads to',
    };
  }
  const first = new Map<string, string>();
  for (const { name, real = name } of reached) {
    // The way without a link is the one that people know.
    if (!first.has(real) || path.resolve(root, name) === real) first.set(real, name);
  }
  return { names: [...first.values()] };
}

async function missing(root: string, pattern: string, plain: string, where: string): Promise<Problem> {
  const link = await lstat(path.resolve(root, plain)).catch(() => undefined);
  if (link?.isSymbolicLink()) {
    return { where, found: `"${pattern}" is a link that leads nowhere`, remedy: 'Fetch the data that it leads to' };
  }
  const folder = path.posix.dirname(plain);
  const siblings = await readdir(path.resolve(root, folder)).catch(() => []);
  return {
    where,
    found: `the file "${pattern}" does not exist`,
    expected: `a file below ${root}`,
    remedy: 'Correct the path, or fetch the data; on GitHub they have to be committed',
    ...suggestion(path.posix.basename(plain), siblings),
  };
}
