import { posix } from 'node:path';
import { UserMistake } from '../failure.ts';
import { digestOfBytes, digestOfJson, type Digest } from '../identity/digest.ts';

/** What one requirements file refers to. Syntax: https://pip.pypa.io/en/stable/reference/requirements-file-format/ */
export interface RequirementReferences {
  /** Files of `-r` and `-c`, as written: relative to the file that names them. */
  readonly files: readonly string[];
  /** Lines that install what lies on this machine: no digest of the requirements would cover it. */
  readonly local: readonly string[];
}

export function requirementReferences(text: string): RequirementReferences {
  const files: string[] = [];
  const local: string[] = [];
  for (const written of text
    .replace(/^\uFEFF/, '')
    .replaceAll(/\\\r?\n/g, '')
    .split(/\r?\n/)) {
    const line = written.replace(/(^|\s+)#.*$/, '').trim();
    const file = /^(?:-r|-c|--requirement|--constraint)[\s=]*(\S.*)$/.exec(line)?.[1];
    if (file !== undefined) files.push(file.replace(/^(["'])(.*)\1$/, '$2'));
    else if (isLocal(line)) local.push(line);
  }
  return { files, local };
}

function isLocal(line: string): boolean {
  const requirement = line.replace(/^(?:-e|--editable)[\s=]*/, '');
  if (/^[\w.+-]+\+[a-z]+:|^https?:/i.test(requirement)) return /^[\w.+-]+\+file:/i.test(requirement);
  return (
    requirement !== line ||
    /^(?:\.{0,2}[\\/]|[a-z]:[\\/]|file:)/i.test(requirement) ||
    /^\.{1,2}(?:$|\[)/.test(requirement) ||
    /@\s*file:/i.test(requirement) ||
    /\.(?:whl|zip|tar\.gz)(?:$|\s|;|\[)/i.test(requirement.split('@')[0] ?? '')
  );
}

/** One file of the requirements, by its path relative to the root. */
export interface RequirementsFile {
  readonly path: string;
  readonly digest: Digest;
}

/**
 * A requirements file and all that it includes, in the order of their first mention.
 *
 * @param read the bytes of a file, by its path relative to the root; `undefined` where there is none.
 * @param where what names the first of them.
 * @throws UserMistake where one is missing, lies outside, or installs what lies on this machine.
 */
export async function readRequirements(
  first: string,
  where: string,
  read: (file: string) => Promise<Uint8Array | undefined>,
): Promise<readonly [RequirementsFile, ...RequirementsFile[]]> {
  const files = new Map<string, RequirementsFile>();
  const include = async (file: string, from: string): Promise<void> => {
    if (files.has(file)) return;
    const outside = file === '..' || file.startsWith('../') || posix.isAbsolute(file) || /^[a-z]:/i.test(file);
    const bytes = outside ? undefined : await read(file);
    if (bytes === undefined) {
      const found = `the requirements file ${file} ${outside ? 'lies outside of the repository' : 'cannot be read'}`;
      throw new UserMistake('requirements-missing', { where: from, found, remedy: 'Correct the path' });
    }
    files.set(file, { path: file, digest: digestOfBytes(bytes) });
    const references = requirementReferences(new TextDecoder().decode(bytes));
    const [local] = references.local;
    if (local !== undefined) {
      throw new UserMistake('requirement-local', {
        where: file,
        found: `"${local}" installs what lies on this machine`,
        expected: 'packages from an index, so that the file says all that the environment holds',
        remedy: 'Make the code an input of training, or install it by train.setup.command',
      });
    }
    for (const name of references.files) {
      await include(posix.isAbsolute(name) ? name : posix.join(posix.dirname(file), name), file);
    }
  };
  await include(posix.normalize(first), where);
  const [head, ...included] = files.values();
  return [head as RequirementsFile, ...included];
}

/** The lockfile's digest: of the file's bytes where it includes no other, so that `sha256sum` shows it; else of all. */
export function lockfileDigest(files: readonly [RequirementsFile, ...RequirementsFile[]]): Digest {
  const [first, ...included] = files;
  if (included.length === 0) return first.digest;
  return digestOfJson(files.map(({ path, digest }) => ({ path, digest })));
}
