import { hostname } from 'node:os';
import path from 'node:path';
import { ServiceFailure } from '../failure.ts';
import { takeLock } from './ownedLock.ts';

/** A run that works in the folder now. */
export interface OtherRun {
  readonly processId: number;
  readonly since: Date;
  /** Absent for this one. */
  readonly host?: string;
}

export interface RunLockWish {
  readonly now: () => Date;
  /** Told once, before the waiting; `undefined` where nothing is known of the other run. */
  readonly onWait: (other: OtherRun | undefined) => void;
  readonly signal?: AbortSignal;
}

/**
 * Does the work once no other run works in the folder, and keeps others out until it is done.
 * @param folder `.touchstone` of the project; must exist.
 * @throws ServiceFailure where the folder cannot be written; an AbortError where the waiting is ended.
 */
export async function whileAlone<T>(folder: string, wish: RunLockWish, work: () => Promise<T>): Promise<T> {
  const { now, onWait, signal } = wish;
  const lock = await takeLock(path.join(folder, 'lock'), {
    says: [String(process.pid), now().toISOString(), hostname()],
    onWait: (says) => onWait(otherRun(says)),
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    throw signal?.aborted === true ? error : notWritable(folder, error);
  });
  try {
    return await work();
  } finally {
    await lock?.release();
  }
}

function otherRun([processId = '', since = '', host]: readonly string[]): OtherRun | undefined {
  if (!/^\d+$/.test(processId) || Number.isNaN(Date.parse(since))) return undefined;
  const elsewhere = host !== undefined && host !== hostname();
  return { processId: Number(processId), since: new Date(since), ...(elsewhere && { host }) };
}

function notWritable(folder: string, error: unknown): ServiceFailure {
  const found = `cannot be written (${error instanceof Error ? error.message : String(error)})`;
  return new ServiceFailure('folder-not-writable', { where: folder, found }, { cause: error });
}
