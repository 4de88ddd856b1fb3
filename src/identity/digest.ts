import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** The sha256 of some bytes, as 64 lower-case hex digits. */
export type Digest = string & { readonly __brand: 'Digest' };

/** A value that JSON can hold. Fields that are absent are left out, never null by accident. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

const PATTERN = /^[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return PATTERN.test(text);
}

/** @throws RangeError where the text is no digest: callers know where it came from and say so. */
export function parseDigest(text: string): Digest {
  if (!isDigest(text)) throw new RangeError(`Invalid digest "${text}": expected 64 lower-case hex digits.`);
  return text;
}

export function digestOfBytes(bytes: Uint8Array | string): Digest {
  return createHash('sha256').update(bytes).digest('hex') as Digest;
}

/** The RFC 8785 form of a value: one text for equal values, whoever writes it. */
export function canonicalJson(value: Json): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('A value without a JSON form has no canonical form.');
  return text;
}

export function digestOfJson(value: Json): Digest {
  return digestOfBytes(canonicalJson(value));
}
