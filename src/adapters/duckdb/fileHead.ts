import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Writable } from 'node:stream';

/** The first bytes of a file as it lies there. */
export async function rawHead(file: string, bytes: number): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const buffer = new Uint8Array(Math.min(bytes, (await handle.stat()).size));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

export interface TextHead {
  readonly bytes: Uint8Array;
  /** Whether the text ends there. */
  readonly whole: boolean;
  /** Whether a line anywhere in it is longer than the engine takes; where it is far longer, the engine drops it unseen. */
  readonly longLine: boolean;
}

/** The first bytes of a text. */
export async function textHead(file: string, bytes: number): Promise<TextHead> {
  const head = await rawHead(file, bytes + 1);
  return { bytes: head.subarray(0, bytes), whole: head.length <= bytes, longLine: await hasLongLine(file) };
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
  let ofLine = 0;
  let longest = 0;
  const keep = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (length <= bytes) kept.push(chunk);
      length += chunk.length;
      const [start, end] = [firstBreak(chunk), lastBreak(chunk)];
      longest = Math.max(longest, ofLine + (start < 0 ? chunk.length : start));
      ofLine = end < 0 ? ofLine + chunk.length : chunk.length - end - 1;
      done();
    },
  });
  try {
    await pipeline(createReadStream(file), createGunzip(), keep);
  } catch (error) {
    if (isZlibError(error)) return undefined;
    throw error;
  }
  return {
    bytes: Buffer.concat(kept).subarray(0, bytes),
    whole: length <= bytes,
    longLine: longest > LONGEST_LINE,
  };
}

// What the engine takes by default. A line of more than 16 of these it may drop without a word where it is the last.
const LONGEST_LINE = 2_000_000;
const STRIDE = 8 * LONGEST_LINE;
const PIECE = 65_536;

/** Looks into a file at strides: where a line of many strides runs, no break is near, and then it is measured. */
async function hasLongLine(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const piece = Buffer.alloc(PIECE);
    for (let from = 0; from + LONGEST_LINE < size; from += STRIDE) {
      for (let length = 0; ; length += PIECE) {
        if (length > LONGEST_LINE) return true;
        const { bytesRead } = await handle.read(piece, 0, PIECE, from + length);
        if (bytesRead === 0 || firstBreak(piece.subarray(0, bytesRead)) >= 0) break;
      }
    }
    return false;
  } finally {
    await handle.close();
  }
}

function firstBreak(bytes: Buffer): number {
  const [feed, back] = [bytes.indexOf(0x0a), bytes.indexOf(0x0d)];
  return feed < 0 ? back : back < 0 ? feed : Math.min(feed, back);
}

function lastBreak(bytes: Buffer): number {
  return Math.max(bytes.lastIndexOf(0x0a), bytes.lastIndexOf(0x0d));
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
