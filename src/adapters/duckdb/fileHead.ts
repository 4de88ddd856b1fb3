import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Writable } from 'node:stream';

/** The first bytes of a file as it lies there. */
export async function rawHead(file: string, bytes: number): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const buffer = new Uint8Array(bytes);
    const { bytesRead } = await handle.read(buffer, 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

export interface TextHead {
  readonly bytes: Uint8Array;
  /** Whether the text ends there. */
  readonly whole: boolean;
}

/** The first bytes of a text. */
export async function textHead(file: string, bytes: number): Promise<TextHead> {
  const head = await rawHead(file, bytes + 1);
  return { bytes: head.subarray(0, bytes), whole: head.length <= bytes };
}

/**
 * The first bytes of a gzipped text, after undoing all of it: the engine takes a cut-off gzip that happens to end
 * between two rows for a whole one.
 *
 * @returns `undefined` where the gzip is broken or cut off.
 */
export async function gunzippedHead(file: string, bytes: number): Promise<TextHead | undefined> {
  const kept: Buffer[] = [];
  let length = 0;
  const keep = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (length <= bytes) kept.push(chunk);
      length += chunk.length;
      done();
    },
  });
  try {
    await pipeline(createReadStream(file), createGunzip(), keep);
  } catch (error) {
    if (isZlibError(error)) return undefined;
    throw error;
  }
  return { bytes: Buffer.concat(kept).subarray(0, bytes), whole: length <= bytes };
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^Z_/.test(String(error.code));
}

/** All bytes of a text in order, gzip undone. */
export async function eachPiece(file: string, gzip: boolean, take: (bytes: Uint8Array) => void): Promise<void> {
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      take(chunk);
      done();
    },
  });
  if (gzip) await pipeline(createReadStream(file), createGunzip(), sink);
  else await pipeline(createReadStream(file), sink);
}
