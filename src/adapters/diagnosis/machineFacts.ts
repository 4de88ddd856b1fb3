import { statfs } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import path from 'node:path';
import type { MachineFacts } from '../../diagnosis/machine.ts';
import type { HostEnvironment } from '../../training/commandEnvironment.ts';
import { cacheFolder } from '../cacheFolder.ts';
import { describeMachine } from '../training/machine.ts';

const GPU_ANSWER_MS = 2000;

/** @param folders where Touchstone writes, by what it writes there; they need not exist yet. */
export async function machineFacts(
  host: HostEnvironment,
  folders: { readonly [what: string]: string },
): Promise<MachineFacts> {
  const places = Object.entries({ ...folders, cache: cacheFolder(host) });
  const [{ gpus }, ...disks] = await Promise.all([
    describeMachine(host, GPU_ANSWER_MS),
    ...places.map(async ([what, folder]) => ({ what, folder, free: await freeAt(folder) })),
  ]);
  return {
    node: process.versions.node,
    platform: process.platform,
    architecture: process.arch,
    memory: { total: totalMemory(), available: availableMemory() },
    disks,
    gpus,
  };
}

/** Bytes that this user may still write; of the nearest folder that exists. */
async function freeAt(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    const above = path.dirname(folder);
    if (above === folder) throw error;
    return freeAt(above);
  }
}

// From Node 20.13 and 22 on; a container may have less than the machine.
const limited = process as { availableMemory?: () => number; constrainedMemory?: () => number };

function availableMemory(): number {
  return limited.availableMemory?.() ?? freemem();
}

function totalMemory(): number {
  const limit = limited.constrainedMemory?.() ?? 0;
  // Without a limit it is 0, or a number beyond any machine.
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}
