import { createHash } from 'node:crypto';

/** The id that git gives a file's content: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects. */
export function gitBlobId(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
