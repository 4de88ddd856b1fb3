import { open, readFile } from 'node:fs/promises';
import type { ModelConfig } from '../../config/config.ts';
import type { DataFile } from '../../diagnosis/data.ts';
import { UserMistake, type Problem } from '../../failure.ts';
import { findFiles, type FoundFile } from '../duckdb/findFiles.ts';

const HEAD_BYTES = 1024;
/** Read in some milliseconds; with more rows no margin that somebody would set is out of reach. */
const COUNTED_BYTES = 8 * 1024 * 1024;

/** The files that a model's data name, by their first bytes. @throws UserMistake with every one that is missing. */
export async function dataHeads(root: string, { name, data }: ModelConfig): Promise<readonly DataFile[]> {
  const problems: Problem[] = [];
  const files: Promise<DataFile>[] = [];
  for (const role of ['train', 'validation', 'holdout'] as const) {
    const found = await findFiles(root, data[role], `models.${name}.data.${role}`, problems);
    files.push(...found.map((file) => headOf(file, role)));
  }
  const heads = await Promise.all(files);
  const [first, ...rest] = problems;
  if (first !== undefined) throw new UserMistake('data-missing', first, ...rest);
  return heads;
}

async function headOf({ path, shown }: FoundFile, role: DataFile['role']): Promise<DataFile> {
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      const lines = await countLines(path, shown, size);
      return {
        path: shown,
        role,
        bytes: size,
        head: buffer.subarray(0, bytesRead),
        ...(lines !== undefined && { lines }),
      };
    } finally {
      await handle.close();
    }
  } catch {
    return { path: shown, role, bytes: 0 };
  }
}

/** Rows of text, about: a line feed may stand inside of quotes. A CSV's header is none of them. */
async function countLines(file: string, shown: string, size: number): Promise<number | undefined> {
  const form = /\.(csv|tsv|ndjson|jsonl)$/i.exec(shown)?.[1]?.toLowerCase();
  if (form === undefined || size > COUNTED_BYTES) return undefined;
  const bytes = await readFile(file);
  let lines = bytes.length > 0 && bytes.at(-1) !== 10 ? 1 : 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1;
  return form.startsWith('csv') || form === 'tsv' ? Math.max(0, lines - 1) : lines;
}
