import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';

/**
 * One rename makes the new folder appear. The old one, where there is one, is moved aside just before.
 *
 * @param aside a folder of this process, on the same disk.
 * @returns the place.
 */
export async function replaceFolder(staged: string, place: string, aside: string): Promise<string> {
  await mkdir(path.dirname(place), { recursive: true });
  for (let attempt = 0; ; attempt += 1) {
    await rename(place, path.join(aside, `replaced-${attempt}`)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    try {
      await rename(staged, place);
      return place;
    } catch (error) {
      // Another run of the same model was faster: its folder is the older one now.
      const taken = ['ENOTEMPTY', 'EEXIST', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
      if (!taken || attempt >= 10) throw error;
    }
  }
}
