import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { readCsvHeader } from '../dataset/csvHeader.ts';
import { formatOfName } from '../dataset/fileName.ts';
import type { DataFormat } from '../scaffold/dataFormat.ts';
import { gunzippedHead, textHead } from './duckdb/fileHead.ts';
import { findFiles } from './duckdb/findFiles.ts';
import { pathInside } from './pathInside.ts';

/** A file that could be a table. */
export interface DataFile {
  /** Relative to the folder that was searched, with `/`. */
  readonly path: string;
  readonly bytes: number;
}

const SKIPPED = new Set(['node_modules', '__pycache__', 'site-packages', 'venv', 'env', 'dist', 'build']);
const DEEPEST = 5;
// A folder of so many tables is a dataset in parts, or no project: either way the person has to say.
const MOST_FILES = 1000;

/**
 * Tables below a folder, largest first. Hidden folders, packages, virtual environments and links are passed by; `.json`
 * is left out, since it is mostly something else.
 */
export async function findDataFiles(root: string): Promise<readonly DataFile[]> {
  const found: DataFile[] = [];
  const look = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(path.join(root, folder), { withFileTypes: true }).catch(() => []);
    // What makes a folder a virtual environment, whatever its name.
    if (depth > 0 && entries.some(({ name }) => name === 'pyvenv.cfg')) return;
    for (const entry of entries) {
      if (found.length >= MOST_FILES || entry.name.startsWith('.')) continue;
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && depth < DEEPEST && !SKIPPED.has(entry.name)) await look(name, depth + 1);
      if (!entry.isFile() || formatOfName(name) === undefined || /\.json(\.gz)?$/i.test(name)) continue;
      found.push({ path: name, bytes: (await stat(path.join(root, name))).size });
    }
  };
  await look('', 0);
  return found.toSorted((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
}

/** Where a file that a person named lies, seen from the root of the project. */
export type DataPlace =
  | { readonly kind: 'inside'; readonly path: string; readonly bytes: number }
  | { readonly kind: 'outside'; readonly file: string; readonly bytes: number }
  | { readonly kind: 'missing' }
  | { readonly kind: 'no-file' };

/**
 * The files below the root that a glob names: several tables with the same columns.
 *
 * @param pattern relative to the root, with `/`.
 * @returns `undefined` where it is no glob, or names no file.
 */
export async function filesOfPattern(root: string, pattern: string): Promise<readonly DataFile[] | undefined> {
  if (pattern.startsWith('../') || path.isAbsolute(pattern)) return undefined;
  const found = await findFiles(root, [pattern], 'data', []);
  if (found.length === 0) return undefined;
  return Promise.all(found.map(async (file) => ({ path: file.shown, bytes: (await stat(file.path)).size })));
}

export async function placeOfData(root: string, file: string): Promise<DataPlace> {
  const status = await stat(file).catch(() => undefined);
  if (status === undefined) return { kind: 'missing' };
  if (!status.isFile()) return { kind: 'no-file' };
  // A link that leads out of the project may not be configured: the file that it leads to is what counts.
  const inside = pathInside(await realpath(root), await realpath(file));
  return inside === undefined
    ? { kind: 'outside', file: path.resolve(file), bytes: status.size }
    : { kind: 'inside', path: inside, bytes: status.size };
}

const HEAD_BYTES = 4 * 1024 * 1024;

/** How a table is written. The file has been read before: what is wrong with it was told then. */
export async function formatOfData(file: string): Promise<DataFormat> {
  const named = formatOfName(file);
  if (named?.format !== 'csv') return { kind: named?.format ?? 'parquet' };
  const head = named.gzip ? await gunzippedHead(file, HEAD_BYTES) : await textHead(file, HEAD_BYTES);
  const mark = head?.bytes[0] === 0xef && head.bytes[1] === 0xbb ? 3 : 0;
  const header = head && readCsvHeader(file, head.bytes.subarray(mark), head.whole);
  return { kind: 'csv', delimiter: header !== undefined && 'delimiter' in header ? header.delimiter : ',' };
}
