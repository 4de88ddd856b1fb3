import { ServiceFailure } from '../failure.ts';

const REFUSALS = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO'];

/**
 * Does what writes below a folder.
 * @throws ServiceFailure `folder-not-writable` where the filesystem refuses.
 */
export async function tellingRefusals<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const code = error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : '';
    if (!(error instanceof Error) || !REFUSALS.includes(code)) throw error;
    const problem = {
      where: folder,
      found: `cannot be written (${error.message})`,
      remedy: 'Mend the rights, or free some space',
    };
    throw new ServiceFailure('folder-not-writable', problem, { cause: error });
  }
}
