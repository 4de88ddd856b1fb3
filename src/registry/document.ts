import * as v from 'valibot';
import { canonicalJson, isDigest, type Digest, type Json } from '../identity/digest.ts';
import { isCommitSha, isRepositoryName, type CommitSha, type RepositoryName } from '../identity/git.ts';
import { isStoreKey } from './storeKey.ts';

/** What loose bytes turned out to be: one value, or everything that is wrong with them. */
export type Parsed<T> =
  { readonly kind: 'parsed'; readonly value: T } | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** The bytes that a document is stored as: canonical JSON, so that the file's sha256 is the digest of its content. */
export function formatDocument(document: object): Uint8Array {
  return new TextEncoder().encode(canonicalJson(document as Json));
}

/** Narrows JSON text to a document. All invalid fields are reported together, each with its path. */
export function parseDocument<T>(schema: v.GenericSchema<unknown, T>, bytes: Uint8Array): Parsed<T> {
  let loose: unknown;
  try {
    loose = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return { kind: 'invalid', problems: ['not JSON in UTF-8'] };
  }
  const result = v.safeParse(schema, loose);
  if (result.success) return { kind: 'parsed', value: result.output };
  return { kind: 'invalid', problems: result.issues.map(tell) };
}

function tell(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? 'document';
  // A strict object says "never" of a field that it does not know.
  if (issue.expected === 'never') return `${path}: unknown; a newer Touchstone may have written it`;
  if (issue.received === 'undefined') return `${path}: missing`;
  // A check has no type to expect; its message says what would have been right.
  return `${path}: ${issue.received}, ${issue.expected === null ? issue.message : `expected ${issue.expected}`}`;
}

export const digestField = v.pipe(
  v.string(),
  v.check(isDigest, 'expected a digest of 64 lower-case hex digits'),
  v.transform((text) => text as Digest),
);

export const commitField = v.pipe(
  v.string(),
  v.check(isCommitSha, 'expected a commit of 40 hex digits'),
  v.transform((text) => text as CommitSha),
);
export const repositoryField = v.pipe(
  v.string(),
  v.check(isRepositoryName, 'expected OWNER/NAME'),
  v.transform((text) => text as RepositoryName),
);

/** As `Date.toISOString` writes it, so that the order of texts is the order of instants. */
export const instantField = v.pipe(
  v.string(),
  v.check(isInstant, 'expected an instant such as "2026-05-03T09:30:00.000Z"'),
);

function isInstant(text: string): boolean {
  const time = Date.parse(text);
  return Number.isFinite(time) && new Date(time).toISOString() === text;
}

export const countField = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const numberField = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** Any JSON, kept as it is. */
export const jsonField = v.custom<Json>((value) => value !== undefined, 'expected JSON');

/** Where a file may be written: inside the folder that it is given, on every system. */
export const relativePathField = v.pipe(
  v.string(),
  v.check(isRelativePath, 'expected a relative path inside its folder'),
);

function isRelativePath(path: string): boolean {
  if (/[\\:\u0000-\u001f]/.test(path)) return false;
  return path.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..');
}

/** A word that can stand in a path of the store. */
export const segmentField = v.pipe(
  v.string(),
  v.check((text) => isStoreKey(text) && !text.includes('/'), 'expected a name'),
);
