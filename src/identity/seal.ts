import { digestOfBytes } from './digest.ts';

/** A text behind its own digest, for what is kept and read again: `digest, line feed, text`. */
export function seal(text: string): string {
  return `${digestOfBytes(text)}\n${text}`;
}

/** The text that was sealed; `undefined` where a byte of it, or of its digest, is another now. */
export function unseal(sealed: string): string | undefined {
  const text = sealed.slice(65);
  return sealed === seal(text) ? text : undefined;
}
