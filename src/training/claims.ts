import type { Json } from '../identity/digest.ts';

/** What training may say of itself at most; a file beyond it is not read. */
export const CLAIM_BYTES = 1024 * 1024;
const CLAIM_DEPTH = 32;

export type Claim =
  { readonly kind: 'claimed'; readonly value: Json } | { readonly kind: 'unreadable'; readonly because: string };

/**
 * Reads a claim (`metrics.json`, `params.json`): a JSON object, in Python's dialect too, whose `NaN` and `Infinity` are
 * kept as strings. It never throws: a broken claim costs the person a warning, not a training.
 */
export function readClaim(text: string): Claim {
  let value: unknown;
  try {
    value = JSON.parse(quoteNonFinite(text.replace(/^\uFEFF/, '')));
  } catch {
    return { kind: 'unreadable', because: 'it is not JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { kind: 'unreadable', because: 'it is not a JSON object' };
  }
  return boundedClaim(value);
}

/** A claim that somebody else has read: in strings that can be written, and nested no deeper than can be walked. */
export function boundedClaim(value: unknown): Claim {
  const json = asJson(value, CLAIM_DEPTH);
  if (json === undefined) return { kind: 'unreadable', because: `it is nested deeper than ${CLAIM_DEPTH} levels` };
  return { kind: 'claimed', value: json };
}

// Python's json.dump writes NaN, Infinity and -Infinity bare; a string that holds such a word is matched first, as a whole.
function quoteNonFinite(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (token) => (token.startsWith('"') ? token : `"${token}"`));
}

/** The value with what RFC 8785 cannot hold made into strings; `undefined` where it is nested too deep. */
function asJson(value: unknown, depth: number): Json | undefined {
  if (depth === 0) return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'string') return wellFormed(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => asJson(item, depth - 1));
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => [wellFormed(key), asJson(item, depth - 1)] as const);
    return entries.every(([, item]) => item !== undefined) ? Object.fromEntries(entries) : undefined;
  }
  return value as null | boolean;
}

// Half a surrogate pair has no UTF-8 form, and so no canonical one.
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}
