import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { GitObject } from './objectReader.ts';

export function objectId(type: GitObject['type'], bytes: Uint8Array): string {
  return createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
}

/** Writes an object as git keeps a loose one, without starting git. Its id. https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
export async function writeObject(git: string, type: GitObject['type'], bytes: Uint8Array): Promise<string> {
  const id = objectId(type, bytes);
  const folder = join(git, 'objects', id.slice(0, 2));
  const file = join(folder, id.slice(2));
  if (await stat(file).catch(() => undefined)) return id;
  await mkdir(folder, { recursive: true });
  const aside = join(folder, `tmp_obj_${randomUUID()}`);
  await writeFile(aside, deflateSync(Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes]), { level: 1 }));
  await rename(aside, file);
  return id;
}
