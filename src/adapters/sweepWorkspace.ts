import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { keepUsedLast } from './usedLast.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const TEN_MINUTES_MS = 600_000;

/** Bounds what lies in `.touchstone`, all of which can be made again but for the row keys that a registration needs. */
export async function sweepWorkspace(own: string, nowMs: number): Promise<void> {
  const candidates = path.join(own, 'cache', 'candidates');
  for (const model of await names(candidates)) {
    await keepUsedLast(path.join(candidates, model), { count: 10, bytes: 5 * GIB }, nowMs);
  }
  await keepUsedLast(path.join(own, 'cache', 'inspections'), { count: 20 }, nowMs);
  await keepUsedLast(path.join(own, 'cache', 'illustrations'), { count: 200, bytes: 256 * MIB }, nowMs);
  await keepUsedLast(path.join(own, 'runs'), { count: 200, bytes: GIB }, nowMs);
  await keepUsedLast(path.join(own, 'checkpoints'), { count: 20, bytes: 20 * GIB }, nowMs);
  const recentMs = TEN_MINUTES_MS;
  await keepUsedLast(path.join(own, 'versions'), { count: 10, bytes: 5 * GIB, recentMs }, nowMs);
  await keepUsedLast(path.join(own, 'data'), { count: 20, bytes: 20 * GIB, recentMs }, nowMs);
  const needed = await rowKeysNeeded(path.join(own, 'candidates'));
  // Where a candidate cannot be read, nobody knows which keys it names.
  if (needed === undefined) return;
  await keepUsedLast(path.join(own, 'row-keys'), { count: 40, bytes: 2 * GIB, recentMs, needed }, nowMs);
}

/** Every digest in the descriptions of the candidates that can be registered. */
async function rowKeysNeeded(candidates: string): Promise<ReadonlySet<string> | undefined> {
  const digests = new Set<string>();
  for (const model of await names(candidates)) {
    const text = await readFile(path.join(candidates, model, 'candidate.json'), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    for (const [digest] of text.matchAll(/\b[0-9a-f]{64}\b/g)) digests.add(digest);
  }
  return digests;
}

function names(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
