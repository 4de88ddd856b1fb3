import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** What goes wrong in a process, at which of its calls. */
export interface FileFault {
  /** The calls that reach below this folder are counted, and noted in `log`. Absolute, without links. */
  readonly folder: string;
  readonly log: string;
  /** Calls that read are counted too. */
  readonly reads?: boolean;
  /** The call at which it happens, counted from 1; absent for none. */
  readonly call?: number;
  readonly how?: 'kill-before' | 'kill-within' | 'kill-after' | 'signal' | 'error';
  /** Of an error: what the file system says, at this call alone or at all from it on. */
  readonly code?: string;
  readonly lasting?: boolean;
  readonly signal?: 'SIGINT' | 'SIGTERM';
  /** Killed so long after the first call, at whatever it does then. */
  readonly killAfterMs?: number;
}

/** A call that changes something, by paths below the folder. */
export interface FileCall {
  readonly name: 'create' | 'write' | 'sync' | 'mkdir' | 'link' | 'rename' | 'unlink' | 'read' | 'list';
  readonly path: string;
  readonly to?: string;
  /** What was written, base64. */
  readonly bytes?: string;
}

export interface NotedCall extends FileCall {
  readonly atMs: number;
}

const PRELOAD = fileURLToPath(new URL('./faultyFileSystem.ts', import.meta.url));

/** The environment in which a Node process meets the fault. */
export function environmentOf(fault: FileFault): { readonly [name: string]: string } {
  return { NODE_OPTIONS: `--import=${PRELOAD}`, TOUCHSTONE_TEST_FAULT: JSON.stringify(fault) };
}

/** What a process did, up to the call that was its last. */
export async function callsNoted({ log }: FileFault): Promise<readonly NotedCall[]> {
  const text = await readFile(log, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as NotedCall);
}
