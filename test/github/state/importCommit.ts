import type { StandInRepository } from './repository.ts';

/** What a commit does to files: their new text or bytes, or `null` where they go. A mode other than that of a plain file is said. */
export type FileChanges = Readonly<Record<string, string | Uint8Array | FileEntry | null>>;

export interface FileEntry {
  /** Symbolic links are `120000`, executables `100755`, submodules `160000` (whose content is a commit's id). */
  readonly mode: '100644' | '100755' | '120000' | '160000';
  readonly content: string | Uint8Array;
}

/** Who made a commit, and when: seconds since 1970 and a zone. */
export interface Signed {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

/** Makes a commit and sets a ref to it, however many files it changes, by one process of git. The commit's id. */
export async function importCommit(
  repository: StandInRepository,
  ref: string,
  parents: readonly string[],
  files: FileChanges,
  { message, signature: { name, email, date } }: { readonly message: string; readonly signature: Signed },
): Promise<string> {
  const [from, ...merged] = parents;
  const lines = [
    `commit ${ref}\nmark :1\nauthor ${name} <${email}> ${date}\ncommitter ${name} <${email}> ${date}\n`,
    ...data(message),
    ...(from === undefined ? [] : [`from ${from}\n`]),
    ...merged.map((parent) => `merge ${parent}\n`),
    ...Object.entries(files).flatMap(([path, change]) => changed(path, change)),
    '\nget-mark :1\ndone\n',
  ];
  const input = Buffer.concat(lines.map((line) => (typeof line === 'string' ? Buffer.from(line) : line)));
  return repository.run(['fast-import', '--quiet', '--force', '--done', '--cat-blob-fd=1'], { input });
}

function changed(path: string, change: FileChanges[string]): (string | Uint8Array)[] {
  if (change === null) return [`D ${quoted(path)}\n`];
  if (typeof change === 'string' || change instanceof Uint8Array)
    return [`M 100644 inline ${quoted(path)}\n`, ...data(change)];
  if (change.mode === '160000') return [`M 160000 ${String(change.content)} ${quoted(path)}\n`];
  return [`M ${change.mode} inline ${quoted(path)}\n`, ...data(change.content)];
}

function data(content: string | Uint8Array): (string | Uint8Array)[] {
  const bytes = Buffer.from(content);
  return [`data ${bytes.length}\n`, bytes, '\n'];
}

/** A path as git quotes it: hostile names are what these tests are for. */
function quoted(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
