import { digestOfJson, type Digest } from '../identity/digest.ts';

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

/** The lockfile's digest: of the file's bytes where it includes no other, so that `sha256sum` shows it; else of all. */
export function lockfileDigest(files: readonly [RequirementsFile, ...RequirementsFile[]]): Digest {
  const [first, ...included] = files;
  if (included.length === 0) return first.digest;
  return digestOfJson(files.map(({ path, digest }) => ({ path, digest })));
}
