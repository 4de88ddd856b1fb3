import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { expect } from 'vitest';

/** An entry of an archive that a test makes, as odd as it likes. */
interface Written {
  readonly content: Uint8Array;
  readonly mode?: number;
  /** Written over the name that the archive was made with, of the same length. */
  readonly renamed?: string;
}

export type Contents = Readonly<Record<string, Uint8Array | Written>>;

export async function zipOf(contents: Contents): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, written] of Object.entries(contents)) {
    const { content, mode } = written instanceof Uint8Array ? { content: written, mode: undefined } : written;
    zip.addBuffer(Buffer.from(content), name, mode === undefined ? {} : { mode });
  }
  zip.end();
  const bytes = await buffer(zip.outputStream);
  for (const [name, written] of Object.entries(contents)) {
    if (!(written instanceof Uint8Array) && written.renamed !== undefined) replaceAll(bytes, name, written.renamed);
  }
  return bytes;
}

function replaceAll(bytes: Buffer, from: string, to: string): void {
  expect(to).toHaveLength(from.length);
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) bytes.write(to, at, 'latin1');
}

const CENTRAL = Buffer.from('PK\u0001\u0002', 'latin1');

/** Where the directory describes an entry. */
export function directoryOf(bytes: Buffer, name: string): number {
  for (let at = bytes.indexOf(CENTRAL); at >= 0; at = bytes.indexOf(CENTRAL, at + 4)) {
    if (bytes.toString('latin1', at + 46, at + 46 + bytes.readUInt16LE(at + 28)) === name) return at;
  }
  throw new Error(`no entry ${name}`);
}

/** Has the directory say of an entry that it is a link, a device or a pipe. */
export function writeFormat(bytes: Buffer, name: string, format: number): void {
  bytes.writeUInt32LE(((format | 0o777) << 16) >>> 0, directoryOf(bytes, name) + 38);
}
