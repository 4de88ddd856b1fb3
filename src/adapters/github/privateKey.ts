import { createPrivateKey } from 'node:crypto';

export type ReadKey =
  | { readonly kind: 'key'; readonly pem: string }
  /** `found`: what is wrong with it, as a clause. Nothing of the key is in it. */
  | { readonly kind: 'no-key'; readonly found: string };

/** A key as GitHub hands it out, as people put it into a variable: with \n written out, or in base64. */
export function parsePrivateKey(text: string): ReadKey {
  const pem = asPem(text);
  if (pem === undefined) return { kind: 'no-key', found: 'it holds no PEM' };
  try {
    const { asymmetricKeyType } = createPrivateKey(pem);
    if (asymmetricKeyType === 'rsa') return { kind: 'key', pem };
    return { kind: 'no-key', found: `it is a key of the kind ${asymmetricKeyType ?? 'unknown'}` };
  } catch {
    // What OpenSSL says may quote what it read.
    return { kind: 'no-key', found: 'its PEM cannot be read, as where a part of it is missing' };
  }
}

function asPem(text: string): string | undefined {
  const lines = text.replaceAll('\\n', '\n').trim();
  if (isPem(lines)) return `${lines}\n`;
  const decoded = Buffer.from(text.replaceAll(/\s+/g, ''), 'base64').toString().trim();
  return isPem(decoded) ? `${decoded}\n` : undefined;
}

function isPem(text: string): boolean {
  return /^-----BEGIN [A-Z ]*PRIVATE KEY-----\r?\n[^]+\n-----END [A-Z ]*PRIVATE KEY-----$/.test(text);
}
