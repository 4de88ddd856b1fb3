import { lstat, readdir, stat } from 'node:fs/promises';
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
  if (status !== undefined) return { where, found: `"${pattern}" is neither a file nor a folder` };
  if (!isDynamicPattern(plain)) return missing(root, pattern, plain, where);
  const names = await glob(plain, { cwd: root, dot: true, onlyFiles: true, expandDirectories: false });
  if (names.length > 0) return { names };
  return {
    where,
    found: `no file matches "${pattern}"`,
    expected: `at least one file below ${root}`,
    remedy: 'Correct the pattern, or fetch the data',
  };
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
    remedy: 'Correct the path, or fetch the data',
    ...suggestion(path.posix.basename(plain), siblings),
  };
}
