import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { packPart, thisPlatform } from '../../packNativeParts.ts';
import { nativePartFolder, type NativePartName } from '../../src/adapters/nativeParts/nativePart.ts';
import type { ActionMachine } from './actionBundles.ts';

export const PARTS: readonly NativePartName[] = ['duckdb', 'onnxruntime'];

let packed: Promise<ReadonlyMap<string, Buffer>> | undefined;

/** The packs of this platform, by the names of their assets; made once. */
export function packs(): Promise<ReadonlyMap<string, Buffer>> {
  return (packed ??= (async () => {
    const folder = path.join(import.meta.dirname, `../../build/test-packs-${process.pid}`);
    await mkdir(folder, { recursive: true });
    const made = new Map<string, Buffer>();
    for (const name of PARTS) {
      const { pack } = await packPart(name, thisPlatform(), folder);
      made.set(pack.name, await readFile(path.join(folder, pack.name)));
    }
    await rm(folder, { recursive: true });
    return made;
  })());
}

export interface Host {
  readonly url: string;
  readonly asked: string[];
}

/** What a host answers: an asset, a status, so much of an asset that then breaks off, or nothing. */
export type HostAnswer = Buffer | number | { readonly breaksOff: Buffer } | undefined;

/** Serves release assets; `answer` may give another answer, or none. */
export async function releaseHost(answer: (asset: string, times: number) => HostAnswer): Promise<Host> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    const asset = path.posix.basename(new URL(request.url ?? '', 'http://host').pathname);
    asked.push(request.url ?? '');
    const given = answer(asset, asked.filter((url) => url.endsWith(asset)).length);
    if (given === undefined) return void response.destroy();
    if (typeof given === 'number') return void response.writeHead(given).end();
    if (Buffer.isBuffer(given)) return void response.writeHead(200, { 'content-length': given.length }).end(given);
    const { breaksOff } = given;
    response.writeHead(200, { 'content-length': breaksOff.length });
    response.write(breaksOff.subarray(0, breaksOff.length / 2), () => response.destroy());
  });
  return { url: await listening(server), asked };
}

/** A proxy that leads to a host, whichever is asked for; or refuses to. */
export async function tunnelTo(host: Host | 'nowhere'): Promise<Host> {
  const asked: string[] = [];
  const server = createServer();
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    asked.push(request.url ?? '');
    if (host === 'nowhere') return void socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    const onward = connect(Number(new URL(host.url).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    socket.on('error', () => onward.destroy());
  });
  return { url: await listening(server), asked };
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What fetching left behind, in the tool cache and among the temporary files. */
export async function leftovers(machine: ActionMachine): Promise<readonly string[]> {
  const temporary = await readdir(path.join(machine.folder, 'work/_temp'));
  const cached = await Promise.all(
    PARTS.map((name) => readdir(path.dirname(nativePartFolder(name, machine.toolCache))).catch(() => [])),
  );
  return [
    ...temporary.filter((name) => name.endsWith('.gz')),
    ...cached.flat().filter((name) => name !== thisPlatform()),
  ];
}
