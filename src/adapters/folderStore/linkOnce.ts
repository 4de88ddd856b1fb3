import { link, stat } from 'node:fs/promises';
import type { Creation } from '../../registry/store.ts';
import { codeOf } from './folderStoreFailure.ts';

/** Gives a file, of which nobody else knows, a second name, if that is free. One of any number of callers gets it. */
export async function linkOnce(temporary: string, final: string): Promise<Creation> {
  try {
    await link(temporary, final);
    return 'created';
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    // NFS may answer so to a link that it made, when its first answer was lost: open(2), O_EXCL.
    return (await stat(temporary)).nlink > 1 ? 'created' : 'exists';
  }
}
