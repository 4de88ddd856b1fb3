import type { Stats } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** How much of what can be made again is kept. The one that was used last is, whatever its size. */
export interface Bound {
  readonly count: number;
  readonly bytes?: number;
  /** What was used within this time stays: another process may be about to use it again. */
  readonly recentMs?: number;
  /** Names that stay. */
  readonly needed?: ReadonlySet<string>;
}

interface Entry {
  readonly name: string;
  readonly place: string;
  readonly usedMs: number;
}

/** Removes what was not used for longest from a folder of files or folders whose times say when that was. */
export async function keepUsedLast(folder: string, bound: Bound, nowMs: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const entries = await Promise.all(
    names.map(async (name): Promise<Entry> => {
      const place = path.join(folder, name);
      return { name, place, usedMs: (await statusOf(place))?.mtimeMs ?? 0 };
    }),
  );
  let bytes = 0;
  for (const [index, { name, place, usedMs }] of entries.toSorted((a, b) => b.usedMs - a.usedMs).entries()) {
    bytes += bound.bytes === undefined ? 0 : await bytesOf(place);
    const within = index < bound.count && bytes <= (bound.bytes ?? Infinity);
    const recent = bound.recentMs !== undefined && nowMs - usedMs < bound.recentMs;
    if (within || index === 0 || recent || bound.needed?.has(name)) continue;
    await rm(place, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function bytesOf(place: string): Promise<number> {
  const status = await statusOf(place);
  if (status?.isDirectory() !== true) return status?.size ?? 0;
  const names = await readdir(place, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(names.map(async (name) => (await statusOf(path.join(place, name)))?.size ?? 0));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Another process may remove it just now. */
function statusOf(place: string): Promise<Stats | undefined> {
  return stat(place).catch(() => undefined);
}
