import path from 'node:path';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { MemoryStore } from '../fakes/memoryStore.ts';
import type { FileCall } from './fileFault.ts';

/** A file: what was written, and how much of it a sync has brought to the disk. */
interface File {
  readonly kind: 'file';
  written: Buffer;
  synced: Buffer;
}
interface Folder {
  readonly kind: 'folder';
  /** As every process sees it. */
  readonly entries: Map<string, File | Folder>;
  /** What a sync of the folder has brought to the disk. */
  durable: Map<string, File | Folder>;
}

/**
 * A file system that keeps no more promises than POSIX makes: what a file holds is on the disk once the file was synced,
 * and a name once its folder was. Of the rest, a power cut may take away any part and leave any other, in any order.
 * Kinder file systems, which keep an order of their own, leave one of the states that this one can leave.
 */
export class CautiousDisk {
  readonly #root: Folder = newFolder();

  /** Carries out a call that a process made; its paths are relative to the root. */
  do({ name, path: at, to, bytes }: FileCall): void {
    switch (name) {
      case 'mkdir':
        this.#folder(at, true);
        return;
      case 'create':
        this.#parent(at).entries.set(path.basename(at), {
          kind: 'file',
          written: Buffer.alloc(0),
          synced: Buffer.alloc(0),
        });
        return;
      case 'write': {
        const file = this.#file(at);
        file.written = Buffer.concat([file.written, Buffer.from(bytes ?? '', 'base64')]);
        return;
      }
      case 'sync': {
        const found = this.#find(at);
        if (found?.kind === 'file') found.synced = found.written;
        else if (found?.kind === 'folder') found.durable = new Map(found.entries);
        return;
      }
      case 'link': {
        const parent = this.#parent(to ?? '');
        // EEXIST: the other one's stays.
        if (!parent.entries.has(path.basename(to ?? ''))) parent.entries.set(path.basename(to ?? ''), this.#file(at));
        return;
      }
      case 'rename':
        this.#parent(to ?? '').entries.set(path.basename(to ?? ''), this.#file(at));
        this.#parent(at).entries.delete(path.basename(at));
        return;
      case 'unlink':
        this.#parent(at).entries.delete(path.basename(at));
        return;
      case 'read':
      case 'list':
        return;
    }
  }

  /** What may be found after a power cut now; `chance` decides for each thing that was not synced. */
  cut(chance: () => number): MemoryStore {
    const store = new MemoryStore();
    collect(this.#root, '', chance, store);
    return store;
  }

  #find(at: string): File | Folder | undefined {
    let found: File | Folder | undefined = this.#root;
    for (const step of steps(at)) found = found?.kind === 'folder' ? found.entries.get(step) : undefined;
    return found;
  }

  #folder(at: string, make = false): Folder {
    let folder = this.#root;
    for (const step of steps(at)) {
      let next = folder.entries.get(step);
      if (next === undefined && make) folder.entries.set(step, (next = newFolder()));
      if (next?.kind !== 'folder') throw new Error(`No folder ${at}: a call was not noted.`);
      folder = next;
    }
    return folder;
  }

  #parent(at: string): Folder {
    return this.#folder(path.dirname(at));
  }

  #file(at: string): File {
    const found = this.#find(at);
    if (found?.kind !== 'file') throw new Error(`No file ${at}: a call was not noted.`);
    return found;
  }
}

function collect(folder: Folder, prefix: string, chance: () => number, store: MemoryStore): void {
  for (const name of new Set([...folder.entries.keys(), ...folder.durable.keys()])) {
    const [now, durable] = [folder.entries.get(name), folder.durable.get(name)];
    const found = now === durable || chance() < 0.5 ? durable : now;
    if (found === undefined || `${prefix}${name}` === '.tmp') continue;
    if (found.kind === 'folder') collect(found, `${prefix}${name}/`, chance, store);
    else store.objects.set(`${prefix}${name}`, contentOf(found, chance));
  }
}

/** All that was synced; of the rest some blocks, and zeros where one is missing. */
function contentOf({ written, synced }: File, chance: () => number): Uint8Array {
  if (written.length === synced.length) return written;
  const length = synced.length + Math.floor(chance() * (written.length - synced.length + 1));
  const content = Buffer.from(written.subarray(0, length));
  if (chance() < 0.5) content.fill(0, synced.length);
  return content;
}

function newFolder(): Folder {
  return { kind: 'folder', entries: new Map(), durable: new Map() };
}

function steps(at: string): readonly string[] {
  return at.split(path.sep).filter((step) => step !== '' && step !== '.');
}

/** Two stores that hold the same have the same digest. */
export function digestOfStore({ objects }: MemoryStore): string {
  return digestOfBytes(
    [...objects]
      .map(([key, bytes]) => `${key} ${digestOfBytes(bytes)}`)
      .sort()
      .join('\n'),
  );
}
