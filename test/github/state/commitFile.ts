import type { Signed } from './importCommit.ts';
import { writeObject } from './objectWriter.ts';
import type { StandInRepository } from './repository.ts';

interface Entry {
  readonly mode: string;
  readonly name: string;
  readonly id: string;
}

const FOLDER = '40000';

/**
 * A commit that puts one file in its place, or takes it away (`undefined`), written without starting git: registries make
 * hundreds of them. No branch leads to it yet. Its id.
 */
export async function commitFile(
  repository: StandInRepository,
  parent: string | undefined,
  { path, content }: { readonly path: string; readonly content: Uint8Array | undefined },
  { message, signature: { name, email, date } }: { readonly message: string; readonly signature: Signed },
): Promise<string> {
  const blob = content && (await writeObject(repository.git, 'blob', content));
  const base = parent === undefined ? [] : await entriesOf(repository, `${parent}^{tree}`);
  const tree = await writeEntries(repository, await changed(repository, base, path.split('/'), blob));
  const who = `${name} <${email}> ${date}`;
  const lines = [
    `tree ${tree}`,
    ...(parent === undefined ? [] : [`parent ${parent}`]),
    `author ${who}`,
    `committer ${who}`,
    '',
    message,
  ];
  return writeObject(repository.git, 'commit', Buffer.from(lines.join('\n')));
}

/** The entries of a folder with the file in it changed; a folder in which nothing is left goes as well. */
async function changed(
  repository: StandInRepository,
  entries: readonly Entry[],
  [name = '', ...rest]: readonly string[],
  blob: string | undefined,
): Promise<readonly Entry[]> {
  const there = entries.find((entry) => entry.name === name);
  const others = entries.filter((entry) => entry !== there);
  if (rest.length === 0) {
    // The file stays executable, or a link, as it was.
    const mode = there === undefined || there.mode === FOLDER ? '100644' : there.mode;
    return blob === undefined ? others : [...others, { mode, name, id: blob }];
  }
  const inside = there?.mode === FOLDER ? await entriesOf(repository, there.id) : [];
  const folder = await changed(repository, inside, rest, blob);
  if (folder.length === 0) return others;
  return [...others, { mode: FOLDER, name, id: await writeEntries(repository, folder) }];
}

/** What is at a path of a commit or tree; `undefined` where there is nothing. */
export async function entryAt(
  repository: StandInRepository,
  tree: string,
  path: string,
): Promise<{ readonly id: string; readonly isFolder: boolean } | undefined> {
  const [name = '', ...rest] = path.split('/');
  const entry = (await entriesOf(repository, `${tree}^{tree}`)).find((one) => one.name === name);
  if (entry === undefined) return undefined;
  const isFolder = entry.mode === FOLDER;
  if (rest.length === 0) return { id: entry.id, isFolder };
  return isFolder ? entryAt(repository, entry.id, rest.join('/')) : undefined;
}

/** `MODE NAME`, a zero byte, twenty bytes of id, and the next. */
async function entriesOf(repository: StandInRepository, tree: string): Promise<readonly Entry[]> {
  const bytes = (await repository.objects.read(tree))?.bytes ?? Buffer.alloc(0);
  const entries: Entry[] = [];
  for (let at = 0; at < bytes.length;) {
    const zero = bytes.indexOf(0, at);
    const [mode = '', ...name] = bytes.toString('utf8', at, zero).split(' ');
    entries.push({ mode, name: name.join(' '), id: bytes.toString('hex', zero + 1, zero + 21) });
    at = zero + 21;
  }
  return entries;
}

/** In git's order: by the bytes of the names, a folder's as if it ended in a slash. */
async function writeEntries(repository: StandInRepository, entries: readonly Entry[]): Promise<string> {
  const key = ({ mode, name }: Entry): Buffer => Buffer.from(mode === FOLDER ? `${name}/` : name);
  const sorted = entries.toSorted((a, b) => Buffer.compare(key(a), key(b)));
  const parts = sorted.flatMap(({ mode, name, id }) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]);
  return writeObject(repository.git, 'tree', Buffer.concat(parts));
}
