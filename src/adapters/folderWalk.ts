import { readdir } from 'node:fs/promises';
import path from 'node:path';

/**
 * Every file below a folder, by its path relative to the folder, with `/`. Links are listed and not followed, so that
 * the walk ends and never leaves the folder.
 * @param skipped names of files and folders that are passed by, wherever they stand.
 */
export async function filesBelow(folder: string, skipped: readonly string[] = []): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = entries
    .filter((entry) => !skipped.includes(entry.name))
    .map(async (entry) => {
      if (!entry.isDirectory()) return [entry.name];
      const below = await filesBelow(path.join(folder, entry.name), skipped);
      return below.map((name) => `${entry.name}/${name}`);
    });
  return (await Promise.all(found)).flat();
}
