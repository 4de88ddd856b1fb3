import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { FolderSize, WorkspaceFacts } from '../../diagnosis/workspace.ts';
import type { HostEnvironment } from '../../training/commandEnvironment.ts';
import { cacheFolder } from '../cacheFolder.ts';
import { isOrphaned } from '../ownedFolders.ts';

/** Counting a cache of many virtual environments to its end would take longer than all the rest. */
const COUNTING_MS = 1500;
const AT_ONCE = 64;

/** @param root absolute path of the folder that holds `touchstone.yml`. */
export async function workspaceFacts(root: string, host: HostEnvironment): Promise<WorkspaceFacts> {
  const own = path.join(root, '.touchstone');
  const cache = cacheFolder(host);
  const [workspaceSize, cacheSize, ...leftovers] = await Promise.all([
    sizeOf(own),
    sizeOf(cache),
    orphansIn(own, 2),
    orphansIn(path.join(cache, 'venvs'), 2),
  ]);
  return {
    ...(workspaceSize && { workspace: workspaceSize }),
    ...(cacheSize && { cache: cacheSize }),
    leftovers: leftovers.flat(),
  };
}

async function sizeOf(folder: string): Promise<FolderSize | undefined> {
  const exists = await stat(folder).then(
    (status) => status.isDirectory(),
    () => false,
  );
  if (!exists) return undefined;
  const endMs = performance.now() + COUNTING_MS;
  const waiting = [folder];
  let bytes = 0;
  while (waiting.length > 0) {
    if (performance.now() > endMs) return { folder, bytes, partial: true };
    const counted = await Promise.all(waiting.splice(0, AT_ONCE).map(countFolder));
    for (const each of counted) {
      bytes += each.bytes;
      waiting.push(...each.folders);
    }
  }
  return { folder, bytes, partial: false };
}

async function countFolder(folder: string): Promise<{ readonly bytes: number; readonly folders: readonly string[] }> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(folder, entry.name));
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => path.join(folder, entry.name));
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), folders };
}

/** Folders that a process which is gone owned, and locks that it held. */
async function orphansIn(folder: string, levels: number): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  // The environment that is in use bears the name of the process that made it.
  const inUse = await readFile(path.join(folder, 'ready'), 'utf8').catch(() => undefined);
  const found = entries.map(async (entry): Promise<readonly string[]> => {
    const file = path.join(folder, entry.name);
    if (entry.name !== inUse && isOrphaned(entry.name)) return [file];
    if (entry.isDirectory()) return levels > 1 ? orphansIn(file, levels - 1) : [];
    if (entry.name !== 'lock' && entry.name !== 'building') return [];
    const [holder = ''] = (await readFile(file, 'utf8').catch(() => '')).split('\n');
    return isOrphaned(holder) ? [file] : [];
  });
  return (await Promise.all(found)).flat();
}
