import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Removes all but what was used last from a folder of files or folders whose times say when that was. */
export async function removeAllBut(count: number, folder: string): Promise<void> {
  const entries = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const place = path.join(folder, name);
      return {
        place,
        usedMs: await stat(place).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      };
    }),
  );
  const old = entries.toSorted((a, b) => b.usedMs - a.usedMs).slice(count);
  for (const { place } of old) await rm(place, { recursive: true, force: true });
}
